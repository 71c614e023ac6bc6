"""Topics that are made known before their first event, and topics that are not recorded, asked of a whole engine."""

from __future__ import annotations

from typing import Any

import pytest

from eventmon.core.errors import UserError
from eventmon.engine import requests
from eventmon.engine.engine import Engine
from eventmon.engine.frame import TopicDelta
from eventmon.engine.options import EngineOptions
from eventmon.engine.paths import Paths
from tests.engine.conftest import Run
from tests.engine.orders_source import OrdersBroker
from tests.engine.rig import orders
from tests.engine.whole_engine import REMEMBERS, running, take_frame


async def topic_in_frame(engine: Engine, topic: str) -> TopicDelta | None:
    return {delta.topic: delta for delta in (await take_frame(engine)).topics}.get(topic)


def test_a_new_topic_is_there_before_its_first_event(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await take_frame(engine)
            await engine.answer(requests.CreateTopic(topic="refunds/eu"))
            delta = await topic_in_frame(engine, "refunds/eu")
            assert delta is not None
            assert (delta.events, delta.observers, delta.recorded) == (0, 0, True)
            assert engine.accounting().received == 0
            assert "refunds/eu" in [topic.topic for topic in engine.topics()]
            published = await engine.answer(requests.Publish(topic="refunds/eu"))
            assert published.seq == 1

    run(scenario())


@pytest.mark.parametrize(
    ("topic", "sentence"),
    [
        ("", "topic"),
        ("orders/#", "#"),
        ("orders/\0", "NUL"),
        ("/".join(["a"] * 200), "128 levels"),
        ("orders/eu/created", "There is a topic 'orders/eu/created' already. Choose another name."),
        ("prod/refunds", "“prod” is a connection, so its topics come from there. Begin with another level."),
        ("prod", "“prod” is a connection"),
    ],
)
def test_a_name_that_cannot_be_used_is_refused_with_a_reason(
    run: Run[Any], paths: Paths, broker: OrdersBroker, topic: str, sentence: str
) -> None:
    async def scenario() -> None:
        async with running(
            paths, EngineOptions(serve_control=False, connections=(("prod", "orders://shop"),))
        ) as engine:
            await engine.accept(orders(1))
            before = engine.topics()
            with pytest.raises(UserError, match=sentence):
                await engine.answer(requests.CreateTopic(topic=topic))
            assert engine.topics() == before

    run(scenario())


def test_a_connection_cannot_take_the_name_of_a_new_topic(run: Run[Any], paths: Paths, broker: OrdersBroker) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await engine.answer(requests.CreateTopic(topic="refunds/eu"))
            with pytest.raises(UserError, match="“refunds” is the beginning of local topics"):
                await engine.answer(requests.OpenConnection(url="orders://shop", name="refunds"))

    run(scenario())


def test_topics_that_are_not_recorded_are_counted_and_published_truthfully(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            first = await take_frame(engine)
            assert first.not_recorded == []
            await engine.accept(orders(3))
            await engine.answer(requests.RecordTopics(pattern="orders/#", record=False))
            frame = await take_frame(engine)
            assert frame.not_recorded == ["orders/#"]
            assert [(delta.topic, delta.recorded) for delta in frame.topics] == [("orders/eu/created", False)]
            published = await engine.answer(requests.Publish(topic="orders/eu/created"))
            assert (published.seq, published.recorded) == (0, False)
            frame = await take_frame(engine)
            assert frame.not_recorded is None
            assert (frame.accounting.stored, frame.accounting.not_recorded) == (3, 1)
            assert [(delta.events, delta.last_seq) for delta in frame.topics] == [(4, 3)]
            await engine.answer(requests.RecordTopics(pattern="orders/#", record=True))
            published = await engine.answer(requests.Publish(topic="orders/eu/created"))
            assert (published.seq, published.recorded) == (4, True)
            assert engine.stats().not_recorded == 1
            frame = await take_frame(engine)
            assert frame.not_recorded == []
            assert [delta.recorded for delta in frame.topics] == [True]

    run(scenario())


def test_a_decision_about_very_many_topics_reaches_all_of_them(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            for number in range(5_000):
                engine.topic_choices._make(f"sensors/{number}")
            seen: dict[str, bool] = {}

            async def look() -> None:
                while deltas := (await take_frame(engine)).topics:
                    seen.update({delta.topic: delta.recorded for delta in deltas})

            await look()
            assert len(seen) == 5_000
            assert all(seen.values())
            await engine.answer(requests.RecordTopics(pattern="sensors/+", record=False))
            await look()
            assert not any(seen.values())

    run(scenario())


def test_a_pattern_that_is_none_is_refused(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            with pytest.raises(UserError, match="whole last level"):
                await engine.answer(requests.RecordTopics(pattern="orders#", record=False))

    run(scenario())


def test_decisions_are_back_after_a_restart(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        async with running(paths, REMEMBERS) as engine:
            await engine.answer(requests.CreateTopic(topic="refunds/eu"))
            await engine.answer(requests.RecordTopics(pattern="payments/#", record=False))
            await engine.answer(requests.RecordTopics(pattern="heartbeat", record=False))
            await engine.answer(requests.RecordTopics(pattern="heartbeat", record=True))
        async with running(paths, REMEMBERS) as engine:
            frame = await take_frame(engine)
            assert [delta.topic for delta in frame.topics] == ["refunds/eu"]
            assert frame.not_recorded == ["payments/#"]
            published = await engine.answer(requests.Publish(topic="payments/eu"))
            assert (published.seq, published.recorded) == (0, False)
            assert frame.problems == []

    run(scenario())


def test_what_was_decided_about_a_topic_alone_goes_with_it(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        async with running(paths, REMEMBERS) as engine:
            for pattern in ("heartbeat", "payments/#", "refunds/eu", "load"):
                await engine.answer(requests.RecordTopics(pattern=pattern, record=False))
            for topic in ("heartbeat", "payments", "payments/eu", "refunds/eu"):
                await engine.answer(requests.Publish(topic=topic))
            for topic in ("heartbeat", "payments", "refunds"):
                await engine.answer(requests.DeleteTopic(topic=topic))
            assert engine.topic_choices.not_recorded == ("payments/#", "load")
            published = await engine.answer(requests.Publish(topic="heartbeat"))
            assert published.recorded
        async with running(paths, REMEMBERS) as engine:
            assert engine.topic_choices.not_recorded == ("payments/#", "load")
            assert (await take_frame(engine)).not_recorded == ["payments/#", "load"]

    run(scenario())


def test_what_is_wrong_in_the_workspace_is_said_and_the_rest_is_used(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        paths.create()
        paths.workspace_file.write_text(
            'format = 1\n[topics]\nnot_recorded = ["a#", "payments/#"]\nknown = ["orders/#", "refunds/eu"]\n',
            encoding="utf-8",
        )
        async with running(paths, REMEMBERS) as engine:
            frame = await take_frame(engine)
            assert [delta.topic for delta in frame.topics] == ["refunds/eu"]
            assert frame.not_recorded == ["payments/#"]
            assert [problem.where for problem in frame.problems] == ["workspace", "workspace"]
            assert "key “not_recorded”" in frame.problems[0].text
            assert "key “known”" in frame.problems[1].text

    run(scenario())
