"""Which fields of a form stand side by side, decided by their kinds alone. No Qt.

A form is described by its connector, not drawn by hand: a port goes beside its host, two lists share a row, so do a
user and a password; everything that may be long has a row to itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from eventmon.engine.forms import FormField

COLUMNS = 8
HALF = COLUMNS // 2
SHORT = 2
SHORT_TITLE = 10
SHORT_NOTE = 45
"""A note that is longer wants the whole width."""
_SHORT_KINDS = frozenset({"number", "choice", "amount"})
_ALIKE = frozenset({"list", "switch"})

Row = list[tuple[FormField, int]]
"""Fields of one row, each with how many of the columns it takes."""


def rows_of(fields: Sequence[FormField]) -> list[Row]:
    """The fields in rows, in their order."""
    rows: list[Row] = []
    at = 0
    while at < len(fields):
        row = _row(fields[at : at + 3])
        rows.append(row)
        at += len(row)
    return rows


def _row(ahead: Sequence[FormField]) -> Row:
    """The next row: one or two of the fields ahead."""
    first = ahead[0]
    if len(ahead) > 1 and _belong_together(first, ahead[1], ahead[2:]):
        if first.kind == "text" and ahead[1].kind == "number":
            short = SHORT if len(ahead[1].title) <= SHORT_TITLE else SHORT + 1
            return [(first, COLUMNS - short), (ahead[1], short)]
        return [(first, HALF), (ahead[1], HALF)]
    return [(first, HALF if first.kind in _SHORT_KINDS else COLUMNS)]


def _belong_together(first: FormField, second: FormField, rest: Sequence[FormField]) -> bool:
    kinds = (first.kind, second.kind)
    if first.kind in _ALIKE or second.kind in _ALIKE:
        return first.kind == second.kind
    if kinds in (("text", "number"), ("text", "secret")):
        return True
    if kinds == ("text", "text"):  # the second may have a nearer relation
        wordy = max(len(first.description), len(second.description)) > SHORT_NOTE
        return not wordy and not (rest and rest[0].kind in ("number", "secret"))
    return first.kind in _SHORT_KINDS and second.kind in _SHORT_KINDS
