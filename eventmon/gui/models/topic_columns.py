"""Which columns of the topics there is room for. No Qt.

Narrow docks lose columns from the right end of the list below and get them back; what the user ticked or unticked
stays as it was ticked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from eventmon.gui.models.topic_texts import BYTES, EVENTS, FIRST, LAST, OBSERVERS, RATE, TYPES, VALUE

STAY_LONGEST: Final = (RATE, EVENTS, BYTES, OBSERVERS)
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
"""Every column beside the name; those that are not in ``STAY_LONGEST`` come when they are chosen."""


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


def choices_from(saved: Any) -> dict[int, bool]:
    """The user's choices as they were saved; anything odd is left out."""
    if not isinstance(saved, dict):
        return {}
    return {NAMES[name]: wanted for name, wanted in saved.items() if name in NAMES and isinstance(wanted, bool)}


def choices_to_save(choices: Mapping[int, bool]) -> dict[str, bool]:
    """The user's choices as JSON values."""
    return {name: choices[column] for name, column in NAMES.items() if column in choices}
