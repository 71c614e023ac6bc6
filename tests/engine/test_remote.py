"""An engine in another process looks like one in this process: same questions, same answers, same refusals."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import msgspec
import pytest

from eventmon.core.errors import UserError
from eventmon.engine.client import EngineClient
from eventmon.engine.frame import Frame
from eventmon.engine.host import LocalEngine
from eventmon.engine.options import EngineOptions
from eventmon.engine.paths import Paths
from eventmon.engine.remote import MAX_PENDING, RemoteEngine
from eventmon.engine.requests import (
    ANSWER_TYPES,
    AnyRequest,
    ListConnections,
    Publish,
    Published,
    RaiseWindow,
    ReadGaps,
    ReadRows,
    Search,
    TakeFrame,
)


@pytest.fixture
def local(paths: Paths) -> Iterator[LocalEngine]:
    engine = LocalEngine(EngineOptions(role="serve"), paths)
    engine.start().result(30)
    yield engine
    engine.close()


@pytest.fixture
def remote(local: LocalEngine, paths: Paths) -> Iterator[EngineClient]:
    engine = RemoteEngine(paths.socket_path)
    yield engine
    engine.close()


def test_every_request_has_a_type_of_answer() -> None:
    assert set(ANSWER_TYPES) == set(AnyRequest.__args__)


def test_answers_are_those_of_the_engine_itself(local: LocalEngine, remote: EngineClient) -> None:
    published = remote.call(Publish(topic="orders/created", data=b'{"total": 120}', headers={"region": "eu"}))
    assert published.result(30) == Published(seq=1, observers=0)
    for question in (
        ReadRows(first=1, count=10),
        Search(topics=["orders/#"], text="total", newest=1, oldest=1),
        ReadGaps(),
        ListConnections(),
    ):
        assert remote.call(question).result(30) == local.call(question).result(30)


def test_frames_come_over_the_socket(remote: EngineClient) -> None:
    remote.call(Publish(topic="orders/created")).result(30)
    frame = remote.call(TakeFrame(viewer="desk")).result(30)
    assert isinstance(frame, Frame)
    assert [topic.topic for topic in frame.topics] == ["orders/created"]
    remote.call(RaiseWindow()).result(30)
    assert remote.call(TakeFrame(viewer="desk")).result(30).raised == frame.raised + 1


def test_a_refusal_is_the_same_sentence(local: LocalEngine, remote: EngineClient) -> None:
    question = Publish(topic="orders/#")
    with pytest.raises(UserError) as here:
        local.call(question).result(30)
    with pytest.raises(UserError) as there:
        remote.call(question).result(30)
    assert str(there.value) == str(here.value)


def test_an_engine_that_went_away_is_said_in_a_sentence(local: LocalEngine, remote: EngineClient) -> None:
    remote.call(ListConnections()).result(30)
    local.close()
    with pytest.raises(UserError, match="not running"):
        remote.call(ListConnections()).result(30)


def test_an_engine_that_comes_back_is_found_again(local: LocalEngine, remote: EngineClient, paths: Paths) -> None:
    remote.call(ListConnections()).result(30)
    local.close()
    again = LocalEngine(EngineOptions(role="serve"), paths)
    again.start().result(30)
    assert remote.call(ListConnections()).result(30) == []
    again.close()


def test_a_closed_client_refuses(remote: EngineClient) -> None:
    remote.close()
    with pytest.raises(UserError, match="closed"):
        remote.call(ListConnections()).result(30)


@pytest.fixture
def silent(paths: Paths) -> Iterator[threading.Event]:
    """Something that takes connections on the control socket and never answers; set when the first came."""
    paths.create()
    connected = threading.Event()
    accepted: list[socket.socket] = []
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(paths.socket_path))
        listening.listen()

        def accept() -> None:
            try:
                while True:
                    accepted.append(listening.accept()[0])
                    connected.set()
            except OSError:
                return  # the test is over

        thread = threading.Thread(target=accept)
        thread.start()
        yield connected
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()
    for connection in accepted:
        connection.close()


def test_calls_that_wait_are_bounded_and_end_with_the_client(paths: Paths, silent: threading.Event) -> None:
    remote = RemoteEngine(paths.socket_path)
    waiting = [remote.call(ListConnections()) for _ in range(MAX_PENDING)]
    assert silent.wait(30)
    with pytest.raises(UserError, match="does not keep up"):
        remote.call(ListConnections()).result(30)
    remote.close()
    assert all(call.done() for call in waiting)


def test_requests_fit_the_wire() -> None:
    question = Publish(topic="orders", data=b"\x00\xff", type="order.created", headers={"region": "eu"})
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(question), type=AnyRequest) == question
