"""The menu in which the columns of a table are chosen: each a switch, and a way back to what the width decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QMenu, QWidget


def column_menu(
    table: QWidget,
    columns: Iterable[tuple[int, str, bool]],
    *,
    choose: Callable[[int, bool], None],
    forget: Callable[[], None],
    chosen: bool,
) -> QMenu:
    """The menu of a table, gone when it closes.

    Args:
        table: whose columns these are.
        columns: their numbers, titles, and whether they are shown.
        choose: told of a switch.
        forget: lets the width decide again.
        chosen: whether the user chose anything that could be forgotten.
    """
    menu = QMenu(table)
    menu.setObjectName("columnMenu")
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for column, title, shown in columns:
        action = menu.addAction(title)
        action.setCheckable(True)
        action.setChecked(shown)
        action.toggled.connect(partial(choose, column))
    menu.addSeparator()
    fit = menu.addAction(QCoreApplication.translate("Columns", "Fit columns to the width"))
    fit.setEnabled(chosen)
    fit.triggered.connect(lambda _checked: forget())
    return menu
