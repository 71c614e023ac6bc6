"""Publishing stored events once more: new ones that name the old, until the engine refuses."""

from __future__ import annotations

from threading import Event as Flag

import pytest

from eventmon.core.errors import UserError
from eventmon.engine.requests import Publish, Published
from eventmon.gui.models.log_publish_again import PublishedAgain, publish_again, published_sentence
from tests.gui.log_script import LogScript, order
from tests.helpers.scripted_engine import ScriptedEngine

READ_ONLY = "“prod” is read-only: nothing is sent to it. Edit the connection to allow it, or use another topic."


def sent(engine: ScriptedEngine) -> list[Publish]:
    return [asked for asked in engine.asked if isinstance(asked, Publish)]


def test_each_event_goes_out_as_it_was_and_names_the_one_it_comes_from(engine: ScriptedEngine) -> None:
    LogScript(engine, 100)
    result = publish_again(engine.call, [7, 3], Flag())
    first, second = sent(engine)
    assert (first.topic, first.type, first.data) == (order(7).topic, order(7).type, order(7).preview)
    assert first.datacontenttype == "application/json"
    assert first.headers == {"originalid": "0190-shop-7"}
    assert second.headers == {"originalid": "0190-shop-3"}
    assert result.done == 2


def test_the_first_refusal_ends_it(engine: ScriptedEngine) -> None:
    LogScript(engine, 100)
    answers = iter([Published(seq=101, observers=1), UserError(READ_ONLY)])
    engine.answer(Publish, lambda _asked: next(answers))
    result = publish_again(engine.call, [1, 2, 3], Flag())
    assert len(sent(engine)) == 2
    assert published_sentence(result) == f"1 of 3 events were published again. {READ_ONLY}"


def test_an_event_that_is_gone_is_said(engine: ScriptedEngine) -> None:
    LogScript(engine, 100).retain(50)
    assert published_sentence(publish_again(engine.call, [1], Flag())).startswith("The event 1 is no longer kept.")


def test_it_stops_when_told(engine: ScriptedEngine) -> None:
    LogScript(engine, 100)
    stop = Flag()
    stop.set()
    assert publish_again(engine.call, [1, 2], stop).done == 0
    assert sent(engine) == []


@pytest.mark.parametrize(
    ("result", "says"),
    [
        (
            PublishedAgain(1, 1, Published(seq=12, observers=3)),
            "Published again as seq 12; it reached 3 observers.",
        ),
        (PublishedAgain(1, 1, Published(seq=9, observers=1)), "Published again as seq 9; it reached 1 observer."),
        (PublishedAgain(1, 1, Published(seq=0, observers=0)), "Sent again; it reached 0 observers."),
        (PublishedAgain(1_204, 1_204, Published(seq=9, observers=1)), "1,204 events were published again."),
        (PublishedAgain(1, 0, None, READ_ONLY), READ_ONLY),
    ],
)
def test_what_was_done_is_one_sentence(result: PublishedAgain, says: str) -> None:
    assert published_sentence(result) == says
