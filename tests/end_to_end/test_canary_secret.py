"""A password that nobody else uses is typed in, used and mistyped; then everything we wrote is searched for it.

Only the private file of secrets may hold it. It is looked for by a part that survives every encoding of a URL, and in
base64, at each of the three places where it may begin.
"""

from __future__ import annotations

import base64
import os
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec
import psutil
import pytest

from eventmon.core.errors import UserError
from eventmon.engine import requests
from eventmon.engine.frame import ConnectionStatus
from eventmon.engine.http_client import ControlClient
from eventmon.engine.remote import ENGINE_PATH, HEADERS
from eventmon.engine.requests import ANSWER_TYPES, Request
from tests.helpers.server import PATIENCE_SECONDS, Server
from tests.helpers.valkey import ValkeyServer

CANARY = "kanarienvogel9f3b"
PASSWORD = f"x/{CANARY}@:#%1"
WRONG_CANARY = "wellensittich7c1e"
WRONG_PASSWORD = f"x/{WRONG_CANARY}@:#%2"

Answer = TypeVar("Answer")


def signs_of(canary: str) -> list[bytes]:
    """How a canary may stand in a file."""
    written = (canary, canary[::-1], canary.encode().hex())
    shifted = [base64.b64encode(bytes(shift) + canary.encode())[4:-4] for shift in range(3)]
    return [canary.encode("utf-16-le"), *(text.encode() for text in written), *shifted]


SIGNS = [sign for canary in (CANARY, WRONG_CANARY) for sign in signs_of(canary)]


def holds_canary(data: bytes) -> bool:
    return any(sign in data for sign in SIGNS)


def files_with_canary(folder: Path) -> set[str]:
    """The files below a folder that hold it, in their names or in what they hold."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {
        str(path.relative_to(folder)) for path in files if holds_canary(os.fsencode(path)) or holds_canary(_read(path))
    }


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:  # a file of SQLite that has just been cleared away
        return b""


def processes_with_canary(pid: int) -> set[str]:
    """The parts of ``/proc`` of a process and all below it that hold it."""
    found = set()
    for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
        for part in ("cmdline", "environ"):
            if holds_canary(Path(f"/proc/{process.pid}/{part}").read_bytes()):
                found.add(f"{process.pid}/{part}")
    return found


class Asker:
    """Asks an engine over its control socket and looks into every answer."""

    def __init__(self, client: ControlClient) -> None:
        self._client = client
        self.said: list[bytes] = []

    def __call__(self, request: Request[Answer]) -> Answer:
        try:
            body = self._client.post(ENGINE_PATH, msgspec.msgpack.encode(request), HEADERS)
        except UserError as error:
            self._look(str(error).encode(), request)
            raise
        self._look(body, request)
        answer: Answer = msgspec.msgpack.decode(body, type=ANSWER_TYPES[type(request)])
        return answer

    def refused(self, request: Request[Any]) -> str:
        """The sentence with which a request is refused."""
        with pytest.raises(UserError) as raised:
            self(request)
        return str(raised.value)

    def get(self, path: str) -> bytes:
        body = self._client.get(path)
        self._look(body, path)
        return body

    def until(self, met: Callable[[ConnectionStatus], bool]) -> ConnectionStatus:
        """The state of the connection once it is as wanted."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            (status,) = self(requests.ListConnections())
            if met(status):
                return status
            assert time.monotonic() < deadline, status
            time.sleep(0.02)

    def _look(self, body: bytes, asked: object) -> None:
        self.said.append(body)
        assert not holds_canary(body), f"the answer to {type(asked).__name__} holds a password: {body!r}"


@pytest.fixture
def valkey() -> Iterator[ValkeyServer]:
    with ValkeyServer(password=PASSWORD) as server:
        yield server


def url_with(server: ValkeyServer, password: str, rest: str = "?channels=orders.*&streams=audit") -> str:
    written = quote(password, safe="") if password != "***" else password
    return f"redis://:{written}@{server.address}{rest}"


def test_the_search_finds_a_canary_however_it_is_written(tmp_path: Path) -> None:
    said: dict[str, bytes] = {
        "plain.toml": PASSWORD.encode(),
        "url.log": quote(PASSWORD, safe="").encode(),
        "deep/header.txt": base64.b64encode(b"user:" + PASSWORD.encode()),
        "repr.txt": repr([WRONG_PASSWORD]).encode(),
        "clean.txt": b"redis://:***@localhost",
    }
    for name, data in said.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    (tmp_path / CANARY).touch()
    assert files_with_canary(tmp_path) == said.keys() - {"clean.txt"} | {CANARY}


def test_a_password_is_nowhere_but_in_the_file_of_secrets(home: Path, valkey: ValkeyServer) -> None:
    with Server(home) as server, server.client() as client:
        ask = Asker(client)
        _try_and_browse(ask, valkey)
        _open_and_receive(ask, valkey)
        _require_private_secrets(home, {"prod": PASSWORD})
        _edit(ask, valkey, home)
        _lose_and_refuse(ask, valkey)
        _ask_everything(ask)
        assert files_with_canary(home) == {"config/default/secrets.json"}
        assert processes_with_canary(server.process.pid) == set()
        ask(requests.CloseConnection(name="prod"))
        ask(requests.ForgetConnection(name="prod"))
        _ask_everything(ask)
        assert files_with_canary(home) == set()
        said = _stop(server)
    assert not holds_canary(said), said
    assert files_with_canary(home) == set()


def test_a_saved_password_opens_the_connection_of_the_next_start(home: Path, valkey: ValkeyServer) -> None:
    with Server(home) as server, server.client() as client:
        Asker(client)(requests.OpenConnection(url=url_with(valkey, PASSWORD), name="prod", save=True))
        _stop(server)
    with Server(home) as server, server.client() as client:
        ask = Asker(client)
        status = ask.until(lambda status: status.phase == "connected")
        assert status.saved
        assert processes_with_canary(server.process.pid) == set()
        assert not holds_canary(_stop(server))
    assert files_with_canary(home) == {"config/default/secrets.json"}


def _try_and_browse(ask: Asker, valkey: ValkeyServer) -> None:
    assert ask(requests.TryConnection(url=url_with(valkey, PASSWORD))).ok
    wrong = ask(requests.TryConnection(url=url_with(valkey, WRONG_PASSWORD)))
    assert (wrong.ok, wrong.field) == (False, "password")
    with valkey.client() as admin:
        admin.xadd("audit", {"order": "1"})
    ask(requests.Browse(url=url_with(valkey, PASSWORD)))
    ask.refused(requests.Browse(url=url_with(valkey, WRONG_PASSWORD)))


def _open_and_receive(ask: Asker, valkey: ValkeyServer) -> None:
    ask(requests.OpenConnection(url=url_with(valkey, PASSWORD), name="prod", save=True))
    ask.until(lambda status: status.phase == "connected")
    with valkey.client() as admin:
        _until_received(ask, lambda: [admin.publish("orders.created", b"{}"), admin.xadd("audit", {"order": "2"})])
    ask(requests.Publish(topic="prod/orders.created", data=b'{"total": 120}'))


def _until_received(ask: Asker, send: Callable[[], object]) -> None:
    before = ask(requests.ListConnections())[0].events
    send()
    ask.until(lambda status: status.events >= before + 2)


def _edit(ask: Asker, valkey: ValkeyServer, home: Path) -> None:
    ask(requests.EditConnection(name="prod", color="red", read_only=True))
    ask(requests.EditConnection(name="prod", url=url_with(valkey, "***", "?channels=orders.*")))
    assert ask.until(lambda status: status.phase == "connected").url == url_with(valkey, "***", "?channels=orders.*")
    ask(requests.EditConnection(name="prod", url=url_with(valkey, WRONG_PASSWORD)))
    ask.until(lambda status: status.phase in ("failed", "waiting"))
    _require_private_secrets(home, {"prod": WRONG_PASSWORD})
    ask(requests.EditConnection(name="prod", url=url_with(valkey, PASSWORD)))
    ask.until(lambda status: status.phase == "connected")
    _require_private_secrets(home, {"prod": PASSWORD})
    assert ask(requests.TryConnection(url=url_with(valkey, "***"), name="prod")).ok


def _lose_and_refuse(ask: Asker, valkey: ValkeyServer) -> None:
    """What goes wrong with the server, with the address and with requests."""
    valkey.kill()
    ask.until(lambda status: status.phase == "waiting")
    ask(requests.ReconnectConnection(name="prod"))
    valkey.start()
    ask(requests.ReconnectConnection(name="prod"))
    ask.until(lambda status: status.phase == "connected")
    encoded = quote(PASSWORD, safe="")
    for url in (
        f"redis://:{encoded}@{valkey.address}?chanels=a",
        f"redis://:{encoded}@{valkey.address}?from=yesterday",
        f"redis://:{encoded}@{valkey.address}?group=g",
        f"redis://:{encoded}@127.0.0.1:99999",
        f"redis://:{encoded}@{valkey.address}/{CANARY.removesuffix('b')}?password={encoded}",
        f"redus://:{encoded}@{valkey.address}",
        f"redis://:{PASSWORD}@{valkey.address}",
        f"redis://:{PASSWORD} {PASSWORD}@{valkey.address}\n",
        f"//:{encoded}@{valkey.address}",
    ):
        ask.refused(requests.OpenConnection(url=url, name="dev", save=True))
        ask.refused(requests.EditConnection(name="prod", url=url))
        assert not ask(requests.TryConnection(url=url)).ok
        ask.refused(requests.Browse(url=url))
    ask.refused(requests.OpenConnection(url=url_with(valkey, PASSWORD), name="prod", save=True))
    ask.refused(requests.OpenConnection(url=url_with(valkey, PASSWORD), name="a/b", save=True))


def _ask_everything(ask: Asker) -> None:
    for path in ("connections", "stats", "topics", "instance", "events?limit=100"):
        ask.get(f"/api/v1/{path}")
    ask(requests.ListConnections())
    ask(requests.TakeFrame(viewer="canary"))
    ask(requests.ReadGaps())
    ask(requests.ReadRows(first=1, count=1_000))


def _require_private_secrets(home: Path, expected: dict[str, str]) -> None:
    file = home / "config" / "default" / "secrets.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert msgspec.json.decode(file.read_bytes()) == expected


def _stop(server: Server) -> bytes:
    """End a server and return everything that it wrote to its outputs."""
    assert server.process.stdout is not None
    assert server.process.stderr is not None
    server.process.terminate()
    said = server.process.stdout.read() + server.process.stderr.read()
    server.process.wait(PATIENCE_SECONDS)
    return said
