"""Where the user was in the log, by seq: what keeps the same rows in sight and selected when all rows change.

Selected events that a filter hides stay selected: they are remembered until they are shown again, or until the user
selects something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QItemSelection, QItemSelectionModel

from eventmon.gui.models.log_columns import Column
from eventmon.gui.widgets.log_table import LogTable

MOST_SELECTED_KEPT = 10_000
ROWS_SEARCHED = 200
_FLAGS = QItemSelectionModel.SelectionFlag


@dataclass(frozen=True)
class OutOfSight:
    """Events that stay selected although the filter does not show them."""

    selected: tuple[int, ...] = ()
    current: int | None = None


@dataclass(frozen=True)
class KeptPlace:
    """An event that stays where it is on the screen, and the events that stay selected."""

    anchor: int | None
    y: int
    current: int | None
    selected: tuple[int, ...]

    @classmethod
    def of(cls, table: LogTable, hidden: OutOfSight) -> KeptPlace:
        """The place now: the current row if it is in sight, else the topmost event."""
        index = table.currentIndex()
        shown = (item for item in table.selected_items(MOST_SELECTED_KEPT) if isinstance(item, int))
        selected = tuple(sorted({*shown, *hidden.selected}))
        current = table.log.seq_at(index.row()) if index.isValid() else None
        y = table.rowViewportPosition(index.row()) if current is not None else -1
        if current is not None and 0 <= y < table.viewport().height():
            return cls(current, y, current, selected)
        first, rest = divmod(table.verticalScrollBar().value(), table.row_height)
        items = table.log.rows.items(first, ROWS_SEARCHED)
        current = hidden.current if current is None else current
        top = next(((seq, number) for number, seq in enumerate(items) if isinstance(seq, int)), None)
        if top is None:
            return cls(None, 0, current, selected)
        return cls(top[0], top[1] * table.row_height - rest, current, selected)

    def scroll_value(self, table: LogTable) -> int | None:
        """Where the scroll bar has to stand for that; None when there was no event."""
        if self.anchor is None:
            return None
        return table.log.rows.row_at_or_after(self.anchor) * table.row_height - self.y

    def select_again(self, table: LogTable) -> OutOfSight:
        """Select what is still shown of it, and give what is not."""
        model, selection = table.log, QItemSelection()
        places = [(seq, model.rows.row_of(seq)) for seq in self.selected]
        for first, last in _stretches(row for _seq, row in places if row is not None):
            selection.select(model.index(first, 0), model.index(last, len(Column) - 1))
        current = None if self.current is None else self._row_of_current(table, self.current)
        if current is not None:
            table.selectionModel().setCurrentIndex(model.index(current, Column.TIME), _FLAGS.NoUpdate)
        table.selectionModel().select(selection, _FLAGS.ClearAndSelect)
        rows = model.rows
        hidden = tuple(seq for seq, row in places if row is None and seq >= rows.low and seq not in rows.shown.holes)
        return OutOfSight(hidden, self.current if current is None else None)

    @staticmethod
    def _row_of_current(table: LogTable, seq: int) -> int | None:
        """The row of the event, or of the one that takes its place when it was deleted."""
        rows = table.log.rows
        if seq in rows.shown.holes and rows.events:
            return min(rows.row_at_or_after(seq), len(rows) - 1)
        return rows.row_of(seq)


def _stretches(rows: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Ascending rows as (first, last) of each unbroken stretch: few ranges keep Qt's selection quick."""
    first = last = -1
    for row in rows:
        if row != last + 1 and first >= 0:
            yield first, last
        if row != last + 1 or first < 0:
            first = row
        last = row
    if first >= 0:
        yield first, last
