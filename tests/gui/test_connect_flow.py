"""What the Connect dialog wishes is carried out: asked first, tested first, and never at the cost of what was typed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from eventmon.core.errors import UserError
from eventmon.engine.frame import ConnectionStatus
from eventmon.engine.requests import (
    Browse,
    BrowsedNames,
    ConnectionTest,
    EditConnection,
    FoundName,
    OpenConnection,
    TryConnection,
)
from eventmon.gui.connect_flow import ConnectFlow
from eventmon.gui.context import PanelContext
from eventmon.gui.dialogs.browse_names import BrowseNames
from eventmon.gui.dialogs.connect import ConnectDialog
from tests.gui.connect_script import (
    LOCAL_URL,
    PROD,
    PROD_MASKED,
    PROD_URL,
    answer,
    line,
    paste,
    place,
    question,
    retype,
    turns,
)
from tests.helpers.scripted_engine import ScriptedEngine

NOT_FOUND = "The name was not found. Check the spelling, or connect your VPN and try again."
Act = Callable[[Callable[[], object]], None]


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    return window


@pytest.fixture
def flow(context: PanelContext, window: QWidget) -> ConnectFlow:
    dialog = ConnectDialog(context.theme, parent=window)
    flow = ConnectFlow(context.bridge, dialog, window)
    dialog.open()
    dialog.activateWindow()
    paste(dialog.entry.address.line, LOCAL_URL)
    return flow


@pytest.fixture
def editing(context: PanelContext, window: QWidget) -> ConnectFlow:
    dialog = ConnectDialog(context.theme, connections=[PROD], edited=PROD, parent=window)
    flow = ConnectFlow(context.bridge, dialog, window)
    dialog.open()
    return flow


def act(loop: asyncio.AbstractEventLoop, flow: ConnectFlow, *steps: Callable[[], object]) -> None:
    """Do one thing after the other, letting the loop turn in between, and wait for what was begun."""

    async def main() -> None:
        for step in steps:
            step()
            await turns()
        await flow.wait()

    loop.run_until_complete(main())


def press(button: QWidget) -> Callable[[], None]:
    return lambda: QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_test_says_what_answered_and_keeps_nothing(
    loop: asyncio.AbstractEventLoop, flow: ConnectFlow, engine: ScriptedEngine
) -> None:
    act(loop, flow, press(flow.dialog.test))
    assert engine.asked == [TryConnection(url=LOCAL_URL)]
    assert (flow.dialog.outcome.text, flow.dialog.outcome.tone) == ("Valkey 9.1 answered.", "ok")
    assert flow.dialog.isVisible()


def test_a_test_that_fails_says_so_at_the_field_to_mend(
    loop: asyncio.AbstractEventLoop, flow: ConnectFlow, engine: ScriptedEngine
) -> None:
    engine.answer(TryConnection, ConnectionTest(ok=False, sentence=NOT_FOUND, field="host"))
    act(loop, flow, press(flow.dialog.test))
    assert place(flow.dialog, "host").note.text == NOT_FOUND
    assert flow.dialog.connect_button.text() == "Connect"


def test_connecting_tests_first_and_then_opens_and_saves(
    loop: asyncio.AbstractEventLoop, flow: ConnectFlow, engine: ScriptedEngine, window: QWidget
) -> None:
    opened: list[ConnectionStatus] = []
    flow.opened.connect(opened.append)
    retype(flow.dialog.entry.name_line, "orders")
    flow.dialog.entry.safety.color.swatches["amber"].click()
    act(loop, flow, lambda: QTest.keyClick(flow.dialog.entry.name_line, Qt.Key.Key_Return))
    assert engine.asked == [
        TryConnection(url=LOCAL_URL),
        OpenConnection(url=LOCAL_URL, name="orders", save=True, read_only=False, color="amber"),
    ]
    assert [status.name for status in opened] == ["orders"]
    assert window.findChildren(ConnectDialog) == []


def test_a_connection_that_cannot_be_tested_now_may_be_opened_anyway(
    loop: asyncio.AbstractEventLoop, flow: ConnectFlow, engine: ScriptedEngine
) -> None:
    engine.answer(TryConnection, ConnectionTest(ok=False, sentence=NOT_FOUND, field="host", retry=True))
    button = flow.dialog.connect_button
    act(loop, flow, press(button))
    assert button.text() == "Connect anyway"
    assert flow.dialog.isVisible()
    QTest.keyClicks(line(flow.dialog, "host"), "x")
    assert button.text() == "Connect", "another host is another test"
    act(loop, flow, press(button), press(button))
    assert [type(asked) for asked in engine.asked] == [TryConnection, TryConnection, OpenConnection]


def test_what_no_later_try_mends_cannot_be_opened_anyway(
    loop: asyncio.AbstractEventLoop, flow: ConnectFlow, engine: ScriptedEngine
) -> None:
    sentence = "The password was not accepted. Check it, and the user."
    engine.answer(TryConnection, ConnectionTest(ok=False, sentence=sentence, field="password"))
    act(loop, flow, press(flow.dialog.connect_button))
    assert place(flow.dialog, "password").note.text == sentence
    assert flow.dialog.connect_button.text() == "Connect"
    assert [type(asked) for asked in engine.asked] == [TryConnection]


def test_everything_of_another_machine_is_asked_for_first(
    loop: asyncio.AbstractEventLoop, flow: ConnectFlow, engine: ScriptedEngine
) -> None:
    dialog = flow.dialog
    paste(dialog.entry.address.line, "redis://prod.shop.example?channels=*")
    act(loop, flow, press(dialog.connect_button), lambda: answer(dialog, yes=False))
    assert engine.asked == []
    assert dialog.isVisible()
    asked: list[str] = []
    act(loop, flow, press(dialog.connect_button), lambda: asked.append(answer(dialog, yes=True)))
    assert asked[0].endswith("?")
    assert [type(request) for request in engine.asked] == [TryConnection, OpenConnection]


def test_enter_and_escape_are_no_to_a_question(
    loop: asyncio.AbstractEventLoop, flow: ConnectFlow, engine: ScriptedEngine
) -> None:
    dialog = flow.dialog
    paste(dialog.entry.address.line, "redis://prod.shop.example?channels=*")
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
        act(loop, flow, press(dialog.connect_button), lambda: QTest.keyClick(question(dialog), key))  # noqa: B023
    assert engine.asked == []


def test_what_the_engine_refuses_loses_nothing_typed(
    loop: asyncio.AbstractEventLoop, flow: ConnectFlow, engine: ScriptedEngine
) -> None:
    engine.answer(OpenConnection, UserError("The session is opened to look only."))
    act(loop, flow, press(flow.dialog.connect_button))
    assert flow.dialog.outcome.text == "The session is opened to look only."
    assert flow.dialog.entry.address.line.text() == LOCAL_URL
    assert flow.dialog.connect_button.isEnabled()


def test_a_refused_name_is_said_at_the_name(
    loop: asyncio.AbstractEventLoop, flow: ConnectFlow, engine: ScriptedEngine
) -> None:
    engine.answer(OpenConnection, UserError("“orders” is the beginning of local topics. Choose another name."))
    retype(flow.dialog.entry.name_line, "orders")
    act(loop, flow, press(flow.dialog.connect_button))
    assert flow.dialog.entry.name.note.text.startswith("“orders” is the beginning")


def test_a_dialog_may_be_closed_while_the_engine_tries(
    loop: asyncio.AbstractEventLoop, flow: ConnectFlow, engine: ScriptedEngine, window: QWidget
) -> None:
    engine.silent = True
    ended: list[bool] = []
    flow.ended.connect(lambda: ended.append(True))

    async def main() -> None:
        flow.dialog.test.click()
        await turns()
        assert flow.dialog.outcome.text == "Testing the connection…"
        QTest.keyClick(flow.dialog, Qt.Key.Key_Escape)
        await turns(20)

    loop.run_until_complete(main())
    assert ended == [True]
    assert window.findChildren(ConnectDialog) == []


# ── editing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_colour_needs_no_new_connection(
    loop: asyncio.AbstractEventLoop, editing: ConnectFlow, engine: ScriptedEngine
) -> None:
    editing.dialog.entry.safety.color.swatches["green"].click()
    act(loop, editing, press(editing.dialog.connect_button))
    assert engine.asked == [EditConnection(name="prod", url=None, read_only=True, color="green")]


def test_a_new_address_is_tested_with_the_stored_password(
    loop: asyncio.AbstractEventLoop, editing: ConnectFlow, engine: ScriptedEngine
) -> None:
    retype(line(editing.dialog, "channels"), "orders.*")
    act(loop, editing, press(editing.dialog.connect_button))
    url = PROD_MASKED.replace(",payments.*", "")
    assert engine.asked == [
        TryConnection(url=url, name="prod"),
        EditConnection(name="prod", url=url, read_only=True, color="red"),
    ]


# ── browsing ─────────────────────────────────────────────────────────────────────────────────────────────────────

FIRST = BrowsedNames(
    found=[
        FoundName(field="streams", item="audit", note="1,204 entries"),
        FoundName(field="channels", item="orders.eu"),
    ],
    cursor="7",
    looked_at=1_000,
    total=2_000,
)
LAST = BrowsedNames(found=[FoundName(field="channels", item="orders.us")], looked_at=1_000, total=2_000)


def browse(dialog: ConnectDialog) -> BrowseNames:
    (names,) = dialog.findChildren(BrowseNames)
    return names


def test_names_are_listed_part_by_part_and_ticks_go_into_the_form(
    loop: asyncio.AbstractEventLoop, flow: ConnectFlow, engine: ScriptedEngine
) -> None:
    engine.answer(Browse, lambda asked: LAST if asked.cursor else FIRST)
    dialog = flow.dialog
    act(loop, flow, press(dialog.entry.form.browse))
    names = browse(dialog)
    assert engine.asked == [Browse(url=LOCAL_URL), Browse(url=LOCAL_URL, cursor="7")]
    assert not names.running
    assert names.names.rowCount() == 3
    for row in (0, 2):
        index = names.names.index(row, 0)
        QTest.mouseClick(names.view.viewport(), Qt.MouseButton.LeftButton, pos=names.view.visualRect(index).center())
    press(names.use)()
    assert line(dialog, "streams").text() == "audit"
    assert line(dialog, "channels").text() == "orders.*, orders.us"
    assert dialog.entry.address.line.text() == "redis://localhost?streams=audit&channels=orders.*,orders.us"


def test_browsing_stops_when_asked(loop: asyncio.AbstractEventLoop, flow: ConnectFlow, engine: ScriptedEngine) -> None:
    parts: list[str] = []
    enough = asyncio.Event()

    def endless(asked: Browse) -> BrowsedNames:
        parts.append(asked.cursor)
        if len(parts) == 5:
            enough.set()
        item = FoundName(field="channels", item=f"orders.{len(parts)}")
        return BrowsedNames(found=[item], cursor=str(len(parts)), looked_at=100, total=90_000)

    engine.answer(Browse, endless)

    async def main() -> None:
        press(flow.dialog.entry.form.browse)()
        await enough.wait()
        names = browse(flow.dialog)
        assert re.fullmatch(r"Looked at \d00 of about 90,000", names.progress.text())
        press(names.stop_button)()
        await flow.wait()

    loop.run_until_complete(main())
    names = browse(flow.dialog)
    assert not names.running
    assert names.names.found >= 4
    assert not names.stop_button.isVisible()
    names.reject()


def test_a_list_that_is_closed_asks_no_further(
    loop: asyncio.AbstractEventLoop, flow: ConnectFlow, engine: ScriptedEngine
) -> None:
    engine.answer(Browse, FIRST)

    async def main() -> None:
        press(flow.dialog.entry.form.browse)()
        await turns()
        browse(flow.dialog).reject()
        await flow.wait()

    loop.run_until_complete(main())
    assert line(flow.dialog, "streams").text() == ""


def test_what_cannot_be_listed_is_said_and_what_was_found_stays(
    loop: asyncio.AbstractEventLoop, flow: ConnectFlow, engine: ScriptedEngine
) -> None:
    refusal = UserError("The user may not list names. Type them into the form.")
    engine.answer(Browse, lambda asked: refusal if asked.cursor else FIRST)
    act(loop, flow, press(flow.dialog.entry.form.browse))
    names = browse(flow.dialog)
    assert (names.trouble.text, names.trouble.tone) == (str(refusal), "error")
    assert names.names.rowCount() == 2
    names.reject()


def test_the_password_that_was_typed_is_used_to_browse(
    loop: asyncio.AbstractEventLoop, flow: ConnectFlow, engine: ScriptedEngine
) -> None:
    paste(flow.dialog.entry.address.line, PROD_URL)
    act(loop, flow, press(flow.dialog.entry.form.browse))
    assert engine.asked == [Browse(url=PROD_URL)]
    browse(flow.dialog).reject()
