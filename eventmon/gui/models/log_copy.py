"""Rows for the clipboard: those that are not at hand are read first, so that a copy never has holes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from eventmon.engine.requests import Gap, LogRow, ReadRowsAt, Rows
from eventmon.gui.models import log_texts
from eventmon.gui.models.log_rows import MAX_ROWS_A_REQUEST, RowSource
from eventmon.gui.models.log_texts import RowView
from eventmon.gui.models.row_map import Item

MOST_ROWS = 10_000
MOST_CHARACTERS = 8 << 20


class RowCopy:
    """Collects what was selected and hands it over as text, one line a row, within the bounds above."""

    def __init__(self, source: RowSource, items: Sequence[Item], utc: bool, done: Callable[[str, int], None]) -> None:
        self._source = source
        self._items = items[:MOST_ROWS]
        self._utc = utc
        self._done = done
        self._rows: dict[int, LogRow] = {}
        self._wanted = [item for item in self._items if isinstance(item, int)]

    def start(self, known: Callable[[int], LogRow | None]) -> None:
        """Take what is ``known``, read the rest, then call ``done`` with the text and the number of rows."""
        found = [known(seq) for seq in self._wanted]
        self._rows = {row.seq: row for row in found if row is not None}
        self._missing = [seq for seq in self._wanted if seq not in self._rows]
        self._go_on()

    def _go_on(self) -> None:
        if not self._missing:
            self._finish()
            return
        asked, self._missing = self._missing[:MAX_ROWS_A_REQUEST], self._missing[MAX_ROWS_A_REQUEST:]
        self._source.ask(ReadRowsAt(seqs=asked), self._take, lambda: None)

    def _take(self, answer: Rows) -> None:
        self._rows |= {row.seq: row for row in answer.rows}
        self._go_on()

    def _finish(self) -> None:
        lines: list[str] = []
        left = MOST_CHARACTERS
        for line in self._lines():
            left -= len(line) + 1
            if left < 0:
                break
            lines.append(line)
        if lines:
            self._done("\n".join(lines), len(lines))

    def _lines(self) -> Iterator[str]:
        for item in self._items:
            if isinstance(item, Gap):
                yield log_texts.gap_sentence(item, self._utc)
            elif item in self._rows:
                yield log_texts.line(RowView(self._rows[item], None), self._utc)
