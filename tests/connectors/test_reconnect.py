"""A lifeline keeps trying, says how it is, and leaves a gap for every interruption; its clocks are turned by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import pairwise

import pytest

from eventmon.connectors.base import ConnectionFault
from eventmon.connectors.reconnect import (
    FIRST_SECONDS,
    LONGEST_WAIT,
    LONGEST_WAIT_AT_FIRST,
    STEADY_SECONDS,
    Backoff,
    Lifeline,
)
from tests.connectors.conftest import Run
from tests.connectors.feed import RememberingFeed

START = 1_795_442_848_000_000
REFUSED = "broker.shop:6379 refused the connection."
CUT = "broker.shop:6379 closed the connection."
MISSING = "What was sent meanwhile was not seen."


class Clock:
    """Time that moves when a session says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> int:
        return START + round(self.seconds * 1_000_000)

    def monotonic(self) -> float:
        return self.seconds


Act = Callable[[Lifeline], Awaitable[None]]


class Script:
    """Sessions, one after the other; after the last the lifeline is cancelled."""

    def __init__(self, *acts: Act) -> None:
        self.clock = Clock()
        self.feed = RememberingFeed("prod")
        self.limits: list[float] = []
        self.acts = list(acts)
        self.life = Lifeline(
            self.feed,
            missing=lambda: MISSING,
            backoff=Backoff(self._no_wait),
            now=self.clock.now,
            monotonic=self.clock.monotonic,
        )

    def _no_wait(self, low: float, high: float) -> float:
        assert low == 0.0
        self.limits.append(high)
        return 0.0

    async def session(self) -> None:
        if not self.acts:
            raise asyncio.CancelledError
        await self.acts.pop(0)(self.life)

    async def play(self) -> None:
        await self.life.run(self.session)

    def until_cancelled(self, run: Run[None]) -> None:
        with pytest.raises(asyncio.CancelledError):
            run(self.play())

    def phases(self) -> list[str]:
        return [phase for phase, _ in self.feed.statuses]


async def refuse(life: Lifeline) -> None:
    raise ConnectionFault(REFUSED)


def lives(script_seconds: float, *, until: str = CUT) -> Act:
    async def act(life: Lifeline) -> None:
        clock = life._monotonic.__self__  # type: ignore[attr-defined]  # the script's
        life.established("Watching 2 channels.")
        clock.seconds += script_seconds
        life.seen(clock.now())
        clock.seconds += 1.0
        raise ConnectionFault(until)

    return act


def test_a_server_that_is_not_there_yet_is_waited_for_without_a_gap(run: Run[None]) -> None:
    script = Script(refuse, refuse, lives(10))
    script.until_cancelled(run)
    assert script.phases() == ["connecting", "waiting", "waiting", "connected", "waiting"]
    assert script.feed.statuses[1] == ("waiting", f"{REFUSED} Trying again.")
    assert len(script.feed.gaps) == 1  # of the interruption at the end


def test_an_interruption_is_a_gap_from_what_was_seen_last_to_the_new_beginning(run: Run[None]) -> None:
    async def slow_return(life: Lifeline) -> None:
        script.clock.seconds += 30
        await refuse(life)

    script = Script(lives(10), slow_return, lives(5))
    script.until_cancelled(run)
    seen, back = START + 10_000_000, START + 41_000_000
    assert script.feed.gaps[0] == (seen, back, f"{CUT} {MISSING}")
    assert script.life.interruptions == 2


def test_a_gap_that_is_open_when_the_connection_is_closed_is_stored(run: Run[None]) -> None:
    script = Script(lives(10), refuse)
    script.until_cancelled(run)
    assert [gap[2] for gap in script.feed.gaps] == [f"{CUT} {MISSING}"]


def test_a_fault_that_no_try_can_mend_ends_it_and_closes_the_gap(run: Run[None]) -> None:
    async def password_changed(life: Lifeline) -> None:
        raise ConnectionFault("The password is wrong.", field="password", retry=False)

    script = Script(lives(10), password_changed)
    with pytest.raises(ConnectionFault, match="password is wrong"):
        run(script.play())
    assert len(script.feed.gaps) == 1


def test_a_clean_end_of_a_session_is_an_interruption_too(run: Run[None]) -> None:
    async def ends(life: Lifeline) -> None:
        life.established()

    script = Script(ends, refuse)
    script.until_cancelled(run)
    assert script.life.interruptions == 1
    assert "closed the connection" in script.feed.gaps[0][2]


def test_waits_double_and_stay_short_in_the_first_minute(run: Run[None]) -> None:
    script = Script(*[refuse] * 12)
    script.until_cancelled(run)
    assert script.limits == pytest.approx([0.1, 0.2, 0.4, 0.8] + [LONGEST_WAIT_AT_FIRST] * 8)


def test_a_long_outage_is_asked_about_less_and_less_up_to_each_half_minute(run: Run[None]) -> None:
    async def refuse_late(life: Lifeline) -> None:
        script.clock.seconds = max(script.clock.seconds, FIRST_SECONDS)
        await refuse(life)

    script = Script(*[refuse] * 6, *[refuse_late] * 7)
    script.until_cancelled(run)
    assert script.limits[-1] == LONGEST_WAIT
    assert all(later <= earlier * 2 for earlier, later in pairwise(script.limits))


def test_an_outage_after_a_long_one_is_met_quickly_again(run: Run[None]) -> None:
    async def refuse_late(life: Lifeline) -> None:
        script.clock.seconds += FIRST_SECONDS
        await refuse(life)

    script = Script(*[refuse_late] * 12, lives(0.1), refuse, refuse)
    script.until_cancelled(run)
    assert script.limits[11] == LONGEST_WAIT
    assert max(script.limits[12:]) <= LONGEST_WAIT_AT_FIRST


def test_only_a_session_that_held_makes_waits_small_again(run: Run[None]) -> None:
    script = Script(refuse, refuse, lives(0.1), refuse, lives(STEADY_SECONDS), refuse)
    script.until_cancelled(run)
    assert script.limits == pytest.approx([0.1, 0.2, 0.4, 0.8, 0.1, 0.2])


def test_whoever_is_in_a_hurry_ends_the_wait(run: Run[None]) -> None:
    async def scenario() -> None:
        feed = RememberingFeed("prod")
        tries = 0

        async def session() -> None:
            nonlocal tries
            tries += 1
            raise ConnectionFault(REFUSED)

        life = Lifeline(feed, missing=lambda: MISSING, backoff=Backoff(lambda low, high: 3_600.0))
        task = asyncio.ensure_future(life.run(session))
        await feed.until(lambda: "waiting" in dict(feed.statuses))
        assert "Next try in 3600 s." in feed.statuses[-1][1]
        life.hurry()
        await feed.until(lambda: tries == 2)
        task.cancel()
        await asyncio.wait([task])

    run(scenario())


def test_a_gap_never_ends_before_it_begins(run: Run[None]) -> None:
    async def clock_goes_back(life: Lifeline) -> None:
        life.established()
        script.clock.seconds -= 3_600
        raise ConnectionFault(CUT)

    script = Script(clock_goes_back, refuse)
    script.until_cancelled(run)
    ((started, ended, _),) = script.feed.gaps
    assert started == ended == START
