"""R8 of the promises: observers that do all one must not do harm neither the window nor their good neighbours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import apsw
import msgspec
import pytest

from eventmon.engine.paths import Paths
from tests.helpers.bad_observers import RATE, WARM_UP_SECONDS, Outcome

SMALL_DOSE_SECONDS = 5.0
SOAK_SECONDS = 60.0
MOST_LATE_P99 = 0.050
MOST_LATE = 0.200


def outcome_of(seconds: float) -> Outcome:
    """Run the window of bad observers in a process of its own."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.helpers.bad_observers", str(seconds)],
        capture_output=True,
        check=False,
        timeout=seconds + 60,
    )
    assert ran.returncode == 0, ran.stderr.decode()[-2_000:]
    return msgspec.json.decode(ran.stdout.splitlines()[-1], type=Outcome)


def stored_seqs(first: int, last: int) -> list[int]:
    """The seqs of the shop's own events in the log, between two of them."""
    connection = apsw.Connection(str(Paths.for_profile().default_session), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        found = connection.execute(
            "SELECT seq FROM events JOIN topics ON topics.id = topic_id"
            " WHERE name LIKE 'shop/%' AND seq BETWEEN ? AND ? ORDER BY seq",
            (first, last),
        )
        return [seq for (seq,) in found]
    finally:
        connection.close()


def require_unharmed(outcome: Outcome, seconds: float) -> None:
    """Good observers got every event in order; what always fails is stopped, what dawdles drops and goes on."""
    assert outcome.dropped["good"] == outcome.dropped["good queued"] == 0
    for seqs in (outcome.inline_seqs, outcome.queued_seqs):
        assert seqs == stored_seqs(seqs[0], seqs[-1])
        assert len(seqs) >= RATE * (seconds + WARM_UP_SECONDS) / 2
    stopped = {name for name, state in outcome.states.items() if state == "stopped"}
    assert stopped == {"raises", "kills the loop", "fails", "kills its thread", "stops"}
    assert outcome.dropped["hangs"] > 0
    assert outcome.dropped["blocks"] > 0
    assert outcome.figures.frames_a_second > 5


@pytest.mark.slow
def test_bad_observers_harm_neither_the_window_nor_good_ones(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    require_unharmed(outcome_of(SMALL_DOSE_SECONDS), SMALL_DOSE_SECONDS)


@pytest.mark.soak
def test_the_window_stays_quick_beside_bad_observers(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    outcome = outcome_of(SOAK_SECONDS)
    require_unharmed(outcome, SOAK_SECONDS)
    assert outcome.figures.late_p99 <= MOST_LATE_P99
    assert outcome.figures.late_max <= MOST_LATE
