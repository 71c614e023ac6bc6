"""The hub in the window: shared after a test, said when it is lost, and both versions shown when an edit came late."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from eventmon.core.errors import UserError
from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.frame import HubConflict, HubInstance, HubStatus, ObserverStatus
from eventmon.engine.requests import (
    HubVersions,
    LeaveHub,
    ReadConflict,
    ReconnectHub,
    ResolveConflict,
    ShareWorkspace,
    TryHub,
)
from eventmon.gui.context import PanelContext
from eventmon.gui.dialogs.hub_conflict import MINE, THEIRS, ConflictDialog
from eventmon.gui.dialogs.share_workspace import ShareDialog
from eventmon.gui.hub_commands import HubCommands, late_sentence, lost_sentence
from eventmon.gui.models.hub_texts import differences
from eventmon.gui.models.observer_columns import Column
from eventmon.gui.models.observer_texts import cell, details
from eventmon.gui.status_hub import HubPart, about_hub, word_of
from eventmon.gui.theme.theme import Mode, Theme
from tests.gui.conftest import Screenshot
from tests.helpers.hostile import HOSTILE_TEXTS
from tests.helpers.scripted_engine import ScriptedEngine

URL = "redis://hub.shop.example"
DESK = HubInstance(id="1", host="marias-desk", pid=4711, version="1.0", role="window", since=0, observers=3, own=True)
LAPTOP = HubInstance(id="2", host="omars-laptop", pid=99, version="1.0", role="serve", since=0, observers=1, own=False)
HUB = HubStatus(url=URL, phase="connected", instances=[DESK, LAPTOP])
LOST = msgspec.structs.replace(
    HUB,
    phase="lost",
    detail="hub.shop.example:6379 refused the connection. Check host and port, and that the server runs.",
    waiting=2,
)
LATE = HubConflict(
    id="c1",
    name="Paid orders",
    sentence="“Paid orders” was changed by omars-laptop at 12:03. Choose which version shall hold.",
)
CONFLICT = msgspec.structs.replace(HUB, conflicts=[LATE])
MARIAS = ObserverDefinition(name="Paid orders", kind="counter", pattern="orders/+/paid", settings={"sum": "total"})
OMARS = ObserverDefinition(name="Paid orders", kind="counter", pattern="orders/eu/paid", settings={"sum": "total"})
VERSIONS = HubVersions(conflict=LATE, mine=MARIAS, theirs=OMARS, by="omars-laptop", at=1_780_000_000_000_000)


class Desk:
    """The commands over a window of their own."""

    def __init__(self, context: PanelContext, window: QMainWindow, loop: asyncio.AbstractEventLoop) -> None:
        self.context, self.window, self.loop = context, window, loop
        self.commands = HubCommands(context, window)

    def bound(self) -> set[str]:
        commands = self.context.commands
        return {name for name in ("share", "leave", "reconnect", "compare") if commands.is_bound(f"hub.{name}")}

    def offers(self, bound: set[str]) -> bool:
        return self.bound() == bound

    def trigger(self, command: str) -> None:
        self.context.commands.bare_action(f"hub.{command}").trigger()

    def done(self) -> None:
        self.loop.run_until_complete(self.commands.wait())

    def dialog(self, kind: type[Any]) -> Any:
        self.done()
        (dialog,) = [each for each in self.window.findChildren(kind) if each.isVisible()]
        return dialog


@pytest.fixture
def desk(context: PanelContext, qtbot: QtBot, loop: asyncio.AbstractEventLoop) -> Desk:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.setCentralWidget(QWidget())
    window.resize(1000, 400)
    window.show()
    context.commands.set_recording(True)
    desk = Desk(context, window, loop)
    qtbot.waitUntil(lambda: context.commands.bare_action("hub.share").isEnabled())
    return desk


def asked(engine: ScriptedEngine) -> list[Any]:
    kinds = (ShareWorkspace, TryHub, LeaveHub, ReconnectHub, ReadConflict, ResolveConflict)
    return [request for request in engine.asked if isinstance(request, kinds)]


def test_what_can_be_done_follows_the_hub(desk: Desk, engine: ScriptedEngine, qtbot: QtBot) -> None:
    assert desk.bound() == {"share"}
    for hub, bound in [
        (HUB, {"leave"}),
        (LOST, {"leave", "reconnect"}),
        (CONFLICT, {"leave", "compare"}),
        (None, {"share"}),
    ]:
        engine.set(hub=hub)
        qtbot.waitUntil(partial(desk.offers, bound))


def test_a_workspace_is_shared_after_a_test(desk: Desk, engine: ScriptedEngine, qtbot: QtBot) -> None:
    engine.answer(TryHub, "There is a hub with 3 observers and 1 topic.")
    engine.answer(ShareWorkspace, HUB)
    desk.trigger("share")
    dialog = desk.dialog(ShareDialog)
    assert not dialog.test.isEnabled()
    assert not dialog.share.isEnabled()
    QTest.keyClicks(dialog.edit, URL)
    dialog.test.click()
    qtbot.waitUntil(lambda: dialog.outcome.tone == "ok")
    assert dialog.outcome.text == "There is a hub with 3 observers and 1 topic."
    QTest.keyClick(dialog.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: asked(engine) == [TryHub(url=URL), ShareWorkspace(url=URL)])
    qtbot.waitUntil(lambda: not desk.window.findChildren(ShareDialog))


def test_a_refusal_is_said_at_the_address_and_nothing_typed_is_lost(
    desk: Desk, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    engine.answer(ShareWorkspace, UserError("hub.shop.example:6379 asks for a password. Fill it in."))
    desk.trigger("share")
    dialog = desk.dialog(ShareDialog)
    QTest.keyClicks(dialog.edit, URL)
    dialog.share.click()
    qtbot.waitUntil(lambda: dialog.field.faulty)
    assert dialog.field.note.text == "hub.shop.example:6379 asks for a password. Fill it in."
    assert (dialog.edit.text(), dialog.edit.isReadOnly(), dialog.share.isEnabled()) == (URL, False, True)
    QTest.keyClicks(dialog.edit, "/2")
    assert not dialog.field.faulty
    dialog.reject()


def test_a_lost_hub_is_said_over_the_panels(desk: Desk, engine: ScriptedEngine, qtbot: QtBot) -> None:
    engine.answer(ReconnectHub, None)
    engine.set(hub=LOST)
    qtbot.waitUntil(desk.commands.lost.bar.isVisible)
    assert desk.commands.lost.banner.text == (
        "The hub is lost. hub.shop.example:6379 refused the connection. Check host and port, and that the server runs. "
        "Until the hub is back, everything here goes on with what was known last. 2 edits wait."
    )
    desk.commands.lost.button.click()
    desk.done()
    assert asked(engine) == [ReconnectHub()]
    engine.set(hub=HUB)
    qtbot.waitUntil(lambda: not desk.commands.lost.bar.isVisible())


@pytest.mark.parametrize(("press", "mine"), [("mine", True), ("theirs", False), ("later", None)])
def test_of_two_versions_one_is_chosen(
    desk: Desk, engine: ScriptedEngine, qtbot: QtBot, press: str, mine: bool | None
) -> None:
    engine.answer(ReadConflict, VERSIONS)
    engine.answer(ResolveConflict, None)
    engine.set(hub=CONFLICT)
    qtbot.waitUntil(desk.commands.late.bar.isVisible)
    assert desk.commands.late.banner.text == LATE.sentence
    desk.commands.late.button.click()
    dialog = desk.dialog(ConflictDialog)
    first = dialog.rows.topLevelItem(0)
    assert (first.text(MINE), first.text(THEIRS)) == ("orders/+/paid", "orders/eu/paid")
    getattr(dialog, press).click()
    desk.done()
    chosen = [] if mine is None else [ResolveConflict(id="c1", mine=mine)]
    assert asked(engine) == [ReadConflict(id="c1"), *chosen]


def test_leaving_is_asked_for_once(desk: Desk, engine: ScriptedEngine, qtbot: QtBot) -> None:
    engine.answer(LeaveHub, None)
    engine.set(hub=HUB)
    qtbot.waitUntil(lambda: "leave" in desk.bound())
    desk.trigger("leave")
    (box,) = [each for each in desk.window.findChildren(QMessageBox) if each.isVisible()]
    assert "come back into its workspace" in box.text()
    assert asked(engine) == []
    next(button for button in box.buttons() if button.text().replace("&", "") == "Leave hub").click()
    desk.done()
    assert asked(engine) == [LeaveHub()]


def test_every_state_has_its_sentence() -> None:
    assert (lost_sentence(None), lost_sentence(HUB), late_sentence(HUB)) == ("", "", "")
    full = msgspec.structs.replace(HUB, detail="It is full.", waiting=1)
    assert lost_sentence(full) == "It is full. 1 edit waits."
    two = msgspec.structs.replace(HUB, conflicts=[LATE, LATE])
    assert late_sentence(two) == f"{LATE.sentence} One more waits for a choice."


def test_the_status_bar_tells_who_is_here(theme: Theme, qtbot: QtBot) -> None:
    part = HubPart(theme)
    qtbot.addWidget(part)
    part.set_level(0)
    assert part.isHidden()
    part.show_hub(HUB)
    assert not part.isHidden()
    assert word_of(HUB) == "2 here"
    assert about_hub(HUB).split("\n") == [
        f"Hub {URL}",
        "marias-desk (this one): window 1.0, process 4711, 3 active observers",
        "omars-laptop: serve 1.0, process 99, 1 active observer",
    ]
    part.show_hub(LOST)
    assert word_of(LOST) == "hub lost"
    part.show_hub(None)
    assert part.isHidden()


def test_an_observer_says_where_it_runs() -> None:
    own = ObserverStatus(name="paid", kind="counter", pattern="orders/#", instance="1")
    theirs = msgspec.structs.replace(own, instance="2", host="omars-laptop", last_error="It broke.", last_error_seq=7)
    assert [cell(each, Column.INSTANCE) for each in (own, theirs)] == ["this one", "omars-laptop"]
    assert cell(theirs, Column.ERROR) == "It broke."
    assert "Runs on omars-laptop" in details(theirs, "fine")


def test_what_differs_stands_first_and_secrets_are_hidden() -> None:
    mine = msgspec.structs.replace(MARIAS, settings={"url": "https://maria:geheim@shop.example", "sum": "total"})
    lines = differences(mine, OMARS)
    assert [line.field for line in lines if line.differs] == ["Pattern", "url"]
    assert lines[0].differs
    assert not any("geheim" in line.mine for line in lines)
    removed = differences(None, OMARS)
    assert (removed[0].field, removed[0].mine, removed[0].theirs) == ("State", "removed", "on")


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS.keys())
def test_hostile_texts_are_shown_as_they_are(
    desk: Desk, engine: ScriptedEngine, qtbot: QtBot, theme: Theme, text: str
) -> None:
    definition = msgspec.structs.replace(OMARS, name=text, pattern=text, settings={"sum": text})
    conflict = HubConflict(id="c", name=text, sentence=text)
    dialog = ConflictDialog(theme, HubVersions(conflict=conflict, mine=MARIAS, theirs=definition, by=text))
    qtbot.addWidget(dialog)
    dialog.show()
    for row in range(dialog.rows.topLevelItemCount()):
        item = dialog.rows.topLevelItem(row)
        assert item is not None
        assert "\n" not in item.text(THEIRS)
    engine.set(hub=msgspec.structs.replace(LOST, detail=text, url=text, conflicts=[conflict]))
    qtbot.waitUntil(lambda: desk.bound() == {"leave", "reconnect", "compare"})


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_pictures_of_the_dialogs(
    theme: Theme, context: PanelContext, qtbot: QtBot, save_screenshot: Screenshot, mode: Mode
) -> None:
    theme.apply(mode)
    share = ShareDialog(theme, context.bridge)
    conflict = ConflictDialog(theme, VERSIONS)
    for dialog in (share, conflict):
        qtbot.addWidget(dialog)
        dialog.show()
    share.edit.setText(URL)
    share.outcome.say("There is a hub with 3 observers and 1 topic.", "ok")
    for dialog in (share, conflict):
        picture = save_screenshot(dialog, f"{dialog.objectName()}-{mode}")
        assert picture.stat().st_size > 1_000
