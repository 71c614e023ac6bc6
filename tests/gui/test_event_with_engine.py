"""The Event panel over a real engine: a big payload decoded and copied byte for byte, and events deleted meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from eventmon.engine.host import LocalEngine
from eventmon.engine.options import EngineOptions
from eventmon.engine.paths import Paths
from eventmon.engine.requests import DeleteEvents, Publish
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.commands import Commands
from eventmon.gui.context import PanelContext
from eventmon.gui.panels.event import EventPanel
from eventmon.gui.selection import Selection
from eventmon.gui.theme.theme import Theme
from tests.gui.test_event_panel import words

ORDER = b'{"order":"48348","token":"tok-48348","total":49.50}'
BIG = b"[" + b",".join([ORDER] * 60_000) + b"]"


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalEngine]:
    """An engine that has stored three orders, the second a big one."""
    monkeypatch.setenv("EVENTMON_HOME", str(tmp_path))
    engine = LocalEngine(EngineOptions(role="serve"), Paths.for_profile())
    engine.start().result(30)
    for topic, data in (("orders/first", ORDER), ("orders/big", BIG), ("orders/last", ORDER)):
        engine.call(Publish(topic=topic, data=data, type="order.created", datacontenttype="application/json")).result(
            10
        )
    yield engine
    engine.close()


@pytest.fixture
def panel(theme: Theme, engine: LocalEngine, context: PanelContext, qtbot: QtBot) -> Iterator[EventPanel]:
    bridge = EngineBridge()
    commands = Commands(theme)
    panel = EventPanel(
        PanelContext(bridge=bridge, commands=commands, theme=theme, selection=Selection(), settings=context.settings)
    )
    qtbot.addWidget(panel)
    panel.resize(420, 480)
    panel.show()
    with qtbot.waitSignal(bridge.frameReady):
        bridge.attach(engine)
    yield panel
    bridge.detach()
    for service in (bridge, commands):
        service.deleteLater()


def select(panel: EventPanel, qtbot: QtBot, seq: int) -> None:
    panel.context.selection.setEvent(seq)
    qtbot.waitUntil(lambda: panel.view.detail is not None and panel.view.detail.seq == seq)


def test_a_big_payload_is_decoded_and_copied_byte_for_byte(panel: EventPanel, qtbot: QtBot) -> None:
    select(panel, qtbot, 2)
    with qtbot.waitSignal(panel.view.decoder.decoded, timeout=30_000):
        panel.pages.tree.decode.click()
    assert panel.pages.tree.model.rowCount() == 501
    panel.view.set_revealed(True)
    with qtbot.waitSignal(panel.view.copying.ended, timeout=30_000):
        panel.copies.copy_payload()
    assert QGuiApplication.clipboard().text().encode() == BIG
    panel.view.set_revealed(False)
    with qtbot.waitSignal(panel.view.copying.ended, timeout=30_000):
        panel.copies.copy_payload()
    orders = json.loads(QGuiApplication.clipboard().text())
    assert (len(orders), {order["token"] for order in orders}) == (60_000, {"•••"})


@pytest.mark.parametrize(("seq", "topic"), [(1, "orders/first"), (2, "orders/big"), (3, "orders/last")])
def test_an_event_that_is_deleted_says_so(
    panel: EventPanel, engine: LocalEngine, qtbot: QtBot, seq: int, topic: str
) -> None:
    select(panel, qtbot, seq)
    assert engine.call(DeleteEvents(topics=[topic], text="", newest=3)).result(10).events == 1
    qtbot.waitUntil(panel.view.nothing.isVisible)
    assert words(panel.view.nothing).startswith("This event was deleted")
    select(panel, qtbot, 1 if seq != 1 else 3)
    assert panel.view.header.title.isVisible()
