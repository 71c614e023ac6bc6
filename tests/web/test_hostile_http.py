"""The hostile HTTP table: raw sockets that talk nonsense, slowly, endlessly or in crowds, and everybody else is served.

A real `serve` process, because its memory is measured.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

from eventmon.engine.paths import Paths
from eventmon.engine.tokens import Tokens, load_tokens
from eventmon.web.limits import BODY_SECONDS, HEAD_SECONDS, STRANGERS, STREAMS
from tests.helpers.server import Server

MOST_GROWTH = 32 << 20
PATIENCE_SECONDS = 60.0
JSON = "Content-Type: application/json"


class Target:
    """A server that is attacked, and how it does."""

    def __init__(self, server: Server, tokens: Tokens) -> None:
        self.server = server
        self.tokens = tokens
        self.port = int(server.ready["http"].rpartition(":")[2])
        self.host = f"127.0.0.1:{self.port}"
        self._process = psutil.Process(server.process.pid)
        assert self.is_well()  # what is loaded at the first question does not count
        self._before = self._process.memory_info().rss

    @property
    def growth(self) -> int:
        """Bytes that the process has grown by."""
        grown: int = self._process.memory_info().rss - self._before
        return grown

    def connect(self) -> socket.socket:
        """A connection on which nothing was said yet."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_SECONDS)

    def say(self, text: str | bytes) -> bytes:
        """The first line of what is answered to some bytes; empty when the connection is closed."""
        with self.connect() as connection:
            try:
                connection.sendall(text.encode() if isinstance(text, str) else text)
                return connection.recv(65_536).partition(b"\r\n")[0]
            except ConnectionError:
                return b""

    def status(self, *lines: str, body: bytes = b"", scope: str = "") -> int:
        """The status of a request put together by hand; 0 when the connection is closed."""
        token = [f"Authorization: Bearer {getattr(self.tokens, scope)}"] if scope else []
        head = "\r\n".join((lines[0], f"Host: {self.host}", *token, *lines[1:])) + "\r\n\r\n"
        line = self.say(head.encode() + body)
        return int(line.split(b" ")[1]) if line else 0

    def is_well(self) -> bool:
        """Whether others are answered, and nothing was accepted."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        headers = {"Authorization": f"Bearer {self.tokens.view}"}
        try:
            connection.request("GET", "/api/v1/stats", headers=headers)
            stats: dict[str, Any] = msgspec.json.decode(connection.getresponse().read())
        finally:
            connection.close()
        received: int = stats["received"]
        return received == 0


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Tokens]]:
    home = tmp_path_factory.mktemp("hostile")
    with Server(home, "--listen", "0") as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("EVENTMON_HOME", str(home))
        yield server, load_tokens(Paths.for_profile())


@pytest.fixture
def target(serving: tuple[Server, Tokens]) -> Iterator[Target]:
    found = Target(*serving)
    yield found
    assert found.is_well()
    assert found.growth <= MOST_GROWTH


def seconds_until_ended(slow: dict[socket.socket, bytes]) -> list[float]:
    """How long each connection is kept, while one byte after the other is sent on it."""
    started = time.monotonic()
    ended: dict[socket.socket, float] = {}
    while len(ended) < len(slow) and time.monotonic() - started < PATIENCE_SECONDS:
        for connection in slow.keys() - ended.keys():
            connection.settimeout(0.05)
            try:
                connection.sendall(slow[connection])
                if connection.recv(65_536):
                    continue
            except TimeoutError:
                continue
            except ConnectionError:
                pass
            ended[connection] = time.monotonic() - started
    return list(ended.values())


@pytest.mark.slow
def test_headers_that_do_not_come_end_the_connection(target: Target) -> None:
    answered = f"GET /healthz HTTP/1.1\r\nHost: {target.host}\r\n\r\n".encode()
    with ExitStack() as stack:
        slow = {}
        for begun, more in (
            (b"", b""),
            (b"GET /", b"x"),
            (b"GET / HTTP/1.1\r\nX-Slow: ", b""),
            (b"GET / HTTP/1.1\r\nX-Slow: ", b"x"),
            (answered, b"x"),
        ):
            connection = stack.enter_context(target.connect())
            connection.sendall(begun)
            if begun == answered:
                assert b"200 OK" in connection.recv(65_536)
                connection.sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
            slow[connection] = more
        ended = seconds_until_ended(slow)
    assert len(ended) == len(slow)
    assert all(HEAD_SECONDS - 1 <= seconds <= HEAD_SECONDS + 3 for seconds in ended), ended


@pytest.mark.parametrize("asked", ["Expect: the-unexpected", "Upgrade: websocket", "Expect: 100-continue"])
def test_whoever_was_answered_keeps_no_place_from_others(target: Target, asked: str) -> None:
    with ExitStack() as stack:
        for _ in range(STRANGERS + 1):
            connection = stack.enter_context(target.connect())
            connection.sendall(f"GET / HTTP/1.1\r\nHost: {target.host}\r\n{asked}\r\n\r\n".encode())
            assert b" 503 " not in connection.recv(65_536).partition(b"\r\n")[0]
        assert target.is_well()


@pytest.mark.parametrize(
    ("version", "encoding"), [("1.1", "gzip, chunked"), ("1.1", "chunked, chunked"), ("1.0", "chunked")]
)
def test_a_transfer_that_others_may_read_differently_is_refused(target: Target, version: str, encoding: str) -> None:
    line = f"POST /api/v1/events/orders HTTP/{version}"
    assert (
        target.status(line, JSON, f"Transfer-Encoding: {encoding}", body=b"1\r\n1\r\n0\r\n\r\n", scope="ingest") == 400
    )


@pytest.mark.slow
def test_a_body_that_does_not_come_is_refused(target: Target) -> None:
    head = f"POST /api/v1/events/orders HTTP/1.1\r\nHost: {target.host}\r\n{JSON}\r\nContent-Length: 1000000\r\n"
    with target.connect() as connection:
        connection.sendall(f"{head}Authorization: Bearer {target.tokens.ingest}\r\n\r\n".encode())
        started = time.monotonic()
        connection.settimeout(PATIENCE_SECONDS)
        assert b" 408 " in connection.recv(65_536).partition(b"\r\n")[0]
        assert BODY_SECONDS - 1 <= time.monotonic() - started <= BODY_SECONDS + 3


@pytest.mark.parametrize("scope", ["", "view", "ingest"])
def test_ten_gigabytes_are_refused_before_they_come(target: Target, scope: str) -> None:
    status = target.status("POST /api/v1/events/orders HTTP/1.1", JSON, f"Content-Length: {10 << 30}", scope=scope)
    assert status == {"": 401, "view": 403, "ingest": 413}[scope]


@pytest.mark.parametrize("declared", [f"Content-Length: {10 << 30}", "Transfer-Encoding: chunked"])
def test_gigabytes_that_come_all_the_same_fill_no_memory(target: Target, declared: str) -> None:
    piece = b"0" * (1 << 20)
    chunk = piece if declared.startswith("Content-Length") else b"100000\r\n" + piece + b"\r\n"
    head = f"POST /api/v1/events/orders HTTP/1.1\r\nHost: {target.host}\r\n{JSON}\r\n{declared}\r\n\r\n"
    sent = 0
    with target.connect() as connection:
        connection.sendall(head.encode())
        try:
            while sent < 10 << 30:
                connection.sendall(chunk)
                sent += len(chunk)
        except (ConnectionError, TimeoutError):
            pass
    assert sent < 4 << 30  # closed long before the end
    assert target.growth <= MOST_GROWTH


@pytest.mark.parametrize("coding", ["deflate", "gzip", "br", "gzip, gzip"])
def test_a_bomb_is_never_unfolded(target: Target, coding: str) -> None:
    bomb = zlib.compress(zlib.compress(b"\x00" * (64 << 20), 9), 9)
    lines = ("POST /api/v1/events/orders HTTP/1.1", JSON, f"Content-Encoding: {coding}", f"Content-Length: {len(bomb)}")
    assert target.status(*lines, body=bomb, scope="ingest") == 415


@pytest.mark.parametrize(
    "lines",
    [
        ("Content-Length: 5", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked", "Content-Length: 5"),
        ("Content-Length: 5", "Content-Length: 6"),
        ("Content-Length: 5", "Content-Length: 5"),
        ("Content-Length: +5",),
        ("Content-Length: 5, 5",),
        ("Content-Length: -1",),
        ("Transfer-Encoding: chunked, identity",),
        ("Transfer-Encoding: xchunked",),
        ("Transfer-Encoding : chunked",),
        (" Content-Length: 5",),
    ],
    ids=str,
)
def test_a_body_of_two_lengths_is_refused(target: Target, lines: tuple[str, ...]) -> None:
    body = b"5\r\n12345\r\n0\r\n\r\n"
    status = target.status("POST /api/v1/events/orders HTTP/1.1", JSON, *lines, body=body, scope="ingest")
    assert status in (0, 400), status


def test_a_request_hidden_in_a_body_is_not_answered(target: Target) -> None:
    hidden = f"POST /api/v1/events/orders HTTP/1.1\r\nHost: {target.host}\r\nContent-Length: 1\r\n\r\n1"
    text = f"POST /api/v1/events/orders HTTP/1.1\r\nHost: {target.host}\r\n{JSON}\r\nContent-Length: 6\r\n"
    with target.connect() as connection:
        connection.sendall(f"{text}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}".encode())
        answer = b""
        connection.settimeout(PATIENCE_SECONDS)
        while piece := connection.recv(65_536):
            answer += piece
    assert answer.count(b"HTTP/1.") == 1
    assert answer.split(b" ")[1] == b"400"


@pytest.mark.parametrize("headers", [101, 5_000])
def test_thousands_of_headers_are_refused(target: Target, headers: int) -> None:
    assert target.status("GET / HTTP/1.1", *(f"X-{number}: 1" for number in range(headers))) in (0, 400, 431)


@pytest.mark.parametrize("length", [20_000, 200_000, 20_000_000])
@pytest.mark.parametrize("shape", ["GET /{} HTTP/1.1", "GET / HTTP/1.1\r\nX-Long: {}", "GET / HTTP/1.1\r\n{}: 1", "{}"])
def test_endless_lines_are_refused(target: Target, shape: str, length: int) -> None:
    assert target.status(shape.format("x" * length)) in (0, 400, 431)


@pytest.mark.parametrize(
    "nonsense",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x00" * 10_000,
        b"\r\n" * 10_000 + b"x",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\nHost: x\n\n",
        b"G\xc3\x89T / HTTP/1.1\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n",
        b"GET /\x7f HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
    ids=range(13),
)
def test_nonsense_is_answered_with_a_refusal_and_said_to_nobody(target: Target, nonsense: bytes) -> None:
    with target.connect() as connection:
        connection.sendall(nonsense)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while piece := connection.recv(65_536):
                answer += piece
        except ConnectionError:
            pass
    assert not answer or answer.split(b" ")[1] in (b"400", b"401", b"403", b"405", b"421", b"431"), answer
    assert b"aiohttp" not in answer.lower()
    assert b"Traceback" not in answer
    if b"\r\n\r\n" in answer:
        assert b"X-Content-Type-Options: nosniff" in answer


def test_a_thousand_idle_connections_take_nobody_elses_place(target: Target) -> None:
    with ExitStack() as stack:
        for number in range(1_000):
            stack.enter_context(target.connect())
            if number % 200 == 0:
                assert target.is_well()
        assert target.is_well()
        assert target.growth <= MOST_GROWTH
        held = [
            each for each in psutil.Process(target.server.process.pid).net_connections() if each.status == "ESTABLISHED"
        ]
        assert len(held) <= STRANGERS + 16  # and the control socket's, and what is being closed


def test_a_known_client_is_not_pushed_out_by_a_crowd(target: Target) -> None:
    known = http.client.HTTPConnection("127.0.0.1", target.port, timeout=PATIENCE_SECONDS)
    headers = {"Authorization": f"Bearer {target.tokens.view}"}
    known.request("GET", "/api/v1/stats", headers=headers)
    known.getresponse().read()
    assert known.sock is not None
    own = known.sock.getsockname()
    with ExitStack() as stack:
        for _ in range(2 * STRANGERS):
            stack.enter_context(target.connect())
        known.request("GET", "/api/v1/stats", headers=headers)
        assert known.getresponse().status == 200
        assert known.sock is not None
        assert known.sock.getsockname() == own  # the same connection, not a new one
    known.close()


def test_streams_have_a_limit_and_give_their_places_back(target: Target) -> None:
    headers = {"Authorization": f"Bearer {target.tokens.view}"}
    with ExitStack() as stack:
        streams = [
            http.client.HTTPConnection("127.0.0.1", target.port, timeout=PATIENCE_SECONDS) for _ in range(STREAMS)
        ]
        for each in streams:
            stack.callback(each.close)
            each.request("GET", "/api/v1/counters", headers=headers)
            assert each.getresponse().status == 200
        assert target.status("GET /api/v1/counters HTTP/1.1", scope="view") == 503
        assert target.is_well()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while target.status("GET /api/v1/counters HTTP/1.1", "Connection: close", scope="view") == 503:
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_requests_without_a_token_have_a_rate(target: Target) -> None:
    statuses = [target.status("GET /api/v1/stats HTTP/1.1", "Connection: close") for _ in range(300)]
    assert set(statuses) == {401, 429}
    assert target.is_well()  # whoever has a token is not held up


def test_tls_that_never_comes_does_not_keep_a_place(tmp_path: Path) -> None:
    with Server(tmp_path, "--listen", "0", "--tls-self-made") as server:
        port = int(server.ready["http"].rpartition(":")[2])
        with ExitStack() as stack:
            for _ in range(300):
                stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS))
            trusting = ssl.create_default_context()
            trusting.check_hostname = False
            trusting.verify_mode = ssl.CERT_NONE
            connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS, context=trusting)
            stack.callback(connection.close)
            connection.request("GET", "/healthz")
            assert connection.getresponse().status == 200
