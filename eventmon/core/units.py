"""Amounts as people write them: sizes such as ``2 GiB``, spans such as ``30 days``; exact in both directions."""

from __future__ import annotations

import re
from typing import Final

from eventmon.core.errors import UserError

_AMOUNT = re.compile(r"(\d{1,15}(?:[.,]\d{1,6})?)\s*([a-zA-Zµ]*)")
_BYTES: Final[dict[str, int]] = {
    "B": 1,
    "bytes": 1,
    **{f"{prefix}iB": 1024**power for power, prefix in enumerate("KMGT", 1)},
    **{f"{prefix}B": 1000**power for power, prefix in enumerate("KMGT", 1)},
}
_DAYS: Final[dict[str, int]] = {"days": 1, "weeks": 7, "years": 365}
_UNITS: Final[dict[str, dict[str, int]]] = {"bytes": _BYTES, "days": _DAYS}
_EXAMPLES: Final = {"bytes": "500 MiB or 2 GiB", "days": "30 days or 2 weeks"}
_MEANT: Final = {"bytes": "", "days": "days"}
"""What a bare number is a number of; a size without a unit could be anything."""


def written_amount(value: int, unit: str) -> str:
    """The amount in the largest unit in which it is a whole number; days stay days."""
    if unit == "days":
        return "1 day" if value == 1 else f"{value} days"
    exact = [(factor, name) for name, factor in _BYTES.items() if value % factor == 0]
    factor, name = max(exact, key=lambda named: named[0]) if value else (1, "B")
    return f"{value // factor} {name}"


def read_amount(text: str, unit: str) -> int:
    """The amount that somebody wrote; the case of a unit does not matter.

    Raises:
        UserError: it is none; the sentence begins with what is expected.
    """
    found = _AMOUNT.fullmatch(text.strip())
    factor = _factor(found[2], unit) if found is not None else 0
    if found is None or not factor:
        raise UserError(f"something like {_EXAMPLES[unit]} is expected.")
    number = found[1].replace(",", ".")
    return round(float(number) * factor) if "." in number else int(number) * factor


def _factor(word: str, unit: str) -> int:
    """How many bytes or days a word stands for; 0 for one that stands for nothing."""
    word = (word or _MEANT[unit]).lower()
    named = {name.lower(): factor for name, factor in _UNITS[unit].items()}
    return named.get(word) or named.get(f"{word}s", 0)
