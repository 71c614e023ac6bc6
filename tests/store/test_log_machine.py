"""Whatever is appended, deleted, pruned, committed, rolled back and reopened, the log is what a plain dict would be."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from eventmon.core.event import Event
from eventmon.store.base import Retention
from eventmon.store.open import open_reader, open_writer
from tests.store.conftest import START, commit, order


class LogMachine(RuleBasedStateMachine):
    """One session, and beside it what it has to hold: the committed events and those of the open transaction."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.session = Path(self.folder.name) / "shop.eventmon"
        self.writer = open_writer(self.session, lock_folder=self.session.parent / "locks")
        self.reader = open_reader(self.session)
        self.live: dict[int, Event] = {}
        self.stored = self.pruned = self.deleted = 0
        self.open: tuple[dict[int, Event], int, int, int] | None = None

    @rule(count=st.integers(1, 40), gap=st.integers(0, 3_000_000))
    def append(self, count: int, gap: int) -> None:
        live, stored, pruned, deleted = self.begun()
        first = stored + 1
        events = [order(seq, received=START + seq * 100_000 + gap) for seq in range(first, first + count)]
        self.writer.append(events)
        live = {**live, **{event.seq: event for event in events}}
        self.open = live, stored + count, pruned, deleted

    @rule(start=st.integers(0, 200), count=st.integers(1, 60), step=st.integers(1, 3), down=st.booleans())
    def delete(self, start: int, count: int, step: int, down: bool) -> None:
        live, stored, pruned, deleted = self.begun()
        seqs = [stored - start - place * step for place in range(count)]
        gone = [seq for seq in set(seqs) if seq in live]
        assert self.writer.delete(seqs if down else seqs[::-1]) == (len(gone), count)
        live = {seq: event for seq, event in live.items() if seq not in gone}
        self.keep((live, stored, pruned + len(gone), deleted + len(gone)))

    @rule(keep=st.integers(0, 100))
    def prune(self, keep: int) -> None:
        live, stored, pruned, deleted = self.begun()
        now = START + (stored - keep) * 100_000 + 1_000_000
        removed = self.writer.prune(Retention(max_bytes=None, max_age_seconds=1), now)
        gone = sorted(live)[:removed]
        left = {seq: event for seq, event in live.items() if seq not in gone}
        assert all(live[seq].received < now - 1_000_000 for seq in gone)
        assert not left or removed >= 500 or left[min(left)].received >= now - 1_000_000
        self.keep((left, stored, pruned + removed, deleted))

    @rule()
    @precondition(lambda self: self.open is not None)
    def commit(self) -> None:
        assert self.open is not None
        assert commit(self.writer) == self.open[1]
        self.live, self.stored, self.pruned, self.deleted = self.open
        self.open = None

    @rule()
    def roll_back(self) -> None:
        self.writer.rollback()
        self.open = None

    @rule()
    def give_back_space(self) -> None:
        if self.open is None:
            while self.writer.give_back_space():
                continue

    @rule()
    def reopen(self) -> None:
        self.writer.close()
        self.open = None
        self.writer = open_writer(self.session, lock_folder=self.session.parent / "locks")

    def begun(self) -> tuple[dict[int, Event], int, int, int]:
        """What the open transaction holds, or what is committed when there is none."""
        return self.open or (self.live, self.stored, self.pruned, self.deleted)

    def keep(self, after: tuple[dict[int, Event], int, int, int]) -> None:
        """A removal belongs to the open transaction; without one it is committed at once."""
        if self.open is not None:
            self.open = after
        else:
            self.live, self.stored, self.pruned, self.deleted = after

    @invariant()
    def live_events_are_those_of_the_model(self) -> None:
        seqs = sorted(self.live)
        assert self.reader.events(1, 10_000) == [self.live[seq] for seq in seqs]
        bounds = self.reader.bounds()
        assert bounds.events == self.reader.count() == len(seqs) == self.stored - self.pruned
        assert (bounds.first, bounds.newest) == ((seqs[0], self.stored) if seqs else (0, 0))
        holes = set(range(bounds.first, bounds.newest + 1)) - set(seqs) if seqs else set()
        assert set(self.reader.removed()) == holes

    @invariant()
    def every_count_is_that_of_the_model(self) -> None:
        totals = self.reader.totals()
        assert (totals.stored, totals.pruned, self.reader.removals()) == (self.stored, self.pruned, self.deleted)
        assert sum(topic.events for topic in self.reader.topics()) == self.stored
        bars = {bar.second: bar for bar in self.reader.histogram(0, 2**40)}
        seconds = Counter(event.received // 1_000_000 for event in self.live.values())
        assert {second: bar.events for second, bar in bars.items()} == seconds
        for second, bar in bars.items():
            first = min(seq for seq, event in self.live.items() if event.received // 1_000_000 == second)
            assert bar.first_seq == first
        assert sum(bar.bytes for bar in bars.values()) == sum(len(event.data) for event in self.live.values())

    def teardown(self) -> None:
        self.reader.close()
        self.writer.close()
        self.folder.cleanup()


TestLog = LogMachine.TestCase
TestLog.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
