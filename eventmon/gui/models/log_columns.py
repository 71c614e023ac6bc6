"""The columns of the log and how they share its width: measured samples in, widths out.

Narrow views lose columns in a fixed order and get them back by themselves; what the user chose wins over that. Columns
that only some need never come by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any


class Column(IntEnum):
    """Columns by their logical number."""

    TIME = 0
    DELTA = 1
    TOPIC = 2
    TYPE = 3
    SIZE = 4
    DATA = 5
    SEQ = 6
    RECEIVED = 7
    SOURCE = 8
    ID = 9
    SUBJECT = 10
    CONTENT_TYPE = 11


DEFAULT_ORDER = (
    Column.SEQ,
    Column.TIME,
    Column.RECEIVED,
    Column.DELTA,
    Column.TOPIC,
    Column.TYPE,
    Column.SOURCE,
    Column.SUBJECT,
    Column.ID,
    Column.CONTENT_TYPE,
    Column.SIZE,
    Column.DATA,
)
"""From left to right, for who never moved one."""

ALWAYS_FIRST = (Column.TIME, Column.TOPIC, Column.DATA)
"""What even the narrowest view shows."""

JOINING = (Column.DELTA, Column.TYPE, Column.SIZE)
"""What joins while there is room, in this order; it leaves in the reverse one."""

GROWING = (Column.TOPIC, Column.TYPE, Column.SOURCE, Column.SUBJECT, Column.ID, Column.CONTENT_TYPE)
"""What takes more than it needs while there is room, in this order."""

RIGHT_ALIGNED = frozenset({Column.DELTA, Column.SIZE, Column.SEQ})
COLUMN_IDS = {column: column.name.lower() for column in Column}


@dataclass(frozen=True)
class Span:
    """Widths of a column in pixels: what it needs, what suits it, and what it may grow to."""

    least: int
    fitting: int
    most: int


@dataclass
class ColumnChoice:
    """What the user decided; columns he never touched are missing here."""

    shown: dict[Column, bool] = field(default_factory=dict)
    widths: dict[Column, int] = field(default_factory=dict)
    order: list[Column] = field(default_factory=lambda: list(DEFAULT_ORDER))

    def to_state(self) -> dict[str, Any]:
        """The choice as JSON values."""
        return {
            "shown": {COLUMN_IDS[column]: shown for column, shown in self.shown.items()},
            "widths": {COLUMN_IDS[column]: width for column, width in self.widths.items()},
            "order": [COLUMN_IDS[column] for column in self.order],
        }

    @classmethod
    def from_state(cls, state: object) -> ColumnChoice:
        """The choice from JSON values; anything odd in them is left out."""
        choice = cls()
        values: dict[str, Any] = state if isinstance(state, dict) else {}
        for column, name in COLUMN_IDS.items():
            shown, width = _entry(values, "shown", name), _entry(values, "widths", name)
            if isinstance(shown, bool):
                choice.shown[column] = shown
            if isinstance(width, int) and not isinstance(width, bool) and 0 < width < 10_000:
                choice.widths[column] = width
        choice.order = _order(values.get("order"))
        return choice


def arrange(available: int, spans: Mapping[Column, Span], choice: ColumnChoice) -> dict[Column, int]:
    """Widths of the columns that are shown, in pixels.

    They fill ``available`` exactly unless what the user insists on is wider.
    """
    wanted = {column: _chosen(spans[column], choice.widths.get(column)) for column in Column}
    shown = _shown(available, wanted, choice)
    widths = {column: wanted[column].least for column in shown}
    _grow(widths, available, {column: wanted[column].fitting for column in GROWING})
    if Column.DATA in widths:
        spare = max(available - sum(widths.values()), 0)
        _grow(widths, sum(widths.values()) + spare // 4, {column: wanted[column].most for column in GROWING})
    last = _stretching(widths, choice)
    if last is not None:
        widths[last] += max(available - sum(widths.values()), 0)
    return widths


def _shown(available: int, spans: Mapping[Column, Span], choice: ColumnChoice) -> list[Column]:
    shown = [column for column in ALWAYS_FIRST if choice.shown.get(column, True)]
    shown += [column for column in DEFAULT_ORDER if column not in ALWAYS_FIRST and choice.shown.get(column, False)]
    for column in JOINING:
        if column not in choice.shown:
            if _room_to_join(column, shown, spans) > available:
                break
            shown.append(column)
    return shown or [Column.DATA]


def _room_to_join(column: Column, shown: Sequence[Column], spans: Mapping[Column, Span]) -> int:
    """Width at which a column joins: first the ones that are there get what suits them."""
    roomy = {Column.TOPIC, Column.TYPE} if column != Column.DELTA else set()
    needed = sum(spans[one].fitting if one in roomy else spans[one].least for one in shown)
    return needed + spans[column].least


def _grow(widths: dict[Column, int], available: int, fitting: Mapping[Column, int]) -> None:
    for column, width in fitting.items():
        if column in widths:
            spare = available - sum(widths.values())
            widths[column] += min(max(spare, 0), max(width - widths[column], 0))


def _stretching(widths: Mapping[Column, int], choice: ColumnChoice) -> Column | None:
    if Column.DATA in widths:
        return Column.DATA
    return next((column for column in reversed(choice.order) if column in widths), None)


def _chosen(span: Span, width: int | None) -> Span:
    return span if width is None else Span(width, width, width)


def _entry(values: Mapping[str, Any], group: str, name: str) -> object:
    entries = values.get(group)
    return entries.get(name) if isinstance(entries, dict) else None


def _order(names: object) -> list[Column]:
    """The columns as they were left; those that came with a later version stand where they do by default."""
    known = {name: column for column, name in COLUMN_IDS.items()}
    listed = (
        [known[name] for name in names if isinstance(name, str) and name in known] if isinstance(names, list) else []
    )
    order = list(dict.fromkeys(listed))
    for place, column in enumerate(DEFAULT_ORDER):
        if column not in order:
            before = (order.index(one) for one in reversed(DEFAULT_ORDER[:place]) if one in order)
            order.insert(next(before, -1) + 1, column)
    return order
