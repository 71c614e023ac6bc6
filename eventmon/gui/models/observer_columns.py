"""The columns of the observers: their order, which leave a narrow table first, what is saved of the choice. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any, Final


class Column(IntEnum):
    """What stands from left to right."""

    ON = 0
    NAME = 1
    PATTERN = 2
    KIND = 3
    INSTANCE = 4
    MATCHED = 5
    DELIVERED = 6
    FAILED = 7
    DROPPED = 8
    PENDING = 9
    P50 = 10
    P99 = 11
    VALUES = 12
    ERROR = 13


ALWAYS: Final = (Column.ON, Column.NAME)
STAY_LONGEST: Final = (
    Column.MATCHED,
    Column.FAILED,
    Column.INSTANCE,
    Column.P99,
    Column.PENDING,
    Column.KIND,
    Column.PATTERN,
    Column.ERROR,
    Column.VALUES,
    Column.DROPPED,
    Column.DELIVERED,
    Column.P50,
)
"""A narrow table loses them from the end."""

FIGURES: Final = frozenset(
    {
        Column.MATCHED,
        Column.DELIVERED,
        Column.FAILED,
        Column.DROPPED,
        Column.PENDING,
        Column.P50,
        Column.P99,
    }
)
"""Columns of numbers, which stand at the right."""

_NAMES: Final = {column.name.lower(): column for column in STAY_LONGEST}


def choices_from(saved: Any) -> dict[int, bool]:
    """The user's choices as they were saved; anything odd is left out."""
    if not isinstance(saved, dict):
        return {}
    return {_NAMES[name]: wanted for name, wanted in saved.items() if name in _NAMES and isinstance(wanted, bool)}


def choices_to_save(choices: Mapping[int, bool]) -> dict[str, bool]:
    """The user's choices as JSON values."""
    return {name: choices[column] for name, column in _NAMES.items() if column in choices}
