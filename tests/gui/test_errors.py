"""Whatever nobody else caught is logged once, told of, and the window lives."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QTimer, Signal
from pytestqt.qtbot import QtBot

from eventmon.gui.errors import ErrorBorder


class Till(QObject):
    rung = Signal()


class Leaky:
    def __del__(self) -> None:
        raise RuntimeError("the drawer is stuck")


@pytest.fixture
def border(qapp: object) -> Iterator[ErrorBorder]:
    border = ErrorBorder()
    border.install()
    yield border
    border.remove()


@pytest.fixture
def caught(border: ErrorBorder) -> list[tuple[str, str]]:
    caught: list[tuple[str, str]] = []
    border.caught.connect(lambda where, text: caught.append((where, text)))
    return caught


def fail() -> None:
    raise ValueError("no such order 48348")


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


def test_an_error_in_a_slot_is_told_each_time_and_logged_once(
    caught: list[tuple[str, str]], caplog: pytest.LogCaptureFixture
) -> None:
    hook = sys.excepthook
    for _ in range(3):
        try:
            fail()
        except ValueError as error:
            hook(type(error), error, error.__traceback__)
    assert len(caught) == 3
    where, text = caught[0]
    assert where == "window"
    assert "no such order 48348" in text
    assert "test_errors.py" in text
    assert len(logged(caplog)) == 1
    assert caplog.records[-1].exc_info is not None


def test_an_error_in_a_thread_is_told(caught: list[tuple[str, str]], qtbot: QtBot) -> None:
    thread = threading.Thread(target=fail, name="exporter")
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(caught))
    assert caught[0][0] == "thread exporter"


def test_an_error_in_a_finaliser_is_told(caught: list[tuple[str, str]], qtbot: QtBot) -> None:
    Leaky()
    qtbot.waitUntil(lambda: bool(caught))
    assert "the drawer is stuck" in caught[0][1]


def test_an_error_in_a_task_is_told(border: ErrorBorder, caught: list[tuple[str, str]]) -> None:
    async def forgotten() -> None:
        fail()

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(border.loop_failed)
        task = asyncio.ensure_future(forgotten())
        await asyncio.wait([task])
        del task
        await asyncio.sleep(0)

    asyncio.run(main())
    assert [where for where, _ in caught] == ["background task"]


def test_a_loops_message_without_an_error_is_told(border: ErrorBorder, caught: list[tuple[str, str]]) -> None:
    loop = asyncio.new_event_loop()
    border.loop_failed(loop, {"message": "Task was destroyed but it is pending!"})
    loop.close()
    assert caught == [("background task", "Task was destroyed but it is pending!")]


def test_ctrl_c_is_no_error(caught: list[tuple[str, str]]) -> None:
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert caught == []


def test_an_error_while_telling_goes_no_further(border: ErrorBorder) -> None:
    told: list[str] = []

    def tell(where: str, text: str) -> None:
        told.append(text)
        border.record("window", RuntimeError("again"), None)

    border.caught.connect(tell)
    border.record("window", ValueError("first"), None)
    assert told == ["ValueError: first"]


def test_the_hooks_are_given_back(qapp: object) -> None:
    before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
    border = ErrorBorder()
    border.install()
    assert sys.excepthook != before[0]
    border.remove()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before


def test_a_failing_slot_leaves_the_loop_running(caught: list[tuple[str, str]], qtbot: QtBot) -> None:
    from pytestqt.exceptions import capture_exceptions

    till = Till()
    rung: list[int] = []
    till.rung.connect(fail)
    till.rung.connect(lambda: rung.append(1))
    with capture_exceptions() as exceptions:
        QTimer.singleShot(0, till.rung.emit)
        qtbot.waitUntil(lambda: bool(rung))
    assert len(exceptions) == 1
