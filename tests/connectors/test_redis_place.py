"""The place in a stream: nothing is read twice, and what was removed unread is counted exactly."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from eventmon.connectors.redis_place import ZERO, EntryId, StreamInfo, StreamPlace, entry_id, id_text

IDS = st.tuples(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))


@given(IDS, st.none() | st.integers(0, 2**63))
def test_a_place_comes_back_from_its_text(entry: EntryId, count: int | None) -> None:
    place = StreamPlace.from_text(StreamPlace(entry, count).text())
    assert (place.id, place.count) == (entry, count)


@given(st.text(max_size=40))
def test_a_text_that_is_no_place_means_the_beginning_or_a_number(text: str) -> None:
    place = StreamPlace.from_text(text)
    assert place.id >= ZERO
    assert entry_id(id_text(place.id)) == place.id


def test_an_id_of_which_the_number_is_left_out_is_the_first_of_its_millisecond() -> None:
    assert entry_id("1526919030474") == (1_526_919_030_474, 0)
    assert entry_id(b"1526919030474-55") == (1_526_919_030_474, 55)
    assert entry_id("new") == ZERO


def test_a_server_that_went_back_over_a_restart_is_not_read_again() -> None:
    place = StreamPlace((100, 0), 10)
    assert "earlier state" in place.look(StreamInfo((90, 0), 9, (1, 0), (90, 0)), first=True)
    assert (place.id, place.count) == ((90, 0), 9)


def test_a_stream_begun_anew_with_small_ids_is_read_from_its_beginning() -> None:
    place = StreamPlace((100, 0), 10)
    assert "begun anew" in place.look(StreamInfo((2, 0), 2, (1, 0), (2, 0)), first=False)
    assert place.id == ZERO


def test_a_stream_that_was_deleted_and_comes_back_is_read_whole_and_said_once() -> None:
    place = StreamPlace((100, 0), 10)
    assert place.look(None, first=False) == ""
    assert place.look(None, first=False) == ""
    assert place.id == ZERO
    assert "begun anew" in place.look(StreamInfo((200, 0), 2, (199, 0), (200, 0)), first=False)
    assert place.took([b"199-0", b"200-0"]) == ""
    assert place.look(StreamInfo((200, 0), 2, (199, 0), (200, 0)), first=False) == ""


def test_a_stream_that_was_never_there_is_no_loss() -> None:
    place = StreamPlace()
    assert place.look(None, first=True) == ""
    assert place.look(StreamInfo((5, 0), 1, (5, 0), (5, 0)), first=False) == ""
    assert place.took([b"5-0"]) == ""


def test_an_old_server_tells_by_its_oldest_entry_that_something_may_be_missing() -> None:
    place = StreamPlace((100, 0))
    assert "may be missing" in place.look(StreamInfo((300, 0), None, (200, 0), (300, 0)), first=True)
    assert StreamPlace((100, 0)).look(StreamInfo((300, 0), None, (100, 0), (300, 0)), first=True) == ""


class TrimmedStream(RuleBasedStateMachine):
    """A stream that is added to, trimmed and deleted from while it is read; the model is a list."""

    @initialize(old=st.integers(0, 3))
    def start(self, old: int) -> None:
        self.entries: list[int] = []
        self.added = 0
        self.read: list[int] = []
        self.removed_unread = 0
        self.said = 0
        for _ in range(old):
            self.add(1)
        self.place = StreamPlace((self.added, 0), self.added)
        self.read_up_to = self.added
        self.entries_at_start = self.added

    @rule(count=st.integers(1, 5))
    def add(self, count: int) -> None:
        for _ in range(count):
            self.added += 1
            self.entries.append(self.added)

    @rule(keep=st.integers(0, 4))
    def trim(self, keep: int) -> None:
        self._remove(self.entries[: max(0, len(self.entries) - keep)])

    @rule(data=st.data())
    @precondition(lambda self: self.entries)
    def delete(self, data: st.DataObject) -> None:
        self._remove([data.draw(st.sampled_from(self.entries))])

    @rule(most=st.integers(1, 4))
    def read_some(self, most: int) -> None:
        fresh = [entry for entry in self.entries if (entry, 0) > self.place.id][:most]
        if fresh:
            self._hear(self.place.took([b"%d-0" % entry for entry in fresh]))
            self.read += fresh

    @rule(first=st.booleans())
    def look(self, first: bool) -> None:
        oldest, newest = ((self.entries[0], 0), (self.entries[-1], 0)) if self.entries else (None, None)
        info = StreamInfo((self.added, 0), self.added, oldest, newest)
        self._hear(self.place.look(info, first=first))

    @invariant()
    def nothing_is_read_twice(self) -> None:
        assert self.read == sorted(set(self.read))

    def teardown(self) -> None:
        if not hasattr(self, "place"):
            return
        while any((entry, 0) > self.place.id for entry in self.entries):
            self.read_some(3)
        self.look(False)
        assert self.said == self.removed_unread

    def _remove(self, entries: list[int]) -> None:
        self.entries = [entry for entry in self.entries if entry not in entries]
        self.removed_unread += sum(1 for entry in entries if (entry, 0) > self.place.id)

    def _hear(self, sentence: str) -> None:
        if sentence:
            assert "removed before they could be read" in sentence or "was removed before" in sentence, sentence
            self.said += int(sentence.split(maxsplit=1)[0].replace(",", ""))


TestTrimmedStream = TrimmedStream.TestCase
TestTrimmedStream.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
