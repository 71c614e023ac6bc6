"""One connection without an engine: events in order with back pressure, sentences, and an end that is understood."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import ClassVar

import pytest

from eventmon.connectors import registry
from eventmon.connectors.base import Capabilities, Connection, ConnectionFault, Feed, Sent
from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.engine import direct
from eventmon.engine.direct import DirectConnection
from eventmon.engine.direct_feed import BATCHES_AHEAD
from eventmon.engine.paths import Paths
from eventmon.engine.secrets import SecretStore
from eventmon.engine.target import Target
from eventmon.engine.watched import Unreachable
from tests.engine.orders_source import OrdersBroker, OrdersConfig, OrdersConnection, Step

PATIENCE_SECONDS = 30.0
URL = "orders://localhost?channels=created"


def orders(count: int, topic: str = "shop/orders") -> list[Event]:
    return [Event(topic=topic, data=b'{"total": %d}' % number, type="order.created") for number in range(count)]


class Script:
    """What the broker does once it is connected, and what the connection said of it."""

    def __init__(self, broker: OrdersBroker) -> None:
        self.broker = broker
        self.said: list[str] = []

    def does(self, *steps: Step | None) -> None:
        for step in steps:
            self.broker.steps.put_nowait(step)

    def delivers(self, *batches: list[Event]) -> None:
        for batch in batches:

            async def deliver(feed: Feed, batch: list[Event] = batch) -> None:
                await feed.deliver(batch, {"orders": str(len(batch))})

            self.does(deliver)

    def connection(self, *patterns: str, listens: bool = True) -> DirectConnection:
        target, secrets = Target.of("shop", URL), SecretStore(Paths.for_profile())
        return DirectConnection(target, secrets, say=self.said.append, listens=listens, patterns=patterns)


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Script:
    broker = OrdersBroker()
    monkeypatch.setitem(registry.CONNECTORS, "orders", lambda: broker)
    return Script(broker)


def everything(connection: DirectConnection) -> Iterator[Event]:
    while batch := connection.batch(PATIENCE_SECONDS):
        yield from batch


def test_events_come_in_order_numbered_from_1_and_stamped(script: Script) -> None:
    script.delivers(orders(3), orders(2))
    script.does(None)
    before = time.time_ns() // 1000
    with script.connection() as connection:
        events = list(everything(connection))
    assert [event.seq for event in events] == [1, 2, 3, 4, 5]
    assert [event.json()["total"] for event in events] == [0, 1, 2, 0, 1]
    assert all(before <= event.received <= time.time_ns() // 1000 for event in events)


def test_only_wanted_topics_come_and_are_counted(script: Script) -> None:
    script.delivers([*orders(1, "shop/payments"), *orders(2, "shop/orders/eu")], orders(1, "shop/payments"))
    script.does(None)
    with script.connection("shop/orders/#") as connection:
        assert [(event.topic, event.seq) for event in everything(connection)] == [
            ("shop/orders/eu", 1),
            ("shop/orders/eu", 2),
        ]


def test_documents_are_cloud_events_with_ids_of_their_own(script: Script) -> None:
    script.delivers(orders(2))
    script.does(None)
    with script.connection() as connection:
        documents = [json.loads(document) for document in connection.documents(None)]
    assert [document["seq"] for document in documents] == [1, 2]
    assert [document["data"]["total"] for document in documents] == [0, 1]
    assert documents[0]["received"] <= documents[1]["received"]
    assert len({document["id"] for document in documents}) == 2


def test_a_reader_that_is_slow_holds_the_source_back(script: Script) -> None:
    delivered: list[int] = []
    every = threading.Event()

    async def flood(feed: Feed) -> None:
        for number in range(BATCHES_AHEAD + 20):
            if number == BATCHES_AHEAD:
                every.set()
            await feed.deliver(orders(1))
            delivered.append(number)

    script.does(flood, None)
    with script.connection() as connection:
        assert every.wait(PATIENCE_SECONDS)
        for _ in range(20):
            connection.publish([])  # a turn of the connection's loop
        assert len(delivered) == BATCHES_AHEAD
        assert len(list(everything(connection))) == BATCHES_AHEAD + 20


def test_positions_are_kept_while_it_lives(script: Script) -> None:
    found: list[str | None] = []

    async def look(feed: Feed) -> None:
        found.append(feed.position("orders"))

    script.does(look)
    script.delivers(orders(7))
    script.does(look, None)
    with script.connection() as connection:
        list(everything(connection))
    assert found == [None, "7"]


def test_nothing_in_time_is_a_timeout(script: Script) -> None:
    with script.connection() as connection:
        with pytest.raises(TimeoutError):
            connection.batch(0.01)
        assert list(connection.documents(time.monotonic() + 0.01)) == []


def test_a_publisher_lets_go_what_comes_back(script: Script) -> None:
    script.delivers(*[orders(1)] * (BATCHES_AHEAD + 5))
    script.does(None)
    with script.connection(listens=False) as connection:
        assert list(everything(connection)) == []


def test_events_are_published_in_order_and_counted(script: Script) -> None:
    script.broker.sent = Sent(receivers=2)
    with script.connection(listens=False) as connection:
        tally = connection.publish(iter(orders(5)))
        script.broker.sent = Sent(receivers=0)
        unheard = connection.publish(orders(2))
    assert (tally.sent, tally.receivers, tally.unheard) == (5, 10, 0)
    assert (unheard.sent, unheard.receivers, unheard.unheard) == (2, 0, 2)
    assert [event.json()["total"] for event in script.broker.published] == [0, 1, 2, 3, 4, 0, 1]


def test_what_the_source_does_not_say_is_not_made_up(script: Script) -> None:
    with script.connection(listens=False) as connection:
        assert connection.publish(orders(1)).receivers is None


def test_a_refusal_ends_publishing(script: Script) -> None:
    events = [*orders(1), Event(topic="shop/orders", data=b"refuse"), *orders(1)]
    with script.connection(listens=False) as connection, pytest.raises(UserError, match="refuses"):
        connection.publish(events)
    assert len(script.broker.published) == 1


class FlakyConnection(OrdersConnection):
    """Loses the connection so many times before it takes an event."""

    losses: ClassVar[int] = 2

    async def publish(self, event: Event) -> Sent:
        if self.losses:
            self.losses -= 1  # type: ignore[misc]  # of this connection alone
            raise ConnectionFault("The shop is closed for a moment.")
        return await super().publish(event)


class FlakyBroker(OrdersBroker):
    """The broker of such connections."""

    def open(self, config: OrdersConfig, feed: Feed) -> Connection:
        return FlakyConnection(self, config, feed)


@pytest.fixture
def flaky(script: Script, monkeypatch: pytest.MonkeyPatch) -> Script:
    broker = FlakyBroker()
    monkeypatch.setitem(registry.CONNECTORS, "orders", lambda: broker)
    script.broker = broker
    return script


def test_an_event_is_sent_again_when_the_connection_broke(flaky: Script) -> None:
    with flaky.connection(listens=False) as connection:
        assert connection.publish(orders(2)).sent == 2
    assert [event.json()["total"] for event in flaky.broker.published] == [0, 1]


def test_a_source_that_is_there_and_goes_on_refusing_means_it(flaky: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct, "REFUSAL_SECONDS", 0.0)
    with flaky.connection(listens=False) as connection, pytest.raises(ConnectionFault, match="The shop is closed"):
        connection.publish(orders(1))


def test_a_source_that_does_not_come_back_is_unreachable(flaky: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    async def go_away(feed: Feed) -> None:
        feed.status("waiting", "The shop went away.")
        gone.set()

    gone = threading.Event()
    flaky.does(go_away)
    monkeypatch.setattr(direct, "RECONNECT_SECONDS", 0.0)
    with flaky.connection(listens=False) as connection:
        assert gone.wait(PATIENCE_SECONDS)
        with pytest.raises(Unreachable, match="shop: The shop is closed"):
            connection.publish(orders(1))


class Behaviour(Connection):
    """A connection that says one thing and then does another."""

    def __init__(self, feed: Feed, phase: str, detail: str, error: Exception | None) -> None:
        self._feed = feed
        self._said = (phase, detail)
        self._error = error

    async def run(self) -> None:
        self._feed.status(*self._said)
        if self._error is not None:
            raise self._error


class BehavingBroker(OrdersBroker):
    """The broker of such connections."""

    def __init__(self, phase: str, detail: str, error: Exception | None) -> None:
        super().__init__()
        self._behaviour = (phase, detail, error)

    def open(self, config: OrdersConfig, feed: Feed) -> Connection:
        return Behaviour(feed, *self._behaviour)


@pytest.mark.parametrize(
    ("behaviour", "kind", "sentence"),
    [
        (("waiting", "It refused. Trying again.", None), Unreachable, "^shop: It refused.$"),
        (("waiting", "It refused. Next try in 12 s.", None), Unreachable, "^shop: It refused.$"),
        (("failed", "The password is wrong.", None), UserError, "^shop: The password is wrong.$"),
        (("connecting", "", UserError("It is not a shop.")), UserError, "^It is not a shop.$"),
        (("connecting", "", ZeroDivisionError("rate")), ZeroDivisionError, "rate"),
        (("connected", "", UserError("The shop threw us out.")), UserError, "threw us out"),
    ],
)
def test_why_it_failed_is_raised(
    script: Script,
    monkeypatch: pytest.MonkeyPatch,
    behaviour: tuple[str, str, Exception | None],
    kind: type[Exception],
    sentence: str,
) -> None:
    monkeypatch.setitem(registry.CONNECTORS, "orders", lambda: BehavingBroker(*behaviour))
    with pytest.raises(kind, match=sentence) as raised, script.connection() as connection:
        list(everything(connection))
    assert type(raised.value) is kind


def test_a_source_that_says_nothing_is_not_waited_for_without_end(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(self: OrdersConnection) -> None:
        await self._broker.steps.get()

    monkeypatch.setattr(direct, "CONNECT_SECONDS", 0.05)
    monkeypatch.setattr(OrdersConnection, "run", silent)
    with pytest.raises(Unreachable, match="nothing answered"), script.connection():
        pass


def test_interruptions_are_said_once_with_the_gap_when_they_are_over(script: Script) -> None:
    async def interrupt(feed: Feed) -> None:
        feed.status("waiting", "The shop went away. Trying again.")
        feed.status("connecting")
        feed.status("waiting", "The shop refused. Next try in 2 s.")
        feed.gap(1_000_000, 3_500_000, "What was sold meanwhile was not seen.")
        feed.status("connected")
        feed.status("waiting", "The shop went away. Trying again.")
        feed.status("connected")

    script.does(interrupt, None)
    with script.connection() as connection:
        list(everything(connection))
    assert script.said[0] == "shop: The shop went away. Trying again."
    assert "(2.5 s). What was sold meanwhile was not seen." in script.said[1]
    assert script.said[2:] == ["shop: The shop went away. Trying again.", "shop: connected again."]


def test_problems_are_said(script: Script) -> None:
    async def complain(feed: Feed) -> None:
        feed.problem("warning", "A line was left out.")

    script.does(complain, None)
    with script.connection() as connection:
        list(everything(connection))
    assert script.said == ["shop: A line was left out."]


def test_a_url_that_watches_nothing_is_refused_with_an_example(script: Script) -> None:
    Target.of("shop", URL).require_watching()
    with pytest.raises(UserError, match="names nothing to watch"):
        Target.of("shop", "orders://localhost").require_watching()


def test_what_cannot_be_done_is_said_before_connecting(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OrdersBroker, "capabilities", Capabilities())
    with pytest.raises(UserError, match="only receives"):
        Target.of("shop", URL).require_publishing()
    with pytest.raises(UserError, match="only sends"):
        Target.of("shop", URL).require_watching()
