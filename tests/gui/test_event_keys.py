"""The Event dock by keyboard alone: every tab, every field, its value and its path; and what survives other events."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from eventmon.gui.context import PanelContext
from eventmon.gui.models.event_tree import FIELD, VALUE
from eventmon.gui.widgets.event_pages import ATTRIBUTES, HEX, RAW, TABS, TREE
from eventmon.gui.widgets.event_window import EventWindow
from tests.gui.event_script import ORDER, SHIPMENT
from tests.gui.test_event_panel import Desk
from tests.helpers.scripted_engine import ScriptedEngine

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
BIG = b'{"items":[' + b",".join(b'{"sku":"SKU-%07d"}' % number for number in range(60_000)) + b"]}"


@pytest.fixture
def desk(context: PanelContext, engine: ScriptedEngine, qtbot: QtBot) -> Desk:
    desk = Desk(context, engine, qtbot)
    for command in context.commands.table.values():
        if command.scope == "event":
            desk.panel.addAction(context.commands.action(command.id))  # as the dock does
    desk.panel.activateWindow()
    desk.select()
    desk.panel.focus_widget().setFocus()
    return desk


def focus() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def press(desk: Desk, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(focus(), key, modifiers)
    desk.settle()


def clipboard(desk: Desk, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> str:
    QGuiApplication.clipboard().setText("")
    press(desk, key, modifiers)
    return QGuiApplication.clipboard().text()


def go_down_to(desk: Desk, name: str) -> None:
    """Walk down with the arrow key until a field of that name is chosen."""
    view = focus()
    for _ in range(30):
        node = desk.pages.tree.view.current_node()
        if node is not None and str(node.key) == name:
            return
        QTest.keyClick(view, Qt.Key.Key_Down)
    raise AssertionError(f"{name} was not reached")


def test_a_field_is_reached_and_its_value_and_path_are_copied(desk: Desk) -> None:
    go_down_to(desk, "sku")
    assert clipboard(desk, Qt.Key.Key_C, CTRL) == "TSH-204-M"
    assert clipboard(desk, Qt.Key.Key_Y, CTRL | SHIFT) == "items[0].sku"
    assert clipboard(desk, Qt.Key.Key_C, CTRL | SHIFT).startswith('{"specversion":"1.0"')


def test_fields_open_and_close_and_secrets_are_shown_by_keys(desk: Desk) -> None:
    go_down_to(desk, "customer")
    view = desk.pages.tree.view
    for key, opened in ((Qt.Key.Key_Left, False), (Qt.Key.Key_Right, True), (Qt.Key.Key_Return, False)):
        press(desk, key)
        assert view.isExpanded(view.currentIndex()) is opened
    press(desk, Qt.Key.Key_Right)
    go_down_to(desk, "password")
    assert clipboard(desk, Qt.Key.Key_C, CTRL) == "•••"
    press(desk, Qt.Key.Key_Return)
    node = view.current_node()
    assert node is not None
    assert node.key == "password"
    assert clipboard(desk, Qt.Key.Key_C, CTRL) == "hunter2"


def test_typing_finds_a_field(desk: Desk) -> None:
    QTest.keyClicks(focus(), "tot")
    node = desk.pages.tree.view.current_node()
    assert node is not None
    assert node.key == "total"


def test_the_menu_key_opens_the_menu_at_the_field(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[tuple[QMenu, QPoint]] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, at: opened.append((menu, at)))
    go_down_to(desk, "total")
    view = desk.pages.tree.view
    row = view.visualRect(view.currentIndex())
    asked = QContextMenuEvent(
        QContextMenuEvent.Reason.Keyboard, row.center(), view.viewport().mapToGlobal(row.center())
    )  # as Qt makes one of the menu key
    QApplication.sendEvent(view.viewport(), asked)
    ((menu, at),) = opened
    assert row.contains(view.viewport().mapFromGlobal(at))
    titles = [action.text() for action in menu.actions()]
    assert titles[:2] == ["Copy value", "Copy path of field"]
    QGuiApplication.clipboard().setText("")
    menu.actions()[1].trigger()
    assert QGuiApplication.clipboard().text() == "total"
    menu.deleteLater()


def test_every_tab_is_reached_by_the_tab_key_and_the_arrows(desk: Desk) -> None:
    for _ in range(12):
        if focus() is desk.pages.tabs:
            break
        press(desk, Qt.Key.Key_Tab, SHIFT)
    assert focus() is desk.pages.tabs
    walked = [desk.pages.tab]
    for _ in TABS[1:]:
        press(desk, Qt.Key.Key_Right)
        walked.append(desk.pages.tab)
    assert walked == list(TABS)


@pytest.mark.parametrize("tab", TABS)
def test_the_tab_key_goes_through_a_tab_and_never_stays(desk: Desk, tab: str) -> None:
    desk.show(BIG)
    desk.tab(tab)
    desk.pages.tabs.setFocus()
    seen: list[QWidget] = []
    for _ in range(12):
        seen.append(focus())
        press(desk, Qt.Key.Key_Tab)
    assert desk.pages.view_of_tab() in seen
    assert seen.count(desk.pages.tabs) >= 2
    if tab in (RAW, HEX):
        pager = (desk.pages.raw_page if tab == RAW else desk.pages.hex_page).pager
        assert pager.next in seen
    assert desk.panel.view.footer.reveal in seen


def test_rows_of_bytes_and_attributes_are_copied_by_keys(desk: Desk) -> None:
    desk.tab(HEX)
    desk.pages.hex.setFocus()
    press(desk, Qt.Key.Key_Down)
    assert clipboard(desk, Qt.Key.Key_C, CTRL).startswith("0000  7b 22")
    desk.tab(ATTRIBUTES)
    desk.pages.attributes.view.setFocus()
    press(desk, Qt.Key.Key_Down)
    press(desk, Qt.Key.Key_Down)
    assert clipboard(desk, Qt.Key.Key_C, CTRL) == "prod/orders/eu/created"
    assert clipboard(desk, Qt.Key.Key_Y, CTRL | SHIFT) == "topic"


def test_text_is_selected_and_copied_by_keys_and_by_menu(desk: Desk) -> None:
    desk.tab(RAW)
    desk.pages.text.setFocus()
    press(desk, Qt.Key.Key_A, CTRL)
    assert '"total": 49.50' in clipboard(desk, Qt.Key.Key_C, CTRL)
    titles = [action.text() for action in desk.panel.copies.menu(desk.pages.text).actions()]
    assert titles == ["Copy value", "Copy payload", "Copy event as JSON"]


def test_open_fields_choice_and_tab_survive_events_of_the_same_and_of_other_topics(desk: Desk) -> None:
    go_down_to(desk, "items")
    press(desk, Qt.Key.Key_Right)
    go_down_to(desk, "1")
    press(desk, Qt.Key.Key_Right)
    go_down_to(desk, "quantity")
    view = desk.pages.tree.view

    def chosen() -> Any:
        node = view.current_node()
        return node.path() if node is not None else None

    path = chosen()
    desk.show(ORDER.replace(b"48348", b"48349"))
    assert chosen() == path
    desk.show(b'{"parcel":"P-1"}', topic="prod/parcels")
    assert chosen() is None
    desk.show(b"refund of order 48348")
    assert desk.panel.isAncestorOf(focus())
    desk.show(BIG)
    assert focus() is desk.pages.tree.decode
    desk.show(SHIPMENT)
    desk.select(0)
    assert focus() in (desk.panel, desk.panel.view)
    desk.script.payloads = (ORDER,)
    desk.select(70)
    assert chosen() == path
    assert view.isExpanded(view.model().index(3, FIELD))
    assert desk.pages.tab == TREE
    assert focus() is view


def test_hiding_secrets_again_leaves_nothing_of_them_in_sight(desk: Desk) -> None:
    desk.show(b'{"secret":{"pin":1234},"total":1}')
    desk.panel.view.set_revealed(True)
    view = desk.pages.tree.view
    view.expandAll()
    assert view.indexBelow(view.model().index(0, FIELD)).siblingAtColumn(VALUE).data() == "1234"
    desk.panel.view.set_revealed(False)
    assert view.indexBelow(view.model().index(0, FIELD)).siblingAtColumn(VALUE).data() == "1"


def test_whatever_can_be_reached_has_a_name(desk: Desk) -> None:
    desk.show(BIG)
    for tab in TABS:
        desk.tab(tab)
        for widget in desk.panel.findChildren(QWidget):
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisibleTo(desk.panel):
                interface = QAccessible.queryAccessibleInterface(widget)
                assert interface.text(QAccessible.Text.Name), widget


def test_the_keys_act_in_a_window_of_its_own(desk: Desk) -> None:
    desk.context.commands.action("event.own_window").trigger()
    desk.settle()
    (window,) = desk.panel.findChildren(EventWindow)
    tree = window.view.pages.tree.view
    window.activateWindow()
    tree.setFocus()
    tree.setCurrentIndex(tree.model().index(2, FIELD))
    QGuiApplication.clipboard().setText("")
    QTest.keyClick(window, Qt.Key.Key_Y, CTRL | SHIFT)
    assert QGuiApplication.clipboard().text() == "total"
    QTest.keyClick(window, Qt.Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text() == "49.50"
    window.close()
