"""The border to the engine: one frame under way at most, and at most one of each signal a frame."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from eventmon.core.errors import UserError
from eventmon.engine.frame import ConnectionStatus, Problem
from eventmon.engine.requests import ListConnections, TakeFrame
from eventmon.gui.bridge import EngineBridge
from tests.helpers.scripted_engine import TAKEN, ScriptedEngine, topic


class Heard:
    """What came out of a bridge, signal by signal."""

    def __init__(self, bridge: EngineBridge) -> None:
        self.frames: list[Any] = []
        self.topics: list[Any] = []
        self.connections: list[Any] = []
        self.problems: list[Any] = []
        self.raised = 0
        self.lost: list[str] = []
        bridge.frameReady.connect(self.frames.append)
        bridge.topicsChanged.connect(self.topics.append)
        bridge.connectionsChanged.connect(self.connections.append)
        bridge.problemRaised.connect(self.problems.append)
        bridge.raiseRequested.connect(self._raise)
        bridge.engineLost.connect(self.lost.append)

    def _raise(self) -> None:
        self.raised += 1


@pytest.fixture
def bridge(qapp: QApplication) -> Iterator[EngineBridge]:
    bridge = EngineBridge()
    yield bridge
    bridge.detach()
    bridge.deleteLater()


@pytest.fixture
def heard(bridge: EngineBridge) -> Heard:
    return Heard(bridge)


def take_another(bridge: EngineBridge) -> None:
    bridge._timer.timeout.emit()


def test_a_quiet_frame_gives_one_signal(bridge: EngineBridge, heard: Heard) -> None:
    bridge.attach(ScriptedEngine())
    assert len(heard.frames) == 1
    assert (heard.topics, heard.connections, heard.problems, heard.raised) == ([], [], [], 0)
    assert bridge.last_frame is heard.frames[0]


def test_whatever_changed_comes_as_one_signal_of_each_kind(bridge: EngineBridge, heard: Heard) -> None:
    engine = ScriptedEngine()
    engine.set(
        topics=[topic("orders/eu/created", 5), topic("orders/eu/paid", 4)],
        connections=[ConnectionStatus(name="shop", url="demo://", phase="connected")],
        problems=[Problem(id=1, severity="warning", where="shop", text="late", at=TAKEN)],
    )
    bridge.attach(engine)
    assert [len(heard.topics), len(heard.connections), len(heard.problems)] == [1, 1, 1]
    assert [delta.topic for delta in heard.topics[0]] == ["orders/eu/created", "orders/eu/paid"]


def test_no_second_frame_is_asked_for_while_one_is_under_way(bridge: EngineBridge) -> None:
    asked: list[TakeFrame] = []

    class Silent(ScriptedEngine):
        def call(self, request: Any) -> Any:
            asked.append(request)
            return super().call(request)

    engine = Silent()
    engine.silent = True
    bridge.attach(engine)
    for _ in range(5):
        take_another(bridge)
    assert len(asked) == 1


def test_after_an_engine_that_never_answered_another_one_is_heard(bridge: EngineBridge, heard: Heard) -> None:
    silent = ScriptedEngine()
    silent.silent = True
    bridge.attach(silent)
    bridge.detach()
    bridge.attach(ScriptedEngine())
    assert len(heard.frames) == 1


def test_an_engine_that_is_gone_is_said_once_and_not_asked_again(bridge: EngineBridge, heard: Heard) -> None:
    engine = ScriptedEngine()
    engine.answer(TakeFrame, UserError("The engine does not answer."))
    bridge.attach(engine)
    assert heard.lost == ["The engine does not answer."]
    assert not bridge._timer.isActive()


def test_each_wish_to_be_raised_is_heard_once(bridge: EngineBridge, heard: Heard) -> None:
    engine = ScriptedEngine()
    engine.set(raised=1)
    bridge.attach(engine)
    take_another(bridge)
    assert heard.raised == 1
    engine.set(raised=2)
    take_another(bridge)
    assert heard.raised == 2


def test_without_an_engine_a_question_is_refused_in_a_sentence(bridge: EngineBridge) -> None:
    with pytest.raises(UserError, match="not running yet"):
        bridge.submit(ListConnections()).result()


def test_a_coroutine_gets_the_answer(bridge: EngineBridge, loop: asyncio.AbstractEventLoop) -> None:
    bridge.attach(ScriptedEngine())

    async def ask() -> list[ConnectionStatus]:
        return await bridge.call(ListConnections())

    assert loop.run_until_complete(ask()) == []
