"""The client end of the control socket: the standard library's HTTP over a Unix socket.

Command line verbs and viewers use it, so it must load fast: no HTTP library beyond ``http.client``.
"""

from __future__ import annotations

import contextlib
import http.client
import select
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlencode

import msgspec

from eventmon.core.errors import UserError

ANSWER_TIMEOUT = 60.0
"""Seconds an answer may take: a commit on a slow disk is fine, a hung engine is not."""
READ_BYTES = 1 << 16
EVENTS_PATH = "/api/v1/events"
OBSERVERS_PATH = "/api/v1/observers"
SILENT = "Eventmon runs but does not answer. Look at its window or restart it."


class NotRunning(UserError):
    """No engine answers on the control socket."""


class ServerEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a Server-Sent Events stream: ``seq`` is its id, ``document`` one event as JSON."""

    seq: int
    document: bytes


class UnixConnection(http.client.HTTPConnection):
    """An HTTP connection over a Unix socket."""

    def __init__(self, socket_path: Path, timeout: float = ANSWER_TIMEOUT) -> None:
        super().__init__("eventmon", timeout=timeout)
        self._socket_path = socket_path

    def connect(self) -> None:
        """Reach the socket; FileNotFoundError or ConnectionError when nobody listens."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._socket_path))


class _ProblemDocument(msgspec.Struct):
    """The members of an RFC 9457 problem that are shown to people."""

    detail: str = ""
    title: str = ""


def events_path(topic: str | None) -> str:
    """Where events for a topic are posted; slashes stay, everything else that a URL cannot hold is escaped."""
    return EVENTS_PATH if topic is None else f"{EVENTS_PATH}/{quote(topic, safe='/')}"


def observer_path(name: str) -> str:
    """Where one observer is changed and detached."""
    return f"{OBSERVERS_PATH}/{quote(name, safe='')}"


def with_query(path: str, parameters: Mapping[str, Any]) -> str:
    """A path with its query; parameters that are None are left out, sequences are repeated."""
    given = {name: value for name, value in parameters.items() if value is not None}
    return f"{path}?{urlencode(given, doseq=True)}" if given else path


def problem_sentence(status: int, body: bytes) -> str:
    """What an error answer says in plain words."""
    try:
        document = msgspec.json.decode(body, type=_ProblemDocument)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return f"Eventmon answered with the error {status}. Its problems panel or its output may say more."
    return document.detail or document.title or f"Eventmon answered with the error {status}."


class ControlClient:
    """One connection to a running engine, for one thread; reconnects when the engine let an idle one go.

    Every method raises NotRunning when no engine answers, and UserError with its sentence when it refuses.
    """

    def __init__(self, socket_path: Path, *, timeout: float = ANSWER_TIMEOUT) -> None:
        self._socket_path = socket_path
        self._connection = UnixConnection(socket_path, timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def interrupt(self) -> None:
        """End a call that waits in another thread; it raises NotRunning there."""
        if (sock := self._connection.sock) is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # the other side was faster

    def get(self, path: str) -> bytes:
        """The whole body of an answer."""
        return self._read_whole(self._ask("GET", path))

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        """Send a document; the whole body of the answer."""
        return self._read_whole(self._ask("POST", path, body, headers))

    def patch(self, path: str, body: bytes) -> bytes:
        """Send what is to be changed, as JSON; the whole body of the answer."""
        return self._read_whole(self._ask("PATCH", path, body, {"Content-Type": "application/json"}))

    def delete(self, path: str) -> None:
        """Delete what the address names."""
        self._read_whole(self._ask("DELETE", path))

    def lines(self, path: str) -> Iterator[bytes]:
        """The lines of a streamed answer, without their ends, read in chunks as they come."""
        unfinished: list[bytes] = []
        for chunk in self._chunks(self._ask("GET", path)):
            first, *others = chunk.split(b"\n")
            unfinished.append(first)
            if others:
                yield b"".join(unfinished)
                yield from others[:-1]
                unfinished = [others[-1]]
        if any(unfinished):
            raise NotRunning("Eventmon ended in the middle of its answer; what came before is complete.")

    def server_events(self, path: str) -> Iterator[ServerEvent | None]:
        """The messages of a Server-Sent Events stream; None for each heartbeat, so that callers can look up.

        The stream is endless: NotRunning when the engine goes.
        """
        seq = 0
        data: list[bytes] = []
        for line in self.lines(path):
            if line.startswith(b"data:"):
                data.append(line[5:].removeprefix(b" "))
            elif line.startswith(b"id:"):
                seq = int(line[3:])
            elif line.startswith(b":"):
                yield None
            elif not line and data:
                yield ServerEvent(seq=seq, document=b"\n".join(data))
                data = []
        raise NotRunning("Eventmon was stopped.")

    def set_timeout(self, seconds: float | None) -> None:
        """How long the next read may wait before TimeoutError; None waits for ever."""
        if self._connection.sock is not None:
            self._connection.sock.settimeout(seconds)

    def _ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> http.client.HTTPResponse:
        try:
            self._drop_dead_connection()
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                # A body that is refused early breaks the pipe; the answer that says why waits all the same.
                self._connection.request(method, path, body, dict(headers or {}))
            response = self._connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise self._unreachable(error) from error
        if response.status >= 400:
            raise UserError(problem_sentence(response.status, self._read_whole(response)))
        return response

    def _drop_dead_connection(self) -> None:
        """Close an idle connection that the engine has ended: it is readable although nothing was asked."""
        sock = self._connection.sock
        if sock is None:
            return
        readable = select.poll()  # select.select refuses descriptors above 1,023
        readable.register(sock, select.POLLIN)
        if readable.poll(0):
            self._connection.close()

    def _unreachable(self, error: Exception) -> NotRunning:
        if isinstance(error, FileNotFoundError | ConnectionRefusedError):
            return NotRunning("Eventmon is not running. Start it with `eventmon` or `eventmon serve`.")
        if isinstance(error, TimeoutError):
            return NotRunning(SILENT)
        if isinstance(error, PermissionError):
            return NotRunning(f"{self._socket_path} belongs to another user; only its owner may use it.")
        return NotRunning("Eventmon went away before it answered. Start it again with `eventmon` or `eventmon serve`.")

    def _read_whole(self, response: http.client.HTTPResponse) -> bytes:
        try:
            return response.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise self._unreachable(error) from error

    def _chunks(self, response: http.client.HTTPResponse) -> Iterator[bytes]:
        while True:
            try:
                chunk = response.read1(READ_BYTES)
            except TimeoutError:
                raise  # the caller chose how long to wait
            except (OSError, http.client.HTTPException, ValueError) as error:
                self._connection.close()
                raise self._unreachable(error) from error
            if not chunk:
                return
            yield chunk
