"""The control socket over a real engine: what goes in comes out, exactly, and nothing else gets in."""

from __future__ import annotations

import asyncio
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from eventmon.connectors.base import Sent
from eventmon.core.errors import UserError
from eventmon.engine.control import ControlServer
from eventmon.engine.engine import Engine
from eventmon.engine.host import LocalEngine
from eventmon.engine.http_client import ControlClient, UnixConnection, events_path, with_query
from eventmon.engine.options import EngineOptions
from eventmon.engine.paths import Paths
from eventmon.engine.remote import RemoteEngine
from eventmon.engine.requests import DeleteEvents, EditConnection, OpenConnection, Publish
from tests.engine.orders_source import OrdersBroker
from tests.helpers.hostile import HOSTILE_BYTES

BINARY = {"ce-specversion": "1.0", "ce-id": "o-1", "ce-source": "checkout", "ce-type": "order.created"}
STRUCTURED = {"Content-Type": "application/cloudevents+json"}
BATCH = {"Content-Type": "application/cloudevents-batch+json"}


@pytest.fixture
def engine(paths: Paths) -> Iterator[LocalEngine]:
    running = LocalEngine(EngineOptions(role="serve"), paths)
    running.start().result(30)
    yield running
    running.close()


@pytest.fixture
def client(engine: LocalEngine, paths: Paths) -> Iterator[ControlClient]:
    with ControlClient(paths.socket_path) as connected:
        yield connected


def post(client: ControlClient, topic: str | None, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    answer: dict[str, Any] = msgspec.json.decode(client.post(events_path(topic), body, headers))
    return answer


def stored(client: ControlClient, **query: Any) -> list[dict[str, Any]]:
    return [msgspec.json.decode(line) for line in client.lines(with_query("/api/v1/events", query))]


def cloud_event(number: int, **members: Any) -> dict[str, Any]:
    return {"specversion": "1.0", "id": f"o-{number}", "source": "checkout", "type": "order.created", **members}


def refused(paths: Paths, method: str, target: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """Status and problem document of a request that has to fail."""
    connection = UnixConnection(paths.socket_path)
    try:
        connection.request(method, target, body, headers)
        response = connection.getresponse()
        assert response.headers.get_content_type() == "application/problem+json"
        return response.status, msgspec.json.decode(response.read())
    finally:
        connection.close()


def test_the_socket_belongs_to_its_owner_alone(engine: LocalEngine, paths: Paths) -> None:
    assert stat.S_IMODE(paths.socket_path.stat().st_mode) == 0o600


def test_the_socket_is_gone_after_the_engine_stopped(paths: Paths) -> None:
    running = LocalEngine(EngineOptions(), paths)
    running.start().result(30)
    assert paths.socket_path.exists()
    running.close()
    assert not paths.socket_path.exists()


def test_a_socket_that_nobody_answers_is_replaced(paths: Paths) -> None:
    paths.create()
    with socket.socket(socket.AF_UNIX) as crashed:
        crashed.bind(str(paths.socket_path))
    running = LocalEngine(EngineOptions(), paths)
    running.start().result(30)
    with ControlClient(paths.socket_path) as client:
        assert client.get("/healthz") == b'{"status":"ok"}'
    running.close()


def test_a_second_engine_of_the_profile_is_refused(engine: LocalEngine, paths: Paths) -> None:
    second = LocalEngine(EngineOptions(session=paths.data / "other.eventmon"), paths)
    with pytest.raises(UserError, match="running already"):
        second.start().result(30)
    second.close()
    with ControlClient(paths.socket_path) as client:
        assert client.get("/healthz") == b'{"status":"ok"}'


def test_an_event_in_binary_mode_is_stored_with_everything_it_has(client: ControlClient) -> None:
    headers = {**BINARY, "ce-subject": "Zo%C3%AB%20Martin", "ce-region": "eu", "Content-Type": "application/json"}
    assert post(client, "orders/created", b'{"total": 120}', headers) == {
        "accepted": 1,
        "duplicates": 0,
        "not_recorded": 0,
        "seq": 1,
    }
    (event,) = stored(client)
    assert event.pop("received").endswith("Z")
    assert event == {
        "specversion": "1.0",
        "id": "o-1",
        "source": "checkout",
        "type": "order.created",
        "subject": "Zoë Martin",
        "datacontenttype": "application/json",
        "topic": "orders/created",
        "seq": 1,
        "region": "eu",
        "data": {"total": 120},
    }


def test_a_structured_event_names_its_topic_by_attribute_or_type(client: ControlClient) -> None:
    for number, members in enumerate(({"topic": "orders/eu/created"}, {})):
        post(client, None, msgspec.json.encode(cloud_event(number, **members)), STRUCTURED)
    assert [event["topic"] for event in stored(client)] == ["orders/eu/created", "order/created"]


def test_a_batch_keeps_its_order_and_answers_without_a_seq(client: ControlClient) -> None:
    batch = [cloud_event(number, data={"number": number}) for number in range(700)]
    answer = post(client, "orders", msgspec.json.encode(batch), BATCH)
    assert answer == {"accepted": 700, "duplicates": 0, "not_recorded": 0}
    assert [event["data"]["number"] for event in stored(client, topic="orders")] == list(range(700))


def test_an_event_sent_again_is_answered_like_the_first_time_and_counted(client: ControlClient) -> None:
    first = post(client, "orders", b"1", BINARY)
    assert post(client, "orders", b"1", BINARY) == {"accepted": 0, "duplicates": 1, "not_recorded": 0, "seq": 1}
    batch = [cloud_event(1), cloud_event(2), cloud_event(2), cloud_event(3, source="till")]
    answer = post(client, "orders", msgspec.json.encode(batch), BATCH)
    assert answer == {"accepted": 2, "duplicates": 2, "not_recorded": 0}
    assert first["seq"] == 1
    stats = msgspec.json.decode(client.get("/api/v1/stats"))
    assert (stats["received"], stats["stored"], stats["duplicates"]) == (6, 3, 3)
    assert [(event["source"], event["id"]) for event in stored(client)] == [
        ("checkout", "o-1"),
        ("checkout", "o-2"),
        ("till", "o-3"),
    ]


def test_events_without_an_id_are_never_duplicates(client: ControlClient) -> None:
    without = {"ce-specversion": "1.0", "ce-source": "checkout", "ce-type": "order.created"}
    for headers in (without, without, {"Content-Type": "application/json"}, {"Content-Type": "application/json"}):
        assert post(client, "orders", b"1", headers)["duplicates"] == 0
    assert len(stored(client)) == 4


def test_an_empty_batch_is_accepted(client: ControlClient) -> None:
    assert post(client, "orders", b"[]", BATCH)["accepted"] == 0


def test_plain_json_becomes_the_data_of_the_topic_in_the_address(client: ControlClient) -> None:
    post(client, "sensors/1", b"[1, 2]", {"Content-Type": "application/json"})
    assert stored(client)[0]["data"] == [1, 2]


@pytest.mark.parametrize(
    "topic", ["a//b", "/a", "a/", "a/../b", "a/./b", "..", "Straße/Köln", "a b", "a%2Fb", "a?b", "50%", "$SYS/x", "{x}"]
)
def test_topics_survive_the_address_exactly(client: ControlClient, topic: str) -> None:
    post(client, topic, b"1", BINARY)
    (event,) = stored(client)
    assert event["topic"] == topic


def test_an_escaped_slash_is_a_slash(client: ControlClient) -> None:
    client.post("/api/v1/events/orders%2Fcreated", b"1", BINARY)
    assert stored(client)[0]["topic"] == "orders/created"


@pytest.mark.parametrize("data", HOSTILE_BYTES.values(), ids=HOSTILE_BYTES.keys())
def test_data_comes_back_byte_for_byte(client: ControlClient, engine: LocalEngine, data: bytes) -> None:
    post(client, "orders", data, BINARY)
    (event,) = stored(client)
    found = event.get("data_base64")
    if found is not None:
        assert msgspec.convert(found, bytes) == data
    elif event.get("datacontenttype") == "text/plain":
        assert event["data"].encode() == data
    else:
        assert msgspec.json.decode(data or b"null") == event.get("data")


@pytest.mark.parametrize(
    ("target", "body", "headers", "status"),
    [
        ("/api/v1/events/orders", b"{}", {"Content-Type": "text/plain"}, 415),
        ("/api/v1/events", b"{}", {"Content-Type": "application/json"}, 415),
        ("/api/v1/events/orders", b"{", STRUCTURED, 400),
        ("/api/v1/events/orders", b"{}", STRUCTURED, 400),
        ("/api/v1/events/orders", b"[" * 100_000, STRUCTURED, 400),
        ("/api/v1/events/orders", b"[" * 100_000 + b"]" * 100_000, BATCH, 400),
        ("/api/v1/events/orders", b"{}", BATCH, 400),
        ("/api/v1/events/orders", b"1", {"ce-specversion": "0.3"}, 400),
        ("/api/v1/events/", b"1", BINARY, 400),
        ("/api/v1/events/orders/%00", b"1", BINARY, 400),
        ("/api/v1/events/orders/%23", b"1", BINARY, 400),
        ("/api/v1/events/%FF", b"1", BINARY, 400),
        ("/api/v1/events/" + "a" * 4097, b"1", BINARY, 400),
        ("/api/v1/nothing", b"1", BINARY, 404),
        ("/api/v1/stats", b"1", BINARY, 405),
        ("/api/v1/engine", b"\xc1", {}, 400),
        ("/api/v1/engine", msgspec.msgpack.encode({"request": "Explode"}), {}, 400),
    ],
)
def test_what_is_malformed_is_refused_with_a_problem_document(
    engine: LocalEngine, paths: Paths, *, target: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    found, document = refused(paths, "POST", target, body, headers)
    assert (found, document["status"]) == (status, status)
    assert document["detail"]
    assert document["title"]
    with ControlClient(paths.socket_path) as client:
        assert stored(client) == []


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/api/v1/events?where=data.total%20%3E%20100", 422),
        ("/api/v1/stream?where=true", 422),
        ("/api/v1/events?after=-1", 400),
        ("/api/v1/events?limit=many", 400),
        ("/api/v1/events?topic=a%2F%23%2Fb", 400),
        ("/api/v1/count?topic=%00", 400),
        ("/api/v1/stream?after=1e3", 400),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(
    engine: LocalEngine, paths: Paths, target: str, status: int
) -> None:
    found, document = refused(paths, "GET", target, b"", {})
    assert found == status
    assert "`" in document["detail"] or document["detail"].endswith(".")


def test_too_large_a_document_is_refused(engine: LocalEngine, paths: Paths) -> None:
    with ControlClient(paths.socket_path) as client, pytest.raises(UserError, match="larger than one event"):
        client.post(events_path("orders"), bytes(97 << 20), BINARY)


def test_events_are_chosen_by_pattern_position_and_number(client: ControlClient) -> None:
    batch = [cloud_event(n, topic=("orders/eu", "orders/us", "payments")[n % 3]) for n in range(30)]
    post(client, None, msgspec.json.encode(batch), BATCH)

    def seqs(**query: Any) -> list[int]:
        return [event["seq"] for event in stored(client, **query)]

    assert seqs() == list(range(1, 31))
    assert seqs(after=27) == [28, 29, 30]
    assert seqs(after=30) == []
    assert seqs(limit=3) == [1, 2, 3]
    assert seqs(limit=0) == []
    assert seqs(last=2) == [29, 30]
    assert seqs(last=0) == []
    assert seqs(last=1000) == list(range(1, 31))
    assert seqs(topic="payments") == list(range(3, 31, 3))
    assert seqs(topic="payments", last=2) == [27, 30]
    assert seqs(topic=["payments", "+/eu"], after=10, limit=3) == [12, 13, 15]
    assert msgspec.json.decode(client.get("/api/v1/count?topic=orders/%2B")) == {"count": 20}


def test_the_stream_resumes_after_the_last_event_seen(client: ControlClient, paths: Paths) -> None:
    post(client, "orders", msgspec.json.encode([cloud_event(n) for n in range(5)]), BATCH)
    connection = UnixConnection(paths.socket_path)
    connection.request("GET", "/api/v1/stream", headers={"Last-Event-ID": "3"})
    response = connection.getresponse()
    assert response.headers["Content-Type"] == "text/event-stream"
    lines = [response.readline() for _ in range(5)]
    assert lines[2] == b"id: 4\n"
    assert msgspec.json.decode(lines[3].removeprefix(b"data: "))["id"] == "o-3"
    connection.close()


def test_deleted_events_are_passed_over_by_every_way_to_read(client: ControlClient, paths: Paths) -> None:
    batch = [cloud_event(n, topic=("orders/eu", "orders/us", "payments")[n % 3]) for n in range(30)]
    post(client, None, msgspec.json.encode(batch), BATCH)
    engine = RemoteEngine(paths.socket_path)
    for newest, oldest in ((30, 29), (25, 5), (1, 1)):
        engine.call(DeleteEvents(topics=[], text="", newest=newest, oldest=oldest)).result(30)
    engine.close()

    def seqs(**query: Any) -> list[int]:
        return [event["seq"] for event in stored(client, **query)]

    assert seqs() == [2, 3, 4, 26, 27, 28]
    assert seqs(after=10) == seqs(after=25) == [26, 27, 28]
    assert seqs(after=28) == seqs(after=30) == []
    assert seqs(limit=4) == [2, 3, 4, 26]
    assert seqs(last=4) == [4, 26, 27, 28]
    assert seqs(topic="orders/#", last=3) == [4, 26, 28]
    assert msgspec.json.decode(client.get("/api/v1/count")) == {"count": 6}
    assert msgspec.json.decode(client.get("/api/v1/count?topic=payments")) == {"count": 2}
    connection = UnixConnection(paths.socket_path)
    connection.request("GET", "/api/v1/stream", headers={"Last-Event-ID": "10"})
    response = connection.getresponse()
    lines = [response.readline() for _ in range(11)]
    assert [line for line in lines if line.startswith(b"id: ")] == [b"id: 26\n", b"id: 27\n", b"id: 28\n"]
    connection.close()


def test_the_stream_begins_with_what_comes_next_and_shows_only_what_matches(
    client: ControlClient, paths: Paths
) -> None:
    post(client, "orders", b"1", BINARY)
    with ControlClient(paths.socket_path) as listener:
        stream = listener.server_events(with_query("/api/v1/stream", {"topic": "payments/#"}))
        assert next(stream) is None  # it follows from here on
        post(client, "orders", b"2", {**BINARY, "ce-id": "o-2"})
        post(client, "payments/eu", b"3", {**BINARY, "ce-id": "o-3"})
        message = next(stream)
        assert message is not None
        assert message.seq == 3
        assert msgspec.json.decode(message.document)["topic"] == "payments/eu"


def test_a_stopping_engine_ends_its_streams(paths: Paths) -> None:
    running = LocalEngine(EngineOptions(), paths)
    running.start().result(30)
    with ControlClient(paths.socket_path) as listener:
        stream = listener.server_events("/api/v1/stream")
        next(stream)
        running.close()
        with pytest.raises(UserError):
            next(stream)


def test_a_reader_that_stops_reading_holds_nobody_up(client: ControlClient, engine: LocalEngine, paths: Paths) -> None:
    with ControlClient(paths.socket_path) as stuck:
        next(stuck.server_events("/api/v1/stream"))
        data = bytes(1 << 20)
        for _ in range(20):
            engine.call(Publish(topic="firmware", data=data)).result(30)
        assert msgspec.json.decode(client.get("/api/v1/stats"))["stored"] == 20


def test_the_instance_says_who_it_is(client: ControlClient, paths: Paths) -> None:
    instance = msgspec.json.decode(client.get("/api/v1/instance"))
    assert instance["role"] == "serve"
    assert Path(instance["session"]) == paths.default_session


def test_topics_and_stats_and_connections_are_json(client: ControlClient) -> None:
    post(client, "orders/created", b"{}", BINARY)
    (topic,) = msgspec.json.decode(client.get("/api/v1/topics"))
    assert (topic["topic"], topic["events"], topic["types"]) == ("orders/created", 1, ["order.created"])
    stats = msgspec.json.decode(client.get("/api/v1/stats"))
    assert (stats["received"], stats["stored"], stats["topics"], stats["in_flight"]) == (1, 1, 1, 0)
    assert msgspec.json.decode(client.get("/api/v1/connections")) == []


def test_connections_are_listed_and_what_is_sent_to_them_is_accepted(
    broker: OrdersBroker, engine: LocalEngine, client: ControlClient, paths: Paths
) -> None:
    broker.sent = Sent(returns=False, receivers=3)
    engine.call(OpenConnection(url="orders://checkout:hunter2@localhost", name="prod", color="red")).result(30)
    assert msgspec.json.decode(client.get("/api/v1/connections")) == [
        {
            "name": "prod",
            "url": "orders://checkout:***@localhost",
            "phase": "connected",
            "detail": "",
            "events": 0,
            "bytes": 0,
            "interruptions": 2,
            "publishes": True,
            "read_only": False,
            "color": "red",
            "saved": False,
        }
    ]
    accepted = {"accepted": 1, "duplicates": 0, "not_recorded": 0, "seq": 1}
    assert post(client, "prod/orders/shipped", b"{}", BINARY) == accepted
    (logged,) = stored(client)
    assert (logged["topic"], logged["sent"]) == ("prod/orders/shipped", "true")
    published = engine.call(Publish(topic="prod/orders/shipped", data=b"{}")).result(30)
    assert (published.seq, published.receivers) == (2, 3)
    broker.sent = Sent(returns=True)
    assert post(client, "prod/orders/shipped", b"{}", {**BINARY, "ce-id": "o-2"})["accepted"] == 1
    assert len(stored(client)) == 2
    engine.call(EditConnection(name="prod", read_only=True)).result(30)
    status, problem = refused(paths, "POST", events_path("prod/orders/shipped"), b"{}", BINARY)
    assert status == 400
    assert "read-only" in problem["detail"]


def test_heartbeats_come_while_nothing_else_does(paths: Paths) -> None:
    def first_messages() -> list[object]:
        with ControlClient(paths.socket_path) as listener:
            stream = listener.server_events("/api/v1/stream")
            return [next(stream) for _ in range(3)]

    async def serve() -> list[object]:
        engine = Engine(EngineOptions(serve_control=False), paths)
        await engine.start()
        control = ControlServer(engine, heartbeat_seconds=0.01)
        await control.start()
        try:
            return await asyncio.to_thread(first_messages)
        finally:
            await control.stop()
            await engine.stop()

    assert asyncio.run(serve()) == [None, None, None]
