"""Which columns of the topics there is room for. No Qt.

Narrow docks lose columns from the right end of the list below and get them back; what the user ticked or unticked
stays as it was ticked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from eventmon.gui.models.topic_texts import BYTES, EVENTS, FIRST, LAST, OBSERVERS, RATE, TYPES, VALUE

STAY_LONGEST: Final = (RATE, EVENTS, BYTES, OBSERVERS)
ON_DEMAND: Final = (TYPES, VALUE, FIRST, LAST)
"""Columns that are there only when they are chosen."""
ELASTIC: Final = (VALUE, TYPES)
"""Columns of text, which are useful at less than their full width."""
NAMES: Final = {
    "events": EVENTS,
    "rate": RATE,
    "bytes": BYTES,
    "observers": OBSERVERS,
    "types": TYPES,
    "value": VALUE,
    "first": FIRST,
    "last": LAST,
}
"""Every column beside the name."""


def shown_columns(
    room: int,
    name_width: int,
    widths: Mapping[int, int],
    choices: Mapping[int, bool],
    stay_longest: Sequence[int] = STAY_LONGEST,
) -> set[int]:
    """The columns to show beside the name in ``room`` pixels, all widths in pixels; the last ones leave first."""
    shown = {column for column, wanted in choices.items() if wanted}
    left = room - name_width - sum(widths[column] for column in shown)
    for column in stay_longest:
        if column in choices:
            continue
        left -= widths[column]
        if left < 0:
            break
        shown.add(column)
    return shown


def fitted_widths(room: int, name_width: int, widths: Mapping[int, int], shown: set[int], least: int) -> dict[int, int]:
    """The widths of the columns shown in ``room`` pixels, so that the name keeps its own.

    What was chosen stays as long as it can: texts shrink down to ``least`` first, then the columns on demand leave,
    those at the right first.
    """
    fitted = {column: widths[column] for column in shown}
    for column in ELASTIC:
        over = name_width + sum(fitted.values()) - room
        if column in fitted and over > 0:
            fitted[column] = max(min(least, fitted[column]), fitted[column] - over)
    for column in reversed(ON_DEMAND):
        if name_width + sum(fitted.values()) > room:
            fitted.pop(column, None)
    return fitted


def choices_from(saved: Any) -> dict[int, bool]:
    """The user's choices as they were saved; anything odd is left out."""
    if not isinstance(saved, dict):
        return {}
    return {NAMES[name]: wanted for name, wanted in saved.items() if name in NAMES and isinstance(wanted, bool)}


def choices_to_save(choices: Mapping[int, bool]) -> dict[str, bool]:
    """The user's choices as JSON values."""
    return {name: choices[column] for name, column in NAMES.items() if column in choices}
