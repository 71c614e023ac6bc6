"""The page's stream over a real engine: everything first, then what changes, made once for all who look."""

from __future__ import annotations

import http.client
from contextlib import ExitStack
from typing import Any

import msgspec

from eventmon.engine.requests import DeleteEvents, Publish, ReadRows, TakeFrame
from eventmon.web.counters_stream import NEWEST_EVENTS
from eventmon.web.listener import PageServer
from tests.web.conftest import PATIENCE_SECONDS, Site


class Viewer:
    """Somebody who looks; ``shown`` is what a page would show."""

    def __init__(self, site: Site, stack: ExitStack) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE_SECONDS)
        stack.callback(self._connection.close)
        self._connection.request("GET", "/api/v1/counters", headers=site.headers())
        self._answer = self._connection.getresponse()
        assert self._answer.status == 200
        assert self._answer.getheader("Content-Type", "").startswith("text/event-stream")
        self.shown: dict[str, Any] = {}
        self.topics: dict[str, Any] = {}
        self.first = self.take()

    def take(self) -> dict[str, Any]:
        """The next frame."""
        line = b""
        while not line.startswith(b"data: "):
            line = self._answer.readline()
        frame: dict[str, Any] = msgspec.json.decode(line[6:])
        if frame.get("whole"):
            self.topics, self.shown = {}, {}
        for name in frame.get("gone", ()):
            del self.topics[name]
        self.topics |= {topic["topic"]: topic for topic in frame.get("topics", ())}
        self.shown |= frame
        return frame

    def until(self, received: int) -> None:
        """Take frames until so many events are told of."""
        while self.shown["accounting"]["received"] < received:
            self.take()


def publish(site: Site, topic: str, data: bytes = b"1") -> None:
    site.engine.call(Publish(topic=topic, data=data, type="order.created")).result(PATIENCE_SECONDS)


def test_the_first_frame_holds_everything(site: Site) -> None:
    publish(site, "orders/eu", b'{"total": 1, "password": "hunter2"}')
    with ExitStack() as stack:
        viewer = Viewer(site, stack)
        first = viewer.first
    assert first["whole"] is True
    assert first["accounting"]["received"] == 1
    assert [(topic["topic"], topic["events"]) for topic in first["topics"]] == [("orders/eu", 1)]
    (event,) = first["events"]
    assert event["preview"] == '{"total": 1, "password": "•••"}'
    assert (event["seq"], event["topic"], event["type"]) == (1, "orders/eu", "order.created")
    assert len(first["history"]) == 300
    assert first["connections"] == []
    assert (first["known"], first["session"]) == (1, "session.eventmon")


def test_as_many_of_the_newest_are_shown_when_some_before_them_were_deleted(site: Site) -> None:
    for number in range(NEWEST_EVENTS):
        publish(site, "orders/eu", b"%d" % number)
    for number in range(NEWEST_EVENTS):
        publish(site, "metrics/load", b"%d" % number)
    publish(site, "orders/us")
    delete = DeleteEvents(topics=["metrics/#"], text="", newest=2 * NEWEST_EVENTS + 1)
    assert site.engine.call(delete).result(PATIENCE_SECONDS).events == NEWEST_EVENTS
    with ExitStack() as stack:
        seqs = [event["seq"] for event in Viewer(site, stack).first["events"]]
    assert seqs == [2 * NEWEST_EVENTS + 1, *range(NEWEST_EVENTS, 1, -1)]


def test_then_only_what_changes_is_told(site: Site) -> None:
    publish(site, "orders/eu")
    with ExitStack() as stack:
        viewer = Viewer(site, stack)
        publish(site, "orders/us")
        viewer.until(2)
        while len(viewer.topics) < 2 or len(viewer.shown["events"]) < 2:
            frame = viewer.take()
            assert not frame.get("whole")
        assert [event["topic"] for event in viewer.shown["events"]] == ["orders/us", "orders/eu"]


def test_everybody_who_looks_gets_the_same_and_is_counted(site: Site) -> None:
    with ExitStack() as stack:
        viewers = [Viewer(site, stack) for _ in range(5)]
        assert site.now().viewers == 5
        publish(site, "orders/eu")
        for viewer in viewers:
            viewer.until(1)
        numbers = [viewer.shown["number"] for viewer in viewers]
        assert max(numbers) - min(numbers) <= 1


def test_nobody_looking_costs_nothing(site: Site) -> None:
    with ExitStack() as stack:
        Viewer(site, stack)
    while site.now().viewers:
        publish(site, "orders/eu")  # a write finds out that the viewer has gone
    assert site.now().viewers == 0


def test_whoever_comes_back_misses_nothing(site: Site) -> None:
    with ExitStack() as stack:
        Viewer(site, stack)
    for number in range(50):
        publish(site, f"orders/{number % 10}")
    with ExitStack() as stack:
        viewer = Viewer(site, stack)
        viewer.until(50)
        while sum(topic["events"] for topic in viewer.topics.values()) < 50:
            viewer.take()
        while len(viewer.shown["events"]) < 40:
            viewer.take()
        assert viewer.first["whole"]


def test_the_first_after_everybody_left_is_not_shown_what_was_there_then(site: Site) -> None:
    with ExitStack() as stack:
        viewer = Viewer(site, stack)
        for number in range(8):
            publish(site, f"orders/{number}")
            viewer.until(number + 1)
    engine = site.engine._engine
    assert engine is not None
    listener = engine.serving._listener
    assert isinstance(listener, PageServer)
    while listener._counters._ticking is not None and not listener._counters._ticking.done():
        publish(site, "orders/again")
    received = site.json("/api/v1/stats")["received"]
    with ExitStack() as stack:
        viewer = Viewer(site, stack)
        assert viewer.first["accounting"]["received"] == received
        assert viewer.first["number"] == 1
        viewer.take()


def test_a_quiet_engine_is_heard_all_the_same(site: Site) -> None:
    with ExitStack() as stack:
        viewer = Viewer(site, stack)
        before = viewer.shown["number"]
        assert viewer.take()["number"] == before + 1


def test_thousands_of_topics_are_cut_to_those_with_the_most_events(site: Site) -> None:
    batch = [
        {"specversion": "1.0", "id": str(number), "source": "shop", "type": "stock.counted", "topic": f"shelf/{number}"}
        for number in range(1_500)
    ]
    headers = site.headers("ingest", Content_Type="application/cloudevents-batch+json")
    assert site.ask("POST", "/api/v1/events", headers, msgspec.json.encode(batch))[0] == 202
    publish(site, "shelf/1499")
    with ExitStack() as stack:
        viewer = Viewer(site, stack)
        while viewer.topics.get("shelf/1499", {}).get("events") != 2:
            viewer.take()
        assert len(viewer.topics) <= 200
        assert viewer.shown["known"] == 1_500


def test_the_engine_sees_one_viewer_for_all_pages(site: Site) -> None:
    with ExitStack() as stack:
        for _ in range(5):
            Viewer(site, stack)
        site.engine.call(TakeFrame(viewer="window")).result(PATIENCE_SECONDS)
        engine = site.engine._engine
        assert engine is not None
        assert len([name for name in engine.frames.viewers if name.startswith("page-")]) == 1
        assert site.engine.call(ReadRows(first=1, count=1)).result(PATIENCE_SECONDS).rows == []
