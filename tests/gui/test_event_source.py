"""What is asked of the engine for an event: little, in order, and nothing of an event that is no longer wanted."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication

from eventmon.core.errors import UserError
from eventmon.engine.requests import EventDetail, ReadEvent
from eventmon.gui.context import PanelContext
from eventmon.gui.models.event_json import MOST_BYTES
from eventmon.gui.models.event_source import EventSource
from eventmon.gui.models.event_text import LOOK_AHEAD, LOOK_BACK, PAGE_BYTES, PayloadPage
from tests.gui.event_script import EventScript
from tests.helpers.scripted_engine import ScriptedEngine

BIG = bytes(range(256)) * 4_096


class Reader:
    """A source and what came of it."""

    def __init__(self, context: PanelContext) -> None:
        self.source = EventSource(context.bridge)
        self.seqs: list[int] = []
        self.pages: list[PayloadPage] = []
        self.refusals: list[str] = []
        self.source.arrived.connect(self._take)
        self.source.pageArrived.connect(self.pages.append)
        self.source.failed.connect(self.refusals.append)

    def _take(self, detail: EventDetail) -> None:
        self.seqs.append(detail.seq)

    def settle(self) -> None:
        for _ in range(10):
            QCoreApplication.processEvents()


@pytest.fixture
def reader(context: PanelContext) -> Reader:
    return Reader(context)


def test_a_wish_that_waits_gives_way_to_a_newer_one(reader: Reader, engine: ScriptedEngine) -> None:
    script = EventScript(engine)
    for seq in (1, 2, 3):
        reader.source.wish(seq)
    reader.settle()
    assert ([asked.seq for asked in script.asked], reader.seqs) == ([1, 3], [3])


def test_what_was_let_go_of_does_not_arrive(reader: Reader, engine: ScriptedEngine) -> None:
    EventScript(engine)
    reader.source.wish(1)
    reader.source.forget()
    reader.settle()
    assert (reader.seqs, reader.source.detail) == ([], None)
    reader.source.wish(2)
    reader.settle()
    assert reader.seqs == [2]


def test_a_refusal_is_told_once_and_the_next_event_comes(reader: Reader, engine: ScriptedEngine) -> None:
    engine.answer(ReadEvent, UserError("The event 1 is no longer kept. Choose a newer one."))
    reader.source.wish(1)
    reader.settle()
    assert reader.refusals == ["The event 1 is no longer kept. Choose a newer one."]
    EventScript(engine)
    reader.source.wish(2)
    reader.settle()
    assert (reader.seqs, len(reader.refusals)) == ([2], 1)


def test_pages_at_hand_are_not_asked_for(reader: Reader, engine: ScriptedEngine) -> None:
    script = EventScript(engine, BIG)
    reader.source.wish(1)
    reader.settle()
    reader.source.wish_page(PAGE_BYTES)
    assert len(script.asked) == 1
    (page,) = reader.pages
    assert page.before == BIG[:PAGE_BYTES]
    assert page.data == BIG[PAGE_BYTES : 2 * PAGE_BYTES + LOOK_AHEAD]


def test_further_pages_are_asked_for_with_a_little_before_them(reader: Reader, engine: ScriptedEngine) -> None:
    script = EventScript(engine, BIG)
    reader.source.wish(1)
    reader.settle()
    offset = MOST_BYTES + PAGE_BYTES
    reader.source.wish_page(offset)
    reader.settle()
    assert (script.asked[-1].offset, script.asked[-1].limit) == (
        offset - LOOK_BACK,
        LOOK_BACK + PAGE_BYTES + LOOK_AHEAD,
    )
    (page,) = reader.pages
    assert (page.offset, page.shown) == (offset, BIG[offset : offset + PAGE_BYTES])


def test_a_page_of_another_event_is_dropped(reader: Reader, engine: ScriptedEngine) -> None:
    EventScript(engine, BIG)
    reader.source.wish(1)
    reader.settle()
    reader.source.wish(2)
    reader.source.wish_page(MOST_BYTES)
    reader.settle()
    assert (reader.seqs, reader.pages) == ([1, 2], [])
