"""Which columns of the table of observers are shown and how wide: by the room there is, unless the user chose."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QMenu, QTableView

from eventmon.gui.models.observer_columns import ALWAYS, STAY_LONGEST, Column
from eventmon.gui.models.observer_model import ObserverModel
from eventmon.gui.models.observer_texts import cell, title
from eventmon.gui.models.topic_columns import shown_columns
from eventmon.gui.widgets.column_menu import column_menu
from eventmon.gui.widgets.observer_delegate import BAR, BOX, GAP, KIND_ICON, PAD, ObserverDelegate

NAME_SAMPLE = "Notify wareh"
SAMPLES = {
    Column.PATTERN: "orders/+/created",
    Column.KIND: "counterx",
    Column.INSTANCE: "marias-desk",
    Column.MATCHED: "1,041,377",
    Column.DELIVERED: "1,041,377",
    Column.FAILED: "1,041",
    Column.DROPPED: "1,041",
    Column.PENDING: "1,000",
    Column.P50: "999 ms",
    Column.P99: "999 ms",
    Column.VALUES: "count 1,041,377",
    Column.ERROR: "The disk is full.",
}
WIDEST = 200
"""A name, pattern or value takes no more while others have something to say."""
LOOKED_AT = 100
"""So many observers decide how wide names and patterns are."""
NEEDED = (Column.MATCHED, Column.FAILED, Column.P99)
"""Shown even when names have to be cut for them."""
_STRETCH = (Column.ERROR, Column.VALUES, Column.PATTERN, Column.NAME)
"""The first of them that is shown takes the room that is left."""


class ObserverColumns(QObject):
    """Columns of one table.

    Attributes:
        choices: the user's own, by column: shown or not, whatever the width.
    """

    def __init__(self, table: QTableView, model: ObserverModel, cells: ObserverDelegate) -> None:
        """Make it; ``cells`` measures texts as it paints them."""
        super().__init__(table)
        self.choices: dict[int, bool] = {}
        self._table = table
        self._observers = model
        self._cells = cells
        header = table.horizontalHeader()
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._show_menu)

    def lay_out(self) -> None:
        """Show the columns there is room for."""
        room = self._table.viewport().width()
        box = BOX + 2 * PAD + BAR
        least, name = self._cells.text_width(NAME_SAMPLE) + BOX, self._wanted(Column.NAME)
        widths = self._widths()
        choices = {column: wanted for column, wanted in self.choices.items() if column in widths}
        needed = shown_columns(room, box + least, widths, choices, NEEDED)
        wanted = [column for column in STAY_LONGEST if column in widths]
        shown = needed | shown_columns(room, box + max(least, name), widths, choices, wanted)
        left = room - box - sum(widths[column] for column in shown)
        sizes = {Column.ON: box, Column.NAME: max(least, min(name, left))}
        sizes |= {Column(column): widths[column] for column in shown}
        left -= sizes[Column.NAME]
        sizes[next(column for column in _STRETCH if column in sizes)] += max(0, left)
        for column in Column:
            if self._table.isColumnHidden(column) == (column in sizes):
                self._table.setColumnHidden(column, column not in sizes)
            if column in sizes and self._table.columnWidth(column) != sizes[column]:
                self._table.setColumnWidth(column, sizes[column])

    def menu(self) -> QMenu:
        """The columns to choose from; each entry a switch."""
        offered = [
            column
            for column in Column
            if column not in ALWAYS and (column != Column.INSTANCE or self._observers.on_hub)
        ]
        columns = [(column, title(column), not self._table.isColumnHidden(column)) for column in offered]
        return column_menu(
            self._table, columns, choose=self.choose, forget=self.forget_choices, chosen=bool(self.choices)
        )

    def choose(self, column: int, wanted: bool) -> None:
        """The user wants a column, or not, whatever the width."""
        self.choices[column] = wanted
        self.lay_out()

    def forget_choices(self) -> None:
        """Let the width decide again."""
        self.choices.clear()
        self.lay_out()

    def _show_menu(self, at: QPoint) -> None:
        self.menu().popup(self._table.horizontalHeader().mapToGlobal(at))

    def _widths(self) -> dict[int, int]:
        """What each column beside the name takes: measured from samples, more where the texts of now need it."""
        width = self._cells.text_width
        widths: dict[int, int] = {
            column: max(width(sample), width(title(column))) for column, sample in SAMPLES.items()
        }
        widths[Column.KIND] += KIND_ICON + GAP
        for column in (Column.PATTERN, Column.INSTANCE, Column.VALUES):
            widths[column] = max(widths[column], self._wanted(column))
        if not self._observers.on_hub:
            del widths[Column.INSTANCE]
        return widths

    def _wanted(self, column: Column) -> int:
        """What the widest text of a column would need, within reason."""
        statuses = self._observers.statuses()[:LOOKED_AT]
        if column == Column.NAME:
            wide = max((self._cells.name_width(status) for status in statuses), default=0)
        else:
            wide = max((self._cells.text_width(cell(status, column)) for status in statuses), default=0)
        return min(WIDEST, wide)
