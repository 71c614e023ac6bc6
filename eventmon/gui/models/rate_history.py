"""Rates of the last seconds, one ring of samples for each thing that was active in them. No Qt.

Only what was active within the rings' length holds one, and never more than a limit, so the cost follows what moves
and not what exists. Seconds nobody measured are unknown, which is not the same as zero.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from math import isnan, nan
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)

MINUTE = 60
MAX_RINGS = 20_000


class _Ring:
    """Samples of one key and for how many seconds it has been silent."""

    __slots__ = ("quiet", "samples")

    def __init__(self, seconds: int) -> None:
        self.samples = array("f", bytes(4 * seconds))
        self.quiet = 0


class RateHistory(Generic[Key]):
    """A ring of one-second rates for each active key.

    Attributes:
        seconds: how far back it reaches.
        second: the newest second recorded (Unix time), None before the first.
    """

    def __init__(self, value: Callable[[Key], float], *, seconds: int = MINUTE, limit: int = MAX_RINGS) -> None:
        """Make it empty; ``value`` gives the rate of a key now."""
        self.seconds = seconds
        self.second: int | None = None
        self._value = value
        self._limit = limit
        self._rings: dict[Key, _Ring] = {}
        self._known = bytearray(seconds)

    def __len__(self) -> int:
        return len(self._rings)

    def __contains__(self, key: Key) -> bool:
        return key in self._rings

    def __iter__(self) -> Iterator[Key]:
        return iter(self._rings)

    def note(self, keys: Iterable[Key], *, extra: int = 0) -> None:
        """These may have become active: those that are get a ring, while there is room.

        ``extra`` is room beyond the limit for keys that matter more, such as those on the screen.
        """
        rings, value, limit = self._rings, self._value, self._limit + extra
        for key in keys:
            if key not in rings and value(key) > 0 and len(rings) < limit:
                rings[key] = _Ring(self.seconds)

    def tick(self, second: int) -> bool:
        """Record the rates now as those of a second; False when it was recorded already or lies in the past."""
        if self.second is not None and second <= self.second:
            return False
        self._skip(second)
        slot = second % self.seconds
        self.second = second
        self._known[slot] = 1
        self._record(slot)
        return True

    def samples(self, key: Key) -> list[float]:
        """The rates of the last ``seconds`` seconds, oldest first; NaN where nobody measured."""
        ring = self._rings.get(key)
        if self.second is None:
            return [nan] * self.seconds
        start = self.second % self.seconds + 1
        known = self._known[start:] + self._known[:start]
        if ring is None:
            return [0.0 if measured else nan for measured in known]
        values = ring.samples[start:] + ring.samples[:start]
        if 0 not in known:
            return values.tolist()
        return [sample if measured else nan for sample, measured in zip(values, known, strict=True)]

    def total(self, key: Key, seconds: int) -> float:
        """The sum of the samples of the last so many seconds; those nobody measured add nothing."""
        ring = self._rings.get(key)
        if self.second is None or ring is None:
            return 0.0
        if seconds >= self.seconds:
            return sum(ring.samples)
        end = self.second % self.seconds + 1
        if end >= seconds:
            return sum(ring.samples[end - seconds : end])
        return sum(ring.samples[:end]) + sum(ring.samples[end - seconds :])

    def _record(self, slot: int) -> None:
        """Note one sample for each key; those that were silent for the whole time give their ring back."""
        value, ended = self._value, []
        for key, ring in self._rings.items():
            rate = ring.samples[slot] = value(key)
            if rate > 0:
                ring.quiet = 0
            else:
                ring.quiet += 1
                if ring.quiet >= self.seconds:
                    ended.append(key)
        for key in ended:
            del self._rings[key]

    def _skip(self, second: int) -> None:
        """Mark the seconds between the newest one and this as not measured."""
        if self.second is None:
            return
        missed = min(second - self.second - 1, self.seconds)
        for back in range(1, missed + 1):
            slot = (second - back) % self.seconds
            self._known[slot] = 0
            for ring in self._rings.values():
                ring.samples[slot] = 0.0
        if missed:
            for ring in self._rings.values():
                ring.quiet += missed


def averaged(samples: Sequence[float], points: int, newest: int) -> list[float]:
    """About so many means of neighbouring samples; NaN where none is known.

    The neighbours are chosen by the time of day, ``newest`` being the second of the last sample: so a line moves
    along without changing its shape from second to second.
    """
    each = max(1, round(len(samples) / points))
    oldest = newest - len(samples) + 1
    means = []
    for start in range(-(oldest % each), len(samples), each):
        known = [sample for sample in samples[max(0, start) : start + each] if not isnan(sample)]
        means.append(sum(known) / len(known) if known else nan)
    return means
