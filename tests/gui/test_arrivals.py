"""What threads hand to the window arrives in the window's thread, and harms nobody when the window is gone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from eventmon.engine.requests import TakeFrame
from eventmon.gui.arrivals import Arrivals, arrivals
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.models.log_work import LogWork
from tests.helpers.scripted_engine import ScriptedEngine


@pytest.fixture
def owner(qtbot: QtBot) -> QObject:
    """Who waits."""
    return QObject()


def in_a_thread(*acts: Callable[[], None]) -> None:
    """Do these in another thread and wait for its end."""
    thread = threading.Thread(target=lambda: [act() for act in acts])
    thread.start()
    thread.join()


def test_what_a_thread_hands_over_is_taken_in_the_windows_thread(owner: QObject, qtbot: QtBot) -> None:
    taken: list[tuple[Any, int]] = []
    put = arrivals().expect(owner, lambda what: taken.append((what, threading.get_ident())))
    in_a_thread(lambda: put("order 17"))
    assert not taken
    qtbot.waitUntil(lambda: bool(taken))
    assert taken == [("order 17", threading.get_ident())]


def test_what_is_there_in_the_windows_thread_is_taken_at_once_unless_it_shall_be_later(
    owner: QObject, qtbot: QtBot
) -> None:
    taken: list[str] = []
    arrivals().expect(owner, taken.append)("order")
    assert taken == ["order"]
    arrivals().expect(owner, taken.append, later=True)("payment")
    assert taken == ["order"]
    qtbot.waitUntil(lambda: taken == ["order", "payment"])


def test_what_one_thread_hands_over_keeps_its_order(owner: QObject, qtbot: QtBot) -> None:
    taken: list[int] = []
    puts = [arrivals().expect(owner, taken.append) for _ in range(100)]
    in_a_thread(*(partial(put, number) for number, put in enumerate(puts)))
    qtbot.waitUntil(lambda: len(taken) == len(puts))
    assert taken == list(range(100))


def test_nothing_is_called_for_one_that_was_deleted(owner: QObject, qtbot: QtBot) -> None:
    taken: list[str] = []
    other = QObject()
    put = arrivals().expect(owner, taken.append)
    last = arrivals().expect(other, taken.append)
    in_a_thread(partial(put, "lost"), partial(last, "kept"))
    shiboken6.delete(owner)
    qtbot.waitUntil(lambda: bool(taken))
    assert taken == ["kept"]


def test_what_failed_to_be_taken_does_not_hold_up_the_next(owner: QObject, qtbot: QtBot) -> None:
    def refuse(_what: str) -> None:
        raise ValueError("not this one")

    taken: list[str] = []
    first, second = arrivals().expect(owner, refuse), arrivals().expect(owner, taken.append)
    with qtbot.captureExceptions() as caught:
        in_a_thread(partial(first, "order"), partial(second, "payment"))
        qtbot.waitUntil(lambda: bool(taken))
    assert [kind for kind, *_ in caught] == [ValueError]


def test_nothing_is_taken_after_the_end(owner: QObject, qtbot: QtBot) -> None:
    ended = Arrivals()
    taken: list[str] = []
    put = ended.expect(owner, taken.append, later=True)
    ended.close()
    put("too late")
    last = arrivals().expect(owner, taken.append, later=True)
    last("now")
    qtbot.waitUntil(lambda: bool(taken))
    assert taken == ["now"]


def test_windows_may_go_while_threads_work(qtbot: QtBot) -> None:
    """Each of these is deleted while its thread hands over."""
    threads: list[threading.Thread] = []
    for number in range(300):
        work = LogWork()
        go = threading.Event()
        work.begin(lambda _stop, go=go: go.wait(), lambda _result: None)  # type: ignore[misc]
        threads += [thread for thread in threading.enumerate() if thread.name == "log-work"]
        go.set()
        shiboken6.delete(work)
        if not number % 50:
            qtbot.wait(1)
    for thread in threads:
        thread.join()


def test_a_bridge_may_go_while_its_frame_is_made(qtbot: QtBot) -> None:
    engine = ScriptedEngine()
    answer: Future[Any] = Future()
    made = engine.call(TakeFrame(viewer="window"))
    engine.call = lambda _request: answer  # type: ignore[method-assign, assignment]
    bridge = EngineBridge()
    seen: list[object] = []
    bridge.frameReady.connect(seen.append)
    bridge.attach(engine)
    in_a_thread(lambda: answer.set_result(made.result()))
    shiboken6.delete(bridge)
    qtbot.wait(1)
    assert not seen
