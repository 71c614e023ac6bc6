"""Dialogs say what is: the shortcuts of the table, the versions inside, the problems as they came."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from eventmon.engine.frame import Problem
from eventmon.gui.context import PanelContext
from eventmon.gui.dialogs.about import AboutDialog
from eventmon.gui.dialogs.problems import ProblemsDialog
from eventmon.gui.dialogs.shortcuts import ShortcutsDialog
from eventmon.gui.problem_list import ProblemList
from tests.gui.conftest import Screenshot
from tests.helpers.hostile import HOSTILE_TEXTS
from tests.helpers.scripted_engine import TAKEN


@pytest.fixture
def problems(context: PanelContext) -> ProblemList:
    return ProblemList(context.bridge)


def problem(number: int, text: str, **fields: object) -> Problem:
    known: dict[str, object] = {"severity": "error", "where": "shop", "at": TAKEN + number, "count": 1}
    return Problem(id=number, text=text, **(known | fields))  # type: ignore[arg-type]


def test_the_shortcuts_are_those_of_the_bound_commands(context: PanelContext, qtbot: QtBot) -> None:
    context.commands.bind("log.pause", lambda _paused: None)
    dialog = ShortcutsDialog(context.theme, context.commands)
    qtbot.addWidget(dialog)
    group = dialog.tree.topLevelItem(0)
    assert dialog.tree.topLevelItemCount() == 1
    assert group is not None
    row = group.child(0)
    assert row is not None
    assert [row.text(column) for column in range(3)] == ["Pause", "Ctrl+P", "everywhere"]


def test_a_shortcut_is_found_by_name_or_key(context: PanelContext, qtbot: QtBot) -> None:
    for command in ("log.pause", "log.clear_view", "help.shortcuts"):
        context.commands.bind(command, lambda *_: None)
    dialog = ShortcutsDialog(context.theme, context.commands)
    qtbot.addWidget(dialog)

    def found(text: str) -> list[str]:
        dialog.search.setText(text)
        groups = [dialog.tree.topLevelItem(number) for number in range(dialog.tree.topLevelItemCount())]
        rows = [group.child(number) for group in groups if group for number in range(group.childCount())]
        return [row.text(0) for row in rows if row is not None and not row.isHidden()]

    assert found("clear") == ["Clear view"]
    assert found("f1") == ["Keyboard shortcuts"]
    assert found("nothing like it") == []
    assert len(found("")) == 3


def test_about_names_versions_and_licences(context: PanelContext, qtbot: QtBot) -> None:
    dialog = AboutDialog(context.theme)
    qtbot.addWidget(dialog)
    assert "Qt 6." in dialog.versions()
    dialog.copy_versions()
    assert "PySide6_Essentials 6." in QGuiApplication.clipboard().text()


def test_about_shows_the_text_of_the_chosen_licence(context: PanelContext, qtbot: QtBot) -> None:
    dialog = AboutDialog(context.theme)
    qtbot.addWidget(dialog)
    for part, sign in (("click", "Redistribution and use"), ("Lucide icons", "ISC License")):
        dialog.list.setCurrentItem(dialog.list.findItems(part, Qt.MatchFlag.MatchExactly)[0])
        assert sign in dialog.text.toPlainText()


def test_problems_are_listed_newest_first(context: PanelContext, problems: ProblemList, qtbot: QtBot) -> None:
    context.bridge.problemRaised.emit(
        [problem(1, "The name was not found."), problem(2, "The disk is full.", severity="warning", count=3)]
    )
    dialog = ProblemsDialog(context.theme, problems, utc=True)
    qtbot.addWidget(dialog)
    first = dialog.tree.topLevelItem(0)
    assert first is not None
    assert [first.text(column) for column in range(5)] == ["Warning", "14:07:28.123", "shop", "The disk is full.", "3"]
    assert dialog.detail.toPlainText() == "The disk is full."


def test_the_selected_problem_stays_selected_when_others_come(
    context: PanelContext, problems: ProblemList, qtbot: QtBot
) -> None:
    context.bridge.problemRaised.emit([problem(1, "The name was not found."), problem(2, "The disk is full.")])
    dialog = ProblemsDialog(context.theme, problems)
    qtbot.addWidget(dialog)
    second = dialog.tree.topLevelItem(1)
    assert second is not None
    dialog.tree.setCurrentItem(second)
    context.bridge.problemRaised.emit([problem(3, "The topic is too long.")])
    assert dialog.tree.topLevelItemCount() == 3
    assert dialog.detail.toPlainText() == "The name was not found."


def test_no_problems_says_so(context: PanelContext, problems: ProblemList, qtbot: QtBot) -> None:
    dialog = ProblemsDialog(context.theme, problems)
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.tree.isVisible()
    context.bridge.problemRaised.emit([problem(1, "The name was not found.")])
    assert dialog.tree.isVisible()


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_hostile_problems_are_shown_and_copied_as_they_are(
    context: PanelContext, problems: ProblemList, qtbot: QtBot, name: str
) -> None:
    context.bridge.problemRaised.emit([problem(1, HOSTILE_TEXTS[name], where=HOSTILE_TEXTS[name])])
    dialog = ProblemsDialog(context.theme, problems)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.grab()
    dialog.copy_all()
    assert "\n" not in QGuiApplication.clipboard().text()
    assert len(dialog.detail.toPlainText()) < 20_000


def test_a_problem_of_one_word_widens_nothing(context: PanelContext, problems: ProblemList, qtbot: QtBot) -> None:
    context.bridge.problemRaised.emit([problem(1, "x" * 20_000, where="y" * 20_000)])
    dialog = ProblemsDialog(context.theme, problems)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.width() == 720
    assert dialog.detail.horizontalScrollBar().maximum() == 0
    assert dialog.detail.verticalScrollBar().maximum() > 0


def test_every_dialog_looks_finished(
    context: PanelContext, problems: ProblemList, qtbot: QtBot, save_screenshot: Screenshot
) -> None:
    context.commands.bind("log.pause", lambda _paused: None)
    context.bridge.problemRaised.emit([problem(1, "The name was not found. Check the spelling.")])
    dialogs: dict[str, QDialog] = {
        "about": AboutDialog(context.theme),
        "shortcuts": ShortcutsDialog(context.theme, context.commands),
        "problems": ProblemsDialog(context.theme, problems),
    }
    for name, dialog in dialogs.items():
        qtbot.addWidget(dialog)
        dialog.show()
        assert save_screenshot(dialog, f"dialog-{name}").is_file()
        assert dialog.windowTitle()
        defaults = [button for button in dialog.findChildren(QPushButton) if button.isDefault()]
        assert len(defaults) == 1
        for field in dialog.findChildren(QLineEdit):
            assert field.accessibleName()
