"""Texts and bytes that broke programs, at every tab of the dock and of a window of its own, decoded on demand too."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from eventmon.gui.context import PanelContext
from eventmon.gui.models.event_json import MOST_BYTES
from eventmon.gui.models.event_text import PAGE_BYTES
from eventmon.gui.widgets.event_pages import HEX, RAW, TABS
from eventmon.gui.widgets.event_view import EventView
from eventmon.gui.widgets.event_window import EventWindow
from tests.gui.test_event_panel import Desk
from tests.helpers.hostile import HOSTILE_BYTES, HOSTILE_TEXTS
from tests.helpers.scripted_engine import ScriptedEngine


@pytest.fixture
def desk(context: PanelContext, engine: ScriptedEngine, qtbot: QtBot) -> Desk:
    return Desk(context, engine, qtbot)


def window_of(desk: Desk) -> EventWindow:
    """The window of its own of the event shown."""
    desk.context.commands.action("event.own_window").trigger()
    desk.settle()
    (window,) = desk.panel.findChildren(EventWindow)
    return window


def walk(desk: Desk, view: EventView) -> None:
    """Look at every tab, with secrets hidden and shown."""
    for tab in TABS:
        view.pages.go_to_tab(tab)
        desk.settle()
        view.set_revealed(True)
        view.grab()
        view.set_revealed(False)
    for label in view.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_any_text_in_a_window_of_its_own(desk: Desk, name: str) -> None:
    text = HOSTILE_TEXTS[name]
    data = json.dumps({text: text, "password": text}).encode()
    desk.show(data, topic=text, type=text, source=text, subject=text, headers={text: text}, observers=[text])
    window = window_of(desk)
    walk(desk, window.view)
    title = window.windowTitle()
    assert title.endswith("Event 1")
    assert len(title) < 120
    assert not set(title) & set("\n\r\0\u202e\u2028")
    for copy in (
        window.copies.copy_json,
        window.copies.copy_payload,
        window.copies.copy_value,
        window.copies.copy_path,
    ):
        copy()
    window.close()


@pytest.mark.parametrize("name", HOSTILE_BYTES)
def test_any_bytes_in_a_window_of_its_own(desk: Desk, name: str) -> None:
    desk.show(HOSTILE_BYTES[name])
    window = window_of(desk)
    walk(desk, window.view)
    window.close()


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_any_text_decoded_on_demand(desk: Desk, qtbot: QtBot, name: str) -> None:
    text = HOSTILE_TEXTS[name]
    document = {text: text, "secret": {text: [text]}, "filling": "x" * MOST_BYTES}
    desk.show(json.dumps(document, ensure_ascii="surrogate" in name).encode())
    with qtbot.waitSignal(desk.panel.view.decoder.decoded):
        desk.pages.tree.decode.click()
    walk(desk, desk.panel.view)
    model = desk.pages.tree.model
    assert model.rowCount() == 3
    first = model.fields(model.root)[0]
    assert (first.key, first.value) == (text, text)
    assert model.texts.told(first)


@pytest.mark.parametrize("name", HOSTILE_BYTES)
def test_any_bytes_in_the_midst_of_a_big_payload(desk: Desk, name: str) -> None:
    data = b'{"filling":"' + b"x" * MOST_BYTES + HOSTILE_BYTES[name][:70_000] + b'","password":"hunter2","total":1}'
    desk.show(data)
    for tab in (RAW, HEX):
        desk.tab(tab)
        for offset in range(MOST_BYTES, len(data), PAGE_BYTES):
            desk.panel.view.source.wish_page(offset)
            desk.settle()
            assert "hunter2" not in desk.text().replace("\n", "")
            desk.panel.grab()
