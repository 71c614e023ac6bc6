"""What is known of topics completes what is typed and says what a pattern means, without stopping the window."""

from __future__ import annotations

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from eventmon.core.pattern import Pattern
from eventmon.gui import known_topics as module
from eventmon.gui.context import PanelContext
from eventmon.gui.known_topics import KnownTopics, Matching, known_topics
from eventmon.gui.widgets.observer_pattern import matching_sentence
from tests.helpers.hostile import HOSTILE_TEXTS
from tests.helpers.scripted_engine import ScriptedEngine, topic

SHOP = [
    topic("prod/orders/eu/created", 118_204, 351.0),
    topic("prod/orders/us/created", 90_000, 168.0),
    topic("prod/orders/eu/paid", 104_417, 306.0),
    topic("prod/payments/failed", 41),
    topic("local", 3),
]


@pytest.fixture
def topics(context: PanelContext) -> KnownTopics:
    known = known_topics(context.bridge)
    known.take(SHOP)
    return known


def count(topics: KnownTopics, pattern: str, qtbot: QtBot) -> Matching:
    found: list[Matching] = []
    topics.count(Pattern(pattern), found.append)
    qtbot.waitUntil(lambda: bool(found))
    (matching,) = found
    return matching


def test_a_window_has_one(context: PanelContext, topics: KnownTopics) -> None:
    assert known_topics(context.bridge) is topics


def test_a_pattern_is_counted_with_its_rate_and_newest_event(topics: KnownTopics, qtbot: QtBot) -> None:
    assert count(topics, "prod/orders/+/created", qtbot) == Matching(
        topics=2, rate=519.0, newest=118_204, newest_topic="prod/orders/eu/created"
    )
    assert count(topics, "stock/#", qtbot) == Matching()


def test_a_topic_is_known_as_it_is_now(topics: KnownTopics, qtbot: QtBot) -> None:
    topics.take([topic("prod/orders/us/created", 200_000, 0.0)])
    assert count(topics, "prod/orders/+/created", qtbot).rate == 351.0
    assert count(topics, "#", qtbot).newest == 200_000


def test_a_deleted_topic_is_neither_counted_nor_offered_until_it_is_back(
    topics: KnownTopics, context: PanelContext, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    engine.set(forgotten=["prod/orders/eu/paid", "prod/payments/failed"], topics=[topic("prod/payments/failed", 42)])
    with qtbot.waitSignal(context.bridge.topicsChanged):
        context.bridge._ask_for_frame()
    assert count(topics, "prod/orders/#", qtbot).topics == 2
    assert topics.names.topics("prod/orders/eu/") == ["prod/orders/eu/created"]
    assert count(topics, "prod/payments/#", qtbot).newest == 42
    assert topics.names.topics("prod/pay") == ["prod/payments/failed"]


def test_many_topics_are_counted_in_slices(topics: KnownTopics, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SLICE", 2)
    found: list[Matching] = []
    topics.count(Pattern("#"), found.append)
    assert found == [], "the first slice is not all"
    qtbot.waitUntil(lambda: bool(found))
    assert found[0].topics == 5


def test_a_count_can_be_stopped(topics: KnownTopics, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SLICE", 2)
    found: list[Matching] = []
    stop = topics.count(Pattern("#"), found.append)
    stop()
    assert count(topics, "#", qtbot).topics == 5
    assert found == []


def test_too_many_topics_are_said_to_be_more(
    context: PanelContext, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_TOPICS", 3)
    topics = KnownTopics(context.bridge)
    topics.take(SHOP)
    matching = count(topics, "#", qtbot)
    assert (matching.topics, matching.whole) == (3, False)
    assert matching_sentence(matching) == "Matches at least 3 topics, 825 events/s right now"


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("", ["local", "prod/#"]),
        ("pr", ["prod/#"]),
        ("prod/", ["prod/orders/#", "prod/payments/#"]),
        ("prod/orders/+/", ["prod/orders/+/created", "prod/orders/+/paid"]),
        ("prod/orders/+/cr", ["prod/orders/+/created"]),
        ("prod/orders/eu/created", []),
        ("+/pay", ["+/payments/#"]),
        ("prod/#", []),
        ("#/x", []),
        ("stock", []),
    ],
)
def test_what_is_typed_goes_on_level_by_level(topics: KnownTopics, typed: str, offered: list[str]) -> None:
    assert topics.completions(typed) == offered


def test_no_more_is_offered_than_a_list_shows(context: PanelContext) -> None:
    topics = KnownTopics(context.bridge)
    topics.take([topic(f"orders/{number}", 1) for number in range(500)])
    assert len(topics.completions("orders/")) == 12


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_hostile_topics_and_texts_are_completed_without_harm(topics: KnownTopics, name: str) -> None:
    text = HOSTILE_TEXTS[name]
    topics.take([msgspec.structs.replace(SHOP[0], topic=text), topic(f"shop/{text}/x", 1)])
    for offered in (*topics.completions(text), *topics.completions(""), *topics.completions("shop/")):
        assert offered.isprintable()
        assert len(offered) < 300


@pytest.mark.parametrize(
    ("matching", "sentence"),
    [
        (Matching(), "Matches no topic yet. It takes effect as soon as one appears."),
        (Matching(topics=1, rate=0.4), "Matches 1 topic, 0.4 events/s right now"),
        (Matching(topics=1_204, rate=519.0), "Matches 1,204 topics, 519 events/s right now"),
    ],
)
def test_what_a_pattern_means_is_said(matching: Matching, sentence: str) -> None:
    assert matching_sentence(matching) == sentence
