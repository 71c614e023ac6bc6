"""The Publish dock over a real engine, with a real log and a real broker behind it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from eventmon.engine.host import LocalEngine
from eventmon.engine.options import EngineOptions
from eventmon.engine.paths import Paths
from eventmon.engine.requests import OpenConnection, ReadRows
from eventmon.engine.settings import Settings
from eventmon.engine.templates import Draft
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.commands import Commands
from eventmon.gui.context import PanelContext
from eventmon.gui.panels.publish import PublishPanel
from eventmon.gui.selection import Selection
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.plain_text import Question
from tests.helpers.valkey import ValkeyServer

PATIENCE_MS = 20_000


@pytest.fixture
def engine_of_profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[LocalEngine, Paths]]:
    monkeypatch.setenv("EVENTMON_HOME", str(tmp_path))
    paths = Paths.for_profile()
    engine = LocalEngine(EngineOptions(serve_control=False), paths)
    engine.start().result(30)
    yield engine, paths
    engine.close()


@pytest.fixture
def real_panel(
    engine_of_profile: tuple[LocalEngine, Paths], theme: Theme, qtbot: QtBot
) -> Iterator[tuple[PublishPanel, LocalEngine]]:
    engine, paths = engine_of_profile
    context = PanelContext(
        bridge=EngineBridge(),
        commands=Commands(theme),
        theme=theme,
        selection=Selection(),
        settings=Settings(),
        paths=paths,
    )
    context.bridge.attach(engine)
    panel = PublishPanel(context)
    qtbot.addWidget(panel)
    panel.resize(720, 520)
    panel.show()
    yield panel, engine
    panel.save_state()
    context.bridge.detach()


def test_a_burst_of_a_thousand_is_stored_whole_and_in_order(
    real_panel: tuple[PublishPanel, LocalEngine], qtbot: QtBot
) -> None:
    panel, engine = real_panel
    panel.form.show_draft(Draft(topic="orders/{{random 1 3}}", body='{"order": {{seq}}}'))
    panel.row.count.setValue(1_000)
    panel.firing.burst()
    qtbot.waitUntil(lambda: not panel.firing.runner.running, timeout=PATIENCE_MS)
    assert panel.status.answer.text().startswith("1,000 fired. Stored as seq ")
    rows = engine.call(ReadRows(first=1, count=1_000)).result(10).rows
    orders = [msgspec.json.decode(row.preview)["order"] for row in rows]
    assert orders == list(range(1, 1_001))
    assert {row.topic for row in rows} == {"orders/1", "orders/2", "orders/3"}


def test_bytes_are_stored_as_they_were_written(real_panel: tuple[PublishPanel, LocalEngine], qtbot: QtBot) -> None:
    panel, engine = real_panel
    for number, draft in enumerate(
        (
            Draft(topic="devices/raw", format="hex", body=bytes(range(256)).hex(" ")),
            Draft(topic="devices/raw", format="base64", body="AP8KAA=="),
            Draft(topic="devices/raw", format="text", body="Zoë\u00a0Martin\n"),
        )
    ):
        panel.form.show_draft(draft)
        panel.firing.fire()
        qtbot.waitUntil(lambda: not panel.firing.runner.running, timeout=PATIENCE_MS)
        assert panel.status.answer.text() == f"Stored as seq {number + 1}"
    rows = engine.call(ReadRows(first=1, count=3)).result(10).rows
    assert [row.preview for row in rows] == [bytes(range(256)), b"\x00\xff\x0a\x00", "Zoë\u00a0Martin\n".encode()]


def test_nothing_reaches_a_read_only_broker_until_it_is_lifted(
    real_panel: tuple[PublishPanel, LocalEngine], qtbot: QtBot
) -> None:
    panel, engine = real_panel
    with ValkeyServer() as server:
        url = f"redis://{server.address}?channels=orders.*"
        engine.call(OpenConnection(url=url, name="shop", read_only=True, color="red")).result(20)
        panel.form.topic.setFocus()
        QTest.keyClicks(panel.form.topic.line, "shop/orders.created")
        qtbot.waitUntil(lambda: panel.row.refused, timeout=PATIENCE_MS)
        panel.firing.fire()
        assert not panel.firing.runner.running
        panel.row.lift.click()
        question = panel.findChild(Question)
        assert question is not None
        QTest.mouseClick(question.yes, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: not panel.row.refused, timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: panel.form.target.text == "shop connected", timeout=PATIENCE_MS)
        panel.firing.fire()
        qtbot.waitUntil(lambda: panel.status.answer.text().startswith("Sent, "), timeout=PATIENCE_MS)
