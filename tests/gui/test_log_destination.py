"""What may be typed to go somewhere in the log, and the moments that it means."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmon.core.errors import UserError
from eventmon.gui.models import log_destination
from eventmon.gui.models.log_destination import ToAgo, ToClock, ToMoment, ToSeq, moment_of, parse_destination

MINUTE = 60_000_000


def us(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1_000_000)


NEWEST = us("2026-11-23T14:07:28.500")


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("1204", ToSeq(1_204)),
        (" 1,204,551 ", ToSeq(1_204_551)),
        ("1'204 551", ToSeq(1_204_551)),
        ("14:07", ToClock(time(14, 7))),
        ("9:05", ToClock(time(9, 5))),
        ("14:07:28.123", ToClock(time(14, 7, 28, 123_000))),
        ("14:07:28,5", ToClock(time(14, 7, 28, 500_000))),
        ("2026-11-23T14:07:28.5Z", ToMoment(NEWEST)),
        ("2026-11-23T15:07:28.5+01:00", ToMoment(NEWEST)),
        ("2026-11-23 14:07:28.5", ToMoment(NEWEST)),
        ("2026-11-23 14:07", ToMoment(us("2026-11-23T14:07"))),
        ("-5m", ToAgo(5 * MINUTE)),
        ("\N{MINUS SIGN}90 s", ToAgo(90_000_000)),
        ("-250ms", ToAgo(250_000)),
        ("-2h", ToAgo(120 * MINUTE)),
        ("-1d", ToAgo(1_440 * MINUTE)),
    ],
)
def test_seqs_times_and_stretches_are_understood(text: str, means: object) -> None:
    assert parse_destination(text, utc=True) == means


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "14:99",
        "25:00",
        "-5",
        "-m",
        "14.07",
        "1204x",
        "2026-13-40T14:07:28Z",
        "2026-02-30 10:00",
        "٣",
        "-",
    ],
)
def test_anything_else_is_answered_with_what_can_be_typed(text: str) -> None:
    with pytest.raises(UserError):
        parse_destination(text, utc=True)


def test_the_answer_shows_what_was_typed_as_it_is() -> None:
    with pytest.raises(UserError, match=r"^“soon⏎<b>” is no seq or time\. Type 1204, 14:07, "):
        parse_destination("soon\n<b>", utc=True)


@given(st.text(max_size=40))
def test_no_text_breaks_it(text: str) -> None:
    with contextlib.suppress(UserError):
        parse_destination(text, utc=False)


@pytest.mark.parametrize(
    ("clock", "moment"),
    [
        (time(14, 7), "2026-11-23T14:07:00"),
        (time(14, 7, 28, 500_000), "2026-11-23T14:07:28.500"),
        (time(14, 7, 29), "2026-11-22T14:07:29"),
        (time(0, 0), "2026-11-23T00:00:00"),
    ],
)
def test_a_time_of_day_is_the_last_one_before_the_newest_event(clock: time, moment: str) -> None:
    assert moment_of(ToClock(clock), now=NEWEST + 10**12, newest=NEWEST, utc=True) == us(moment)


def test_a_time_of_day_is_in_the_zone_of_this_machine_unless_utc_is_shown() -> None:
    moment = moment_of(ToClock(time(11, 30)), now=0, newest=NEWEST, utc=False)
    local = datetime.fromtimestamp(moment / 1_000_000, UTC).astimezone()
    assert (local.hour, local.minute) == (11, 30)


def test_a_stretch_counts_back_from_now() -> None:
    assert moment_of(ToAgo(5 * MINUTE), now=NEWEST + MINUTE, newest=NEWEST, utc=True) == NEWEST - 4 * MINUTE


def test_what_is_outside_is_said_with_the_bound() -> None:
    assert log_destination.outside_seqs(5_000, 1, 1_204) == "5,000 is above the newest event here, 1,204."
    assert log_destination.outside_seqs(5, 401, 1_204) == "5 is below the first event here, 401."
    first = NEWEST - 60 * MINUTE
    later = log_destination.outside_times(NEWEST + MINUTE, first, NEWEST, True)
    assert later == "14:08:28.500 is after the newest event here, 14:07:28.500."
    early = log_destination.outside_times(first - 1_440 * MINUTE, first, NEWEST, True)
    assert early == "2026-11-22 13:07:28.500 is before the first event here, 2026-11-23 13:07:28.500."
