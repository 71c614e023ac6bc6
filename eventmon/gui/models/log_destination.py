"""Where in the log a text leads: a seq, a time of day, a moment, or so long ago. No Qt, no clock of its own.

A time of day means the last one before the newest event, since a log that was recorded last week is read today.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from eventmon.core.cloudevents import is_time, parse_time
from eventmon.core.errors import UserError
from eventmon.gui import formatting

_SEQ = re.compile(r"[0-9][0-9,' \u00a0\u202f]*\Z", re.ASCII)
_CLOCK = re.compile(r"(?:(\d{4}-\d\d-\d\d)[Tt ])?(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,6}))?)?\Z", re.ASCII)
_AGO = re.compile(r"[-\u2212](\d{1,9})\s*(ms|s|m|min|h|d)\Z", re.ASCII)
_UNITS = {"ms": 1_000, "s": 1_000_000, "m": 60_000_000, "min": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000}
_DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class ToSeq:
    """An event by its number."""

    seq: int


@dataclass(frozen=True)
class ToMoment:
    """Microseconds since the epoch."""

    at: int


@dataclass(frozen=True)
class ToClock:
    """A time of day, in the zone that the log shows."""

    clock: time


@dataclass(frozen=True)
class ToAgo:
    """So many microseconds before now."""

    us: int


Destination = ToSeq | ToMoment | ToClock | ToAgo


def parse_destination(text: str, *, utc: bool) -> Destination:
    """What a text means.

    Raises:
        UserError: nothing; says what can be typed.
    """
    typed = text.strip()
    if _SEQ.match(typed):
        return ToSeq(int("".join(character for character in typed if character.isdigit())))
    if ago := _AGO.match(typed):
        return ToAgo(int(ago[1]) * _UNITS[ago[2]])
    try:
        if is_time(typed):
            return ToMoment(parse_time(typed))
        if found := _CLOCK.match(typed):
            return _clock_of(found, utc)
    except (ValueError, OverflowError) as error:
        raise _not_understood(typed) from error
    raise _not_understood(typed)


def _clock_of(found: re.Match[str], utc: bool) -> ToClock | ToMoment:
    day, hour, minute, second, fraction = found.groups()
    clock = time(int(hour), int(minute), int(second or 0), int((fraction or "").ljust(6, "0")))
    if day is None:
        return ToClock(clock)
    return ToMoment(_microseconds(date.fromisoformat(day), clock, UTC if utc else None))


def moment_of(destination: ToMoment | ToClock | ToAgo, *, now: int, newest: int, utc: bool) -> int:
    """Microseconds since the epoch: ``now`` and when the ``newest`` event came are so too.

    Raises:
        OverflowError: the newest event came in no year that a calendar holds.
    """
    if isinstance(destination, ToMoment):
        return destination.at
    if isinstance(destination, ToAgo):
        return now - destination.us
    zone = UTC if utc else None
    last = (_EPOCH + timedelta(microseconds=newest)).astimezone(zone)
    same_day = _microseconds(last.date(), destination.clock, zone)
    return same_day if same_day <= newest else _microseconds(last.date() - _DAY, destination.clock, zone)


def _microseconds(day: date, clock: time, zone: tzinfo | None) -> int:
    moment = datetime.combine(day, clock, zone).astimezone(UTC)
    return (moment - _EPOCH) // timedelta(microseconds=1)


def outside_seqs(seq: int, first: int, newest: int) -> str:
    """That no event of the view has this seq."""
    where = "below the first" if seq < first else "above the newest"
    bound = first if seq < first else newest
    return f"{formatting.count(seq)} is {where} event here, {formatting.count(bound)}."


def outside_times(moment: int, first: int, newest: int, utc: bool) -> str:
    """That no event of the view came then or later, or that all came later."""
    early = moment < first
    bound = first if early else newest
    same_day = formatting.day(moment, utc) == formatting.day(bound, utc)
    asked, known = (_spoken(one, utc, with_day=not same_day) for one in (moment, bound))
    return f"{asked} is {'before the first' if early else 'after the newest'} event here, {known}."


def _spoken(moment: int, utc: bool, *, with_day: bool) -> str:
    clock = formatting.clock(moment, utc)
    return f"{formatting.day(moment, utc)} {clock}" if with_day else clock


def _not_understood(text: str) -> UserError:
    shown = formatting.one_line(text, 30)
    return UserError(f"“{shown}” is no seq or time. Type 1204, 14:07, 14:07:28.123, -5m or 2026-11-23T14:07:28Z.")
