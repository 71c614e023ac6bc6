"""What every engine test gets: its own home, a loop that must end clean, and checks for leaked threads and warnings."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from eventmon.connectors import registry
from eventmon.engine.paths import Paths
from eventmon.engine.watchdog import STANDS_STILL
from tests.engine.orders_source import Listener, OrdersBroker

T = TypeVar("T")
Run = Callable[[Coroutine[Any, Any, T]], T]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Configuration, data, cache, runtime files and locks all lie below the test's own folder."""
    monkeypatch.setenv("EVENTMON_HOME", str(tmp_path / "home"))
    runtime = tmp_path / "xdg"
    runtime.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    return tmp_path / "home"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the session of a test lies."""
    return tmp_path / "shop.eventmon"


@pytest.fixture
def paths(home: Path) -> Paths:
    return Paths.for_profile()


@pytest.fixture(autouse=True)
def no_leaked_threads() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 5
    while leaked := [thread for thread in threading.enumerate() if thread not in before and thread.is_alive()]:
        leaked[0].join(max(0.0, deadline - time.monotonic()))
        assert not leaked[0].is_alive(), f"leaked threads: {[thread.name for thread in leaked]}"


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


@pytest.fixture
def warnings_logged() -> Iterator[list[str]]:
    """What Eventmon logs at WARNING or above; a test that asks for it judges it itself.

    A machine that is busy with other things may make a loop late, so the watchdog is heard by its own tests alone.
    """
    collector = _Collector()
    logging.getLogger("eventmon").addHandler(collector)
    yield collector.texts
    logging.getLogger("eventmon").removeHandler(collector)


@pytest.fixture(autouse=True)
def no_unexpected_warnings(request: pytest.FixtureRequest) -> Iterator[None]:
    asked = "warnings_logged" in request.fixturenames
    texts: list[str] = request.getfixturevalue("warnings_logged")
    yield
    assert asked or [text for text in texts if not text.startswith(STANDS_STILL)] == []


@pytest.fixture
def run() -> Run[Any]:
    """Run a coroutine on a fresh loop; tasks that are left behind fail the test."""

    async def watched(work: Coroutine[Any, Any, T]) -> T:
        result = await work
        left = [task.get_name() for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        assert left == [], f"leaked tasks: {left}"
        return result

    return lambda work: asyncio.run(watched(work))


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> OrdersBroker:
    """The broker behind ``orders://``, and another one that only receives behind ``listen://``."""
    broker, listener = OrdersBroker(), Listener()
    monkeypatch.setitem(registry.CONNECTORS, "orders", lambda: broker)
    monkeypatch.setitem(registry.CONNECTORS, "listen", lambda: listener)
    return broker
