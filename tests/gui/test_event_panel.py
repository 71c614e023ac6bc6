"""The Event dock follows the selection, shows an event in five ways, and never freezes over a payload."""

from __future__ import annotations

import json
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from eventmon.core.cloudevents import from_structured
from eventmon.core.errors import UserError
from eventmon.engine.requests import ReadEvent
from eventmon.gui.context import PanelContext
from eventmon.gui.models.event_tree import FIELD, VALUE
from eventmon.gui.panels.event import MIN_WIDTH, EventPanel
from eventmon.gui.widgets.event_pages import ATTRIBUTES, HEX, OBSERVERS, RAW, TABS, TREE
from eventmon.gui.widgets.event_window import EventWindow
from tests.gui.conftest import Screenshot
from tests.gui.event_script import ORDER, SHIPMENT, EventScript
from tests.helpers.hostile import HOSTILE_BYTES, HOSTILE_TEXTS
from tests.helpers.scripted_engine import ScriptedEngine

BIG = b'{"items":[' + b",".join(b'{"sku":"SKU-%07d"}' % number for number in range(60_000)) + b"]}"


class Desk:
    """An Event dock in front of somebody."""

    def __init__(self, context: PanelContext, engine: ScriptedEngine, qtbot: QtBot) -> None:
        self.context = context
        self.engine = engine
        self.script = EventScript(engine)
        self.panel = EventPanel(context)
        qtbot.addWidget(self.panel)
        self.pages = self.panel.pages
        self.panel.resize(MIN_WIDTH, 480)
        self.panel.show()
        self.settle()

    def settle(self) -> None:
        for _ in range(20):
            QCoreApplication.processEvents()

    def select(self, seq: int = 1) -> None:
        self.context.selection.setEvent(seq)
        self.settle()

    def show(self, *payloads: bytes, **fields: Any) -> None:
        """Select an event with that payload."""
        self.script.payloads = payloads
        self.script.fields = fields
        self.select(self.context.selection.current_event + 1)

    def tab(self, tab: str) -> str:
        """Look at a tab; what it says."""
        self.pages.go_to_tab(tab)
        self.settle()
        return self.text()

    def text(self) -> str:
        """What the tab looked at says."""
        pages = {TREE: self.pages.tree, ATTRIBUTES: self.pages.attributes, OBSERVERS: self.pages.observers}
        if self.pages.tab == RAW:
            return self.pages.text.toPlainText()
        if self.pages.tab == HEX:
            model: Any = self.pages.hex.model()
            return "\n".join(model.line(row) for row in range(model.rowCount()))
        page = pages[self.pages.tab]
        if page.currentWidget() is page.nothing:
            return words(page.nothing)
        model = page.view.model()
        rows = [model.index(row, FIELD) for row in range(model.rowCount())]
        return "\n".join(f"{index.data()}: {index.siblingAtColumn(VALUE).data()}" for index in rows)

    def copied(self, command: str) -> str:
        QGuiApplication.clipboard().setText("")
        self.context.commands.action(command).trigger()
        return QGuiApplication.clipboard().text()


def words(widget: QWidget) -> str:
    from eventmon.gui.widgets.plain_text import PlainLabel

    return "\n".join(label.text() for label in widget.findChildren(PlainLabel) if label.text())


@pytest.fixture
def desk(context: PanelContext, engine: ScriptedEngine, qtbot: QtBot) -> Desk:
    return Desk(context, engine, qtbot)


def test_without_a_selection_it_says_so(desk: Desk) -> None:
    assert words(desk.panel.view.nothing).startswith("No event selected")
    assert desk.panel.view.nothing.isVisible()
    assert not desk.context.commands.action("event.copy_json").isEnabled()
    assert not desk.context.commands.action("event.own_window").isEnabled()


def test_the_header_says_what_when_which_and_how_big(desk: Desk) -> None:
    desk.context.commands.action("view.utc").setChecked(True)
    desk.select(1_198_735)
    header = desk.panel.view.header
    assert (header.title.text(), header.topic.text()) == ("order.created", "prod/orders/eu/created")
    assert header.facts.text() == f"14:07:28.123 · seq 1,198,735 · {len(ORDER)} B · JSON"
    assert "2026-11-23T14:07:28.123456Z" in header.facts.toolTip()
    desk.context.commands.action("view.utc").setChecked(False)


def test_each_tab_shows_the_event_its_way(desk: Desk) -> None:
    desk.select()
    assert 'order: "48348"' in desk.tab(TREE)
    assert '  "total": 49.50,' in desk.tab(RAW)
    assert desk.tab(HEX).startswith("0000  7b 22 6f 72 64 65 72 22")
    attributes = desk.tab(ATTRIBUTES)
    for line in ("source: checkout", "id: 01890a5d-1 (derived)", "subject: –", "traceparent: 00-4bf9"):
        assert line in attributes
    assert desk.tab(OBSERVERS) == "All orders: counter, paused"
    assert desk.panel.view.footer.text == "1 observer matches"


def test_an_event_that_reaches_nobody_says_so(desk: Desk) -> None:
    desk.show(ORDER, observers=[])
    assert desk.tab(OBSERVERS).startswith("No observer matches")
    assert desk.panel.view.footer.text == "No observer matches"


def test_secrets_are_hidden_until_they_are_revealed_and_again_for_the_next_event(desk: Desk) -> None:
    desk.select()
    reveal = desk.panel.view.footer.reveal
    for tab in (RAW, ATTRIBUTES):
        assert "•••" in desk.tab(tab)
        assert "hunter2" not in desk.text()
    reveal.click()
    assert "authorization: Bearer hunter2" in desk.text()
    assert '"password": "hunter2"' in desk.tab(RAW)
    assert reveal.text() == "Hide secrets"
    reveal.click()
    assert "hunter2" not in desk.text()
    reveal.click()
    desk.select(2)
    assert "hunter2" not in desk.text()
    desk.show(SHIPMENT, headers={})
    assert not reveal.isVisible()


def test_copies_hide_secrets_while_they_are_hidden(desk: Desk) -> None:
    desk.select()
    hidden = from_structured(desk.copied("event.copy_json").encode(), imported=True)
    assert (hidden.seq, hidden.topic, hidden.headers) == (
        1,
        "prod/orders/eu/created",
        {"traceparent": "00-4bf9", "authorization": "•••"},
    )
    assert json.loads(hidden.data)["customer"]["password"] == "•••"
    assert "hunter2" not in desk.copied("event.copy_payload")
    desk.panel.view.footer.reveal.click()
    assert from_structured(desk.copied("event.copy_json").encode()).data == ORDER
    assert desk.copied("event.copy_payload").encode() == ORDER


def test_a_payload_of_bytes_is_copied_as_digits(desk: Desk) -> None:
    desk.show(b"\xff\xd8\xff\xe0")
    assert desk.copied("event.copy_payload") == "ff d8 ff e0"
    assert "binary" in desk.panel.view.header.facts.text()
    assert "Hex shows every byte" in desk.tab(TREE)


def test_a_big_payload_is_paged_and_its_rest_is_not_read(desk: Desk) -> None:
    desk.show(BIG)
    assert "a tree of it is made when you ask" in desk.tab(TREE)
    first = desk.tab(RAW)
    pager = desk.pages.raw_page.pager
    assert pager.isVisible()
    assert pager.text.endswith("from byte 0")
    assert not pager.previous.isVisible()
    read = max(asked.limit for asked in desk.script.asked)
    assert read < len(BIG) / 2
    for _ in range(9):
        pager.next.click()
        desk.settle()
    assert desk.script.asked[-1].offset > 256 * 1024
    begin = 9 * 65_536
    assert desk.text().replace("\n", "") == BIG[begin : begin + 65_536].decode()
    assert desk.tab(HEX).startswith(f"{begin:06x}  {BIG[begin : begin + 1].hex()}")
    pager = desk.pages.hex_page.pager
    for _ in range(9):
        pager.previous.click()
        desk.settle()
    assert desk.tab(RAW) == first


@pytest.mark.parametrize("name", HOSTILE_BYTES)
def test_any_payload_is_shown_in_every_tab(desk: Desk, save_screenshot: Screenshot, name: str) -> None:
    desk.show(HOSTILE_BYTES[name])
    for tab in TABS:
        assert desk.tab(tab) or not HOSTILE_BYTES[name]
        desk.panel.grab()
        desk.copied("event.copy_value")
    desk.copied("event.copy_payload")
    desk.copied("event.copy_json")


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_any_attribute_is_shown_as_text(desk: Desk, name: str) -> None:
    text = HOSTILE_TEXTS[name]
    desk.show(ORDER, topic=text, type=text, source=text, subject=text, headers={text: text}, observers=[text])
    for tab in TABS:
        desk.tab(tab)
        desk.panel.grab()
    assert "\n" not in desk.panel.view.header.title.text()
    assert "<b>" not in desk.panel.view.header.title.toolTip()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"[" * 100_000, "nests too deep"),
        (b"", "no payload"),
        (b'{"order":}', "Line 1, column 10"),
        (b"refund of order 48348", "not JSON"),
    ],
)
def test_what_has_no_tree_says_why(desk: Desk, qtbot: QtBot, data: bytes, says: str) -> None:
    desk.show(data)
    qtbot.waitUntil(lambda: says in desk.tab(TREE))


def test_an_event_that_is_gone_is_said_and_the_next_one_shown(desk: Desk) -> None:
    desk.engine.answer(ReadEvent, UserError("The event 1 is no longer kept. Choose a newer one."))
    desk.select(1)
    assert "no longer kept" in words(desk.panel.view.nothing)
    assert desk.panel.view.nothing.isVisible()
    EventScript(desk.engine)
    desk.select(2)
    assert 'order: "48348"' in desk.tab(TREE)
    desk.select(0)
    assert "No event selected" in words(desk.panel.view.nothing)


def test_only_the_newest_of_many_wishes_is_read(desk: Desk) -> None:
    desk.script.asked.clear()
    for seq in range(1, 500):
        desk.context.selection.setEvent(seq)
    desk.settle()
    assert [asked.seq for asked in desk.script.asked] == [1, 499]
    assert "seq 499" in desk.panel.view.header.facts.text()


def test_a_panel_that_cannot_be_seen_reads_nothing_until_it_is(desk: Desk) -> None:
    desk.panel.hide()
    desk.script.asked.clear()
    desk.select(7)
    assert desk.script.asked == []
    desk.panel.show()
    desk.settle()
    assert [asked.seq for asked in desk.script.asked] == [7]


def test_a_payload_is_read_for_the_tab_that_is_looked_at(desk: Desk) -> None:
    desk.select()
    assert desk.pages.text.toPlainText() == ""
    assert desk.tab(RAW)


def test_the_tab_and_the_widths_come_back(desk: Desk, context: PanelContext, qtbot: QtBot) -> None:
    desk.pages.go_to_tab(HEX)
    desk.pages.tree.view.columns.set_share(0.3)
    state = json.loads(json.dumps(desk.panel.save_state()))
    again = EventPanel(context)
    qtbot.addWidget(again)
    again.restore_state(state)
    assert (again.pages.tab, again.pages.tree.view.columns.share) == (HEX, 0.3)
    for odd in ({}, {"tab": 7, "names": 3}, {"tab": "diff", "names": ["x", None, -5]}):
        again.restore_state(odd)
    assert again.pages.tab == HEX


def test_tabs_are_walked_by_keys(desk: Desk) -> None:
    desk.panel.activateWindow()
    desk.select()
    walked = []
    for _ in TABS:
        desk.context.commands.action("event.next_tab").trigger()
        walked.append(desk.pages.tab)
        focus = QApplication.focusWidget()
        assert focus is not None
        assert desk.panel.isAncestorOf(focus)
    assert walked == [*TABS[1:], TREE]
    desk.context.commands.action("event.previous_tab").trigger()
    assert desk.pages.tab == OBSERVERS


def test_rows_of_bytes_are_copied(desk: Desk) -> None:
    desk.show(b"order 48348 paid\x00")
    desk.tab(HEX)
    desk.pages.hex.selectAll()
    narrow = desk.copied("event.copy_value")
    assert narrow.splitlines()[0].startswith("0000  6f 72 64 65 72 20 34 38")
    desk.panel.resize(760, 480)
    desk.settle()
    desk.pages.hex.selectAll()
    assert desk.copied("event.copy_value").splitlines()[0].endswith("order 48348 paid")


def test_the_menu_offers_what_can_be_done(desk: Desk) -> None:
    desk.select()
    titles = [action.text() for action in desk.panel.copies.menu(desk.pages.tree.view).actions()]
    assert titles == ["Copy value", "Copy path of field", "Copy payload", "Copy event as JSON"]
    assert "Copy path of field" not in [action.text() for action in desk.panel.copies.menu(desk.pages.hex).actions()]


def test_a_window_of_its_own_stays_on_its_event(desk: Desk, save_screenshot: Screenshot) -> None:
    desk.select(3)
    desk.context.commands.action("event.own_window").trigger()
    desk.settle()
    (window,) = desk.panel.findChildren(EventWindow)
    assert window.windowTitle() == "order.created – Event 3"
    desk.script.payloads = (SHIPMENT,)
    desk.select(4)
    assert "seq 3" in window.view.header.facts.text()
    assert "parcel" in desk.tab(TREE)
    save_screenshot(window, "event-window")
    QTest.keyClick(window, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    assert (window.view.pages.tab, desk.pages.tab) == (RAW, TREE)
    QTest.keyClick(window, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    copied = from_structured(QGuiApplication.clipboard().text().encode(), imported=True)
    assert (copied.seq, b"48348" in copied.data) == (3, True)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    desk.settle()
    assert desk.panel.findChildren(EventWindow) == []


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("width", "percent"), [(MIN_WIDTH, 100), (MIN_WIDTH, 150), (420, 100), (640, 200)])
def test_pictures(desk: Desk, save_screenshot: Screenshot, mode: Any, width: int, percent: int) -> None:
    desk.context.theme.apply(mode, percent)
    desk.panel.resize(width, 480 * percent // 100)
    desk.select()
    tabs = desk.pages.tabs
    for tab in TABS:
        desk.tab(tab)
        save_screenshot(desk.panel, f"event-{tab}-{mode}-{width}-{percent}")
    assert tabs.tabRect(len(TABS) - 1).right() <= tabs.width()
    assert desk.panel.width() == width
    assert desk.panel.view.header.title.mapTo(desk.panel, QPoint(0, 0)).y() >= 0
