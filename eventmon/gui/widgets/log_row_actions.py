"""What can be done with the rows of the log: copy them, a cell or a topic, or narrow the log to the topic."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from eventmon.gui.context import PanelContext
from eventmon.gui.formatting import count
from eventmon.gui.models.log_columns import Column
from eventmon.gui.models.log_copy import MOST_ROWS, RowCopy
from eventmon.gui.models.log_feed import LogFeed
from eventmon.gui.widgets.log_view import LogView


class RowActions(QObject):
    """Copying and the context menu of a log view.

    Attributes:
        trouble: a sentence (str as object) about what could not be done in full.
    """

    trouble = Signal(object)

    def __init__(self, context: PanelContext, feed: LogFeed, view: LogView, narrow_to: Callable[[str], object]) -> None:
        super().__init__(view)
        self._context = context
        self._feed = feed
        self._view = view
        self._narrow_to = narrow_to
        view.customContextMenuRequested.connect(self._show_menu)

    def copy(self) -> None:
        """Put the selected rows on the clipboard, as soon as those not at hand have been read."""
        items = self._view.selected_items(MOST_ROWS + 1)
        if items:
            model = self._view.log
            done = self._cut_copy if len(items) > MOST_ROWS else self._copied
            RowCopy(self._feed.source, items, model.utc, done).start(model.cache.get)

    def menu(self, at: QPoint) -> QMenu:
        """What can be done with the row at a place of the view; the menu deletes itself when closed."""
        index = self._view.indexAt(at)
        menu = QMenu(self._view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        commands = self._context.commands
        if index.isValid():
            menu.addAction(commands.action("log.copy_row"))
            self._add_cell_actions(menu, index.row(), Column(index.column()))
            menu.addSeparator()
        for command in ("log.go_to_seq", "log.follow", "log.clear_view"):
            menu.addAction(commands.action(command))
        return menu

    def _show_menu(self, at: QPoint) -> None:
        self.menu(at).popup(self._view.viewport().mapToGlobal(at))

    def _add_cell_actions(self, menu: QMenu, row: int, column: Column) -> None:
        model, icon = self._view.log, self._context.theme.icon
        text = model.text(row, column)
        copy_cell = menu.addAction(self.tr("Copy cell"))
        copy_cell.triggered.connect(lambda: QGuiApplication.clipboard().setText(text))
        event = model.event_at(row)
        if event is None:
            return
        copy_topic = menu.addAction(self.tr("Copy topic"))
        copy_topic.triggered.connect(lambda: QGuiApplication.clipboard().setText(event.topic))
        narrow = menu.addAction(icon("list-filter"), self.tr("Filter to this topic"))
        narrow.triggered.connect(lambda: self._narrow_to(event.topic))

    def _copied(self, text: str, _rows: int) -> None:
        QGuiApplication.clipboard().setText(text)
        self.trouble.emit("")

    def _cut_copy(self, text: str, rows: int) -> None:
        QGuiApplication.clipboard().setText(text)
        self.trouble.emit(self.tr("Only the first {count} rows were copied.").format(count=count(rows)))
