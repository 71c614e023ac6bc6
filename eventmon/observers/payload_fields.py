"""A field of a JSON payload by its dotted path, as in ``customer.address.city`` or ``items.0.price``.

Payloads come from anywhere: what cannot be read is a sentence, and one that is large is not decoded, because kinds
run where events are numbered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from eventmon.core.errors import UserError
from eventmon.core.event import Event

MAX_BYTES = 1 << 20
MISSING: Any = object()
"""Stands for a field that a payload does not have."""


def parsed_path(text: str) -> tuple[str, ...]:
    """The steps of a path; UserError when one of them is empty."""
    steps = tuple(text.strip().split("."))
    if not all(steps):
        raise UserError(f"“{text[:100]}” is no path of a field. Write names with dots between, as in order.total.")
    return steps


def field_of(event: Event, path: Sequence[str]) -> Any:
    """The value at a path; ``MISSING`` when the payload has no such field.

    Raises:
        UserError: the payload is not JSON, or too large to look into.
    """
    if len(event.data) > MAX_BYTES:
        raise UserError(f"The payload is larger than {MAX_BYTES >> 20} MiB, too large to look for a field in it.")
    try:
        value = msgspec.json.decode(event.data)
    except (ValueError, RecursionError) as error:
        raise UserError("The payload is not JSON, so it has no fields. Narrow the pattern.") from error
    for step in path:
        value = _step(value, step)
    return value


def _step(value: Any, step: str) -> Any:
    if isinstance(value, dict):
        return value.get(step, MISSING)
    if isinstance(value, list) and step.isdecimal() and len(step) < 8:
        return value[int(step)] if int(step) < len(value) else MISSING
    return MISSING
