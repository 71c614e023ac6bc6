"""The kind ``counter``: counts events, and sums a number of their payloads where one is named."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Annotated, Any, ClassVar

from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.core.fields import field
from eventmon.observers.base import InlineObserver, Observer, ObserverConfig, ObserverKind, Services, Trial
from eventmon.observers.payload_fields import MISSING, field_of, parsed_path


class CounterConfig(ObserverConfig, frozen=True, kw_only=True):
    """Settings of a counter.

    Attributes:
        sum: path of the number to sum; empty to count only.
    """

    sum: Annotated[
        str,
        field("Sum of", "Path of a number in the payload, such as order.total. Empty only counts."),
    ] = ""


class Counter(InlineObserver):
    """Counts, and sums what its path leads to; a payload without that field is counted and adds nothing."""

    def __init__(self, path: tuple[str, ...]) -> None:
        self._path = path
        self._count = 0
        self._sum = 0.0

    def observe(self, event: Event) -> None:
        """Count one event; UserError when what is to be summed is no number."""
        if self._path:
            self._sum += number_at(event, self._path) or 0
        self._count += 1

    def values(self) -> Mapping[str, float]:
        """The count, and the sum where there is one."""
        return {"count": self._count, "sum": self._sum} if self._path else {"count": self._count}

    def recall(self, values: Mapping[str, float]) -> None:
        """Go on counting and summing."""
        self._count = int(values.get("count", 0))
        self._sum = float(values.get("sum", 0.0))

    def succeed(self, earlier: Observer) -> None:
        """Go on counting; the sum goes on while it is of the same field."""
        if isinstance(earlier, Counter):
            self._count = earlier._count
            self._sum = earlier._sum if earlier._path == self._path else 0.0


class CounterKind(ObserverKind):
    """The entry of the table."""

    kind: ClassVar[str] = "counter"
    title: ClassVar[str] = "Counter"
    sentence: ClassVar[str] = "Counts and sums"
    icon: ClassVar[str] = "hash"
    config_type: ClassVar[type[ObserverConfig]] = CounterConfig

    def open(self, config: Any, services: Services) -> Observer:
        """A counter at 0; UserError when the path cannot be read."""
        return Counter(_path_of(config))

    def outside(self, config: Any) -> str:
        """Nothing."""
        return ""

    def trial(self, config: Any, event: Event) -> Trial:
        """That it counts, and what it would add."""
        path = _path_of(config)
        if not path:
            return Trial(does="It would count this event.")
        number = number_at(event, path)
        if number is None:
            return Trial(does=f"It would count this event and add nothing: its payload has no field “{config.sum}”.")
        return Trial(does=f"It would count this event and add {number:,}.", shows=str(number))


def number_at(event: Event, path: tuple[str, ...]) -> float | None:
    """The number at a path of the payload; None when there is no such field or it is null.

    Raises:
        UserError: there is something else, or the payload cannot be read.
    """
    value = field_of(event, path)
    if value is None or value is MISSING:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not _fits(value):
        raise UserError(f"The field “{'.'.join(path)}” holds no number that can be summed.")
    return value


def _fits(value: float) -> bool:
    try:
        return isfinite(value)
    except OverflowError:  # a whole number beyond what a sum can hold
        return False


def _path_of(config: CounterConfig) -> tuple[str, ...]:
    return parsed_path(config.sum) if config.sum.strip() else ()
