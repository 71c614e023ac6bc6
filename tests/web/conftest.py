"""What tests of the server get: a running `serve --listen` or an engine in this process, and raw sockets to it."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from eventmon.engine.host import LocalEngine
from eventmon.engine.options import EngineOptions
from eventmon.engine.paths import Paths
from eventmon.engine.requests import ReadServer
from eventmon.engine.serving import ServerAddress, ServerStatus
from eventmon.engine.tokens import Tokens, load_tokens
from eventmon.web.listener import start_listener

PATIENCE_SECONDS = 30.0


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Everything lies below the test's own folder."""
    monkeypatch.setenv("EVENTMON_HOME", str(tmp_path / "home"))
    runtime = tmp_path / "xdg"
    runtime.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    return tmp_path / "home"


@pytest.fixture
def paths(home: Path) -> Paths:
    return Paths.for_profile()


class Site:
    """A server in this process, and ways to ask it.

    Attributes:
        engine: whose events it shows.
        port: where it listens, on 127.0.0.1.
        tokens: those of its profile.
        status: how it was when it was started.
    """

    def __init__(self, engine: LocalEngine, status: ServerStatus, tokens: Tokens) -> None:
        self.engine = engine
        self.status = status
        self.port = int(status.url.rpartition(":")[2])
        self.tokens = tokens

    def headers(self, scope: str | None = "view", **more: str) -> dict[str, str]:
        """The headers of somebody with a token; ``_`` in a name is a dash."""
        given = {name.replace("_", "-"): value for name, value in more.items()}
        if scope is not None:
            given["Authorization"] = f"Bearer {getattr(self.tokens, scope)}"
        return given

    def ask(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of one answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, path, body, self.headers() if headers is None else headers)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def json(self, path: str) -> Any:
        """What somebody who may look gets."""
        status, _, body = self.ask("GET", path)
        assert status == 200, body
        return msgspec.json.decode(body)

    def raw(self) -> socket.socket:
        """A connection on which nothing was said yet."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_SECONDS)

    def now(self) -> ServerStatus:
        """How it is."""
        return self.engine.call(ReadServer()).result(PATIENCE_SECONDS)


@pytest.fixture
def site(paths: Paths) -> Iterator[Site]:
    """A server on a free port of this machine."""
    options = EngineOptions(role="serve", listen=ServerAddress(port=0), load_listener=lambda: start_listener)
    engine = LocalEngine(options, paths)
    engine.start().result(PATIENCE_SECONDS)
    status = engine.call(ReadServer()).result(PATIENCE_SECONDS)
    yield Site(engine, status, load_tokens(paths))
    engine.close()
