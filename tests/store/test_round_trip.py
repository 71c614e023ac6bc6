"""Every event comes back exactly as it went in, whatever text and bytes it holds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventmon.core.event import Event
from eventmon.store.open import open_reader, open_writer
from tests.store.conftest import commit, order

TEXT = st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=30)
"""Any text at all: control characters, NUL, lone surrogates, letters that grow in the other case."""

TOPIC = st.text(
    alphabet=st.characters(codec="utf-8", exclude_characters="\0+#"), min_size=1, max_size=40
) | st.sampled_from(["a//c", "/a", "a/", "订单/中国/已创建", "$SYS/broker/uptime", "x" * 4096])

EVENT = st.builds(
    Event,
    topic=TOPIC,
    data=st.binary(max_size=2_000),
    type=TEXT,
    source=TEXT,
    id=st.none() | TEXT,
    time=st.none() | TEXT,
    subject=st.none() | TEXT,
    datacontenttype=st.none() | TEXT,
    headers=st.none() | st.dictionaries(TEXT, TEXT, min_size=1, max_size=4),
    received=st.integers(min_value=0, max_value=2**53),
)


@pytest.fixture(scope="module")
def log_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("round-trip")


@given(batches=st.lists(st.lists(EVENT, min_size=1, max_size=6), min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_any_event_comes_back_byte_exact(log_folder: Path, batches: list[list[Event]]) -> None:
    session = log_folder / f"{os.urandom(8).hex()}.eventmon"
    writer = open_writer(session, lock_folder=log_folder / "locks")
    stored: list[Event] = []
    for batch in batches:
        numbered = [_with_seq(event, len(stored) + 1 + place) for place, event in enumerate(batch)]
        writer.append(numbered)
        commit(writer)
        stored += numbered
    totals = writer.topics()
    writer.close()
    reader = open_reader(session, stranger=True)
    assert reader.events(1, 100) == stored
    assert [row.preview for row in reader.rows(1, 100)] == [event.data[:512] for event in stored]
    assert reader.topics() == totals
    assert sum(topic.events for topic in totals) == len(stored)
    reader.close()
    session.unlink()


def _with_seq(event: Event, seq: int) -> Event:
    return Event(**{name: getattr(event, name) for name in Event.__struct_fields__ if name != "seq"}, seq=seq)


@pytest.mark.slow
def test_the_biggest_payload_comes_back_byte_exact(tmp_path: Path) -> None:
    data = os.urandom(1024) * (64 * 1024)
    writer = open_writer(tmp_path / "big.eventmon", lock_folder=tmp_path / "locks")
    writer.append([order(1, data=data)])
    commit(writer)
    reader = open_reader(tmp_path / "big.eventmon")
    assert reader.rows(1, 1)[0].size == 64 * 1024**2
    assert reader.events(1, 1)[0].data == data
    reader.close()
    writer.close()
