"""Workspaces as files in the window: exported, looked at before anything comes in, and what is off is said."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMainWindow, QMenu, QMessageBox
from pytestqt.qtbot import QtBot

from eventmon.core.errors import UserError
from eventmon.engine.requests import (
    ApproveDefinitions,
    ChosenDefinition,
    ExportedWorkspace,
    ExportWorkspace,
    ImportedWorkspace,
    ImportWorkspace,
    ReviewedDefinition,
    ReviewWorkspace,
    WorkspaceReview,
)
from eventmon.gui.context import PanelContext
from eventmon.gui.dialogs.import_workspace import ReviewDialog
from eventmon.gui.models.workspace_review import DOES, HERE, NAME, ReviewedRows
from eventmon.gui.theme.theme import Theme
from eventmon.gui.workspace_commands import WorkspaceCommands
from tests.gui.conftest import Screenshot
from tests.helpers.hostile import HOSTILE_TEXTS
from tests.helpers.scripted_engine import ScriptedEngine

PROD = ReviewedDefinition(
    table="connections",
    name="prod",
    digest="1",
    kind="Redis",
    words="connects to redis://checkout:***@shop.example with the password “prod” of this machine",
    acts=True,
)
AUDIT = ReviewedDefinition(
    table="observers", name="audit", digest="2", kind="File", words="writes to the file /var/log/orders", acts=True
)
PAID = ReviewedDefinition(
    table="observers",
    name="paid",
    digest="3",
    kind="Counter",
    words="counts and sums for orders/#",
    taken=True,
    free_name="paid-2",
)
REFUSED = ReviewedDefinition(
    table="observers", name="refused", digest="4", kind="Counter", words="counts for #", taken=True, same=True
)
FUTURE = ReviewedDefinition(
    table="observers",
    name="future",
    digest="5",
    kind="Observer",
    words="cannot be used",
    acts=True,
    trouble="There is no kind of observer “teleport”. Choose one of counter, file.",
)
KNOWN = ReviewedDefinition(
    table="topics", name="known", digest="6", kind="Topics", words="makes known: refunds/eu, refunds/us"
)
CREATED = ReviewedDefinition(
    table="templates",
    name="EU order",
    digest="7",
    kind="Template",
    words="publishes to orders/created when fired",
    taken=True,
    free_name="EU order-2",
)
THEIRS = [PROD, AUDIT, PAID, REFUSED, FUTURE, KNOWN]
FILE = Path("/home/zoe/team.toml")


class Desk:
    """The commands over a window of their own."""

    def __init__(self, context: PanelContext, window: QMainWindow, loop: asyncio.AbstractEventLoop) -> None:
        self.context, self.window, self.loop = context, window, loop
        self.commands = WorkspaceCommands(context, window)

    def done(self) -> None:
        self.loop.run_until_complete(self.commands.wait())

    def dialog(self) -> ReviewDialog:
        self.done()
        (dialog,) = [each for each in self.window.findChildren(ReviewDialog) if each.isVisible()]
        return dialog

    def box(self) -> str:
        self.done()
        box = self.window.findChild(QMessageBox, "message")
        assert box is not None
        text = box.text()
        box.close()
        return str(text)

    def boxes(self) -> int:
        return len([box for box in self.window.findChildren(QMessageBox, "message") if box.isVisible()])


@pytest.fixture
def desk(context: PanelContext, qtbot: QtBot, loop: asyncio.AbstractEventLoop, engine: ScriptedEngine) -> Desk:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(1000, 600)
    window.show()
    engine.answer(ReviewWorkspace, WorkspaceReview(path=str(FILE), definitions=THEIRS))
    desk = Desk(context, window, loop)
    qtbot.waitUntil(lambda: context.commands.bare_action("workspace.export").isEnabled())
    return desk


def rows_of(dialog: ReviewDialog) -> dict[str, tuple[bool, str]]:
    """Ticks and what stands in the last column, by name."""
    rows = dialog.rows
    found = {}
    for row in range(rows.rowCount()):
        ticked = rows.index(row, NAME).data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
        found[str(rows.index(row, NAME).data())] = (ticked, str(rows.index(row, HERE).data()))
    return found


def tick(dialog: ReviewDialog, name: str) -> None:
    rows = dialog.rows
    (row,) = [row for row in range(rows.rowCount()) if rows.index(row, NAME).data() == name]
    dialog.view.setCurrentIndex(rows.index(row, NAME))
    QTest.keyClick(dialog.view, Qt.Key.Key_Space)


def asked(engine: ScriptedEngine, kind: type) -> list[object]:
    return [request for request in engine.asked if isinstance(request, kind)]


def test_what_acts_outside_is_not_ticked_and_what_is_chosen_is_imported(desk: Desk, engine: ScriptedEngine) -> None:
    engine.answer(ImportWorkspace, ImportedWorkspace(taken=["audit"]))
    desk.commands.look_at(FILE)
    dialog = desk.dialog()
    assert rows_of(dialog) == {
        "prod": (False, "New"),
        "audit": (False, "New"),
        "paid": (True, "Name taken: skipped"),
        "refused": (False, "Same as here"),
        "future": (False, "Cannot be used"),
        "Known topics": (True, "New"),
    }
    assert asked(engine, ImportWorkspace) == []
    tick(dialog, "audit")
    tick(dialog, "Known topics")
    dialog.on_conflict.setCurrentIndex(2)
    assert rows_of(dialog)["paid"] == (True, "Comes as paid-2")
    dialog.take.click()
    desk.done()
    chosen = [
        ChosenDefinition(table="observers", name="audit", digest="2"),
        ChosenDefinition(table="observers", name="paid", digest="3"),
    ]
    assert asked(engine, ImportWorkspace) == [ImportWorkspace(path=str(FILE), chosen=chosen, on_conflict="rename")]
    assert desk.boxes() == 0


def choose(dialog: ReviewDialog, qtbot: QtBot, name: str, text: str, *, by_mouse: bool) -> None:
    rows, view = dialog.rows, dialog.view
    (row,) = [row for row in range(rows.rowCount()) if rows.index(row, NAME).data() == name]
    if by_mouse:
        where = view.visualRect(rows.index(row, HERE)).center()
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    else:
        view.setCurrentIndex(rows.index(row, NAME))
        QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: view.findChild(QMenu, "rowChoice") is not None)
    menu = view.findChild(QMenu, "rowChoice")
    assert menu is not None
    (action,) = [each for each in menu.actions() if each.text() == text]
    action.trigger()
    menu.close()
    qtbot.waitUntil(lambda: view.findChild(QMenu, "rowChoice") is None)


@pytest.mark.qt_log_ignore("This plugin does not support")
@pytest.mark.parametrize("by_mouse", [True, False])
def test_each_taken_name_can_be_decided_for_itself(
    desk: Desk, engine: ScriptedEngine, qtbot: QtBot, by_mouse: bool
) -> None:
    engine.answer(ReviewWorkspace, WorkspaceReview(path=str(FILE), definitions=[PAID, CREATED, REFUSED]))
    engine.answer(ImportWorkspace, ImportedWorkspace(taken=["paid"]))
    desk.commands.look_at(FILE)
    dialog = desk.dialog()
    tick(dialog, "EU order")
    choose(dialog, qtbot, "EU order", "Replace yours", by_mouse=by_mouse)
    dialog.on_conflict.setCurrentIndex(2)
    assert rows_of(dialog) == {
        "paid": (True, "Comes as paid-2"),
        "EU order": (True, "Replaces yours"),
        "refused": (False, "Same as here"),
    }
    dialog.take.click()
    desk.done()
    (request,) = asked(engine, ImportWorkspace)
    assert isinstance(request, ImportWorkspace)
    assert request.on_conflict == "rename"
    assert [(each.name, each.on_conflict) for each in request.chosen] == [("paid", None), ("EU order", "replace")]


def test_a_row_without_conflict_offers_no_choice(desk: Desk) -> None:
    desk.commands.look_at(FILE)
    dialog = desk.dialog()
    dialog.view.offer(dialog.rows.index(0, HERE))
    assert dialog.view.findChild(QMenu, "rowChoice") is None
    dialog.reject()


def test_what_cannot_be_used_cannot_be_ticked(desk: Desk) -> None:
    desk.commands.look_at(FILE)
    dialog = desk.dialog()
    tick(dialog, "future")
    assert rows_of(dialog)["future"][0] is False
    dialog.reject()


def test_the_selected_definition_is_shown_in_full(desk: Desk) -> None:
    desk.commands.look_at(FILE)
    dialog = desk.dialog()
    assert dialog.detail.toPlainText() == (
        "prod: Connects to redis://checkout:***@shop.example with the password “prod” of this machine."
    )
    dialog.view.setCurrentIndex(dialog.rows.index(4, DOES))
    assert "teleport" in dialog.detail.toPlainText()
    dialog.reject()


def test_nothing_is_imported_when_it_is_cancelled_or_nothing_is_ticked(desk: Desk, engine: ScriptedEngine) -> None:
    desk.commands.look_at(FILE)
    dialog = desk.dialog()
    for name in ("paid", "Known topics"):
        tick(dialog, name)
    assert not dialog.take.isEnabled()
    dialog.reject()
    desk.done()
    assert asked(engine, ImportWorkspace) == []


def test_what_was_refused_is_said(desk: Desk, engine: ScriptedEngine) -> None:
    engine.answer(ImportWorkspace, ImportedWorkspace(refused=[f"“{n}” was changed." for n in range(12)]))
    desk.commands.look_at(FILE)
    desk.dialog().take.click()
    said = desk.box().split("\n")
    assert said[0] == "“0” was changed."
    assert said[-1] == "And 4 more."


def test_a_file_that_cannot_be_read_is_said_in_a_box(desk: Desk, engine: ScriptedEngine) -> None:
    engine.answer(ReviewWorkspace, UserError("team.toml: table [observers.paid] has an unknown key “patern”."))
    desk.commands.look_at(FILE)
    assert "[observers.paid]" in desk.box()
    engine.answer(ReviewWorkspace, WorkspaceReview(path=str(FILE), definitions=[]))
    desk.commands.look_at(FILE)
    assert desk.box() == "team.toml holds no definitions."


def test_an_export_says_what_was_written_and_what_was_not(desk: Desk, engine: ScriptedEngine) -> None:
    note = "The password of “prod” is not written: ${PROD_PASSWORD} stands for it."
    engine.answer(ExportWorkspace, ExportedWorkspace(connections=1, observers=2, templates=3, topics=0, notes=[note]))
    desk.commands.export(FILE)
    assert desk.box() == f"team.toml holds 1 connection, 2 observers, 3 templates, 0 choices about topics.\n{note}"
    assert asked(engine, ExportWorkspace) == [ExportWorkspace(path=str(FILE))]


@pytest.mark.parametrize("command", ["workspace.export", "workspace.import"])
def test_the_commands_ask_for_a_file(desk: Desk, command: str) -> None:
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    desk.context.commands.action(command).trigger()
    (dialog,) = desk.window.findChildren(QFileDialog, "workspaceDialog")
    assert dialog.defaultSuffix() == "toml"
    dialog.reject()


def test_what_is_off_is_said_over_the_panels_until_it_is_approved(
    desk: Desk, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    commands = desk.context.commands
    assert desk.commands.bar.isHidden()
    assert not commands.is_bound("workspace.review")
    engine.set(unapproved=2)
    qtbot.waitUntil(desk.commands.bar.isVisible)
    assert desk.commands.strip.text == (
        "2 connections and observers were not made here and are off until you approve them."
    )
    engine.answer(ReviewWorkspace, WorkspaceReview(path=str(FILE), definitions=[PROD, AUDIT]))
    engine.answer(ApproveDefinitions, ImportedWorkspace(taken=["audit"]))
    desk.commands.button.click()
    dialog = desk.dialog()
    assert dialog.rows.ticked == 0
    assert dialog.view.header().isSectionHidden(HERE)
    assert not dialog.on_conflict.isVisible()
    tick(dialog, "audit")
    dialog.take.click()
    desk.done()
    chosen = [ChosenDefinition(table="observers", name="audit", digest="2")]
    assert asked(engine, ApproveDefinitions) == [ApproveDefinitions(chosen=chosen)]
    engine.set(unapproved=1)
    qtbot.waitUntil(lambda: "1 connection or observer" in desk.commands.strip.text)
    engine.set(unapproved=0)
    qtbot.waitUntil(desk.commands.bar.isHidden)
    assert not commands.is_bound("workspace.review")


def test_the_model_keeps_to_what_qt_asks_of_models(theme: Theme, qtbot: QtBot) -> None:
    rows = ReviewedRows(theme, THEIRS)
    QAbstractItemModelTester(rows, QAbstractItemModelTester.FailureReportingMode.Fatal)
    rows.toggle(rows.index(0, 0))
    rows.toggle(QModelIndex())
    rows.set_on_conflict("replace")
    for role in Qt.ItemDataRole:
        for orientation in Qt.Orientation:
            rows.headerData(7, orientation, role)
        rows.data(rows.index(0, 0), role)
        rows.data(QModelIndex(), role)
    ReviewedRows(theme, []).set_on_conflict("rename")


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_a_stranger_s_texts_are_shown_as_they_are(desk: Desk, engine: ScriptedEngine, text: str) -> None:
    hostile = ReviewedDefinition(table="connections", name=text, digest="", kind="Redis", words=text, acts=True)
    engine.answer(ReviewWorkspace, WorkspaceReview(path=str(FILE), definitions=[hostile]))
    desk.commands.look_at(FILE)
    dialog = desk.dialog()
    dialog.grab()
    for column in range(4):
        assert "\n" not in str(dialog.rows.index(0, column).data())
    dialog.reject()


def test_a_target_however_long_can_be_read_to_its_end(desk: Desk, engine: ScriptedEngine) -> None:
    words = "writes to the file /" + "é" * 3_000 + "/" + "shop " * 500 + "end"
    long = ReviewedDefinition(table="observers", name="audit", digest="", kind="File", words=words, acts=True)
    engine.answer(ReviewWorkspace, WorkspaceReview(path=str(FILE), definitions=[long]))
    desk.commands.look_at(FILE)
    dialog = desk.dialog()
    assert dialog.width() == 860
    assert dialog.detail.toPlainText().endswith("end.")
    assert dialog.detail.verticalScrollBar().maximum() > 0
    assert dialog.detail.horizontalScrollBar().maximum() == 0
    dialog.reject()


def test_the_dialog_looks_finished(desk: Desk, save_screenshot: Screenshot) -> None:
    desk.commands.look_at(FILE)
    dialog = desk.dialog()
    for theme in ("light", "dark"):
        desk.context.theme.apply(theme)
        save_screenshot(dialog, f"import-workspace-{theme}")
    dialog.reject()
