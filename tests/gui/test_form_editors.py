"""Each editor gives back what it was given, tells of the user's changes alone, and never shows a password."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from eventmon.engine.forms import FieldKind, FieldValue, FormField
from eventmon.gui.dialogs.form_editors import (
    KEPT,
    ChoiceEditor,
    FieldEditor,
    ListEditor,
    NumberEditor,
    PathEditor,
    SecretEditor,
    SwitchEditor,
    TextEditor,
    make_editor,
)
from eventmon.gui.theme.theme import Theme
from tests.helpers.hostile import HOSTILE_TEXTS


def field(kind: FieldKind, default: FieldValue = "", **more: object) -> FormField:
    return FormField(name="orders", kind=kind, title="Orders", default=default, **more)  # type: ignore[arg-type]


def heard(editor: FieldEditor) -> list[FieldValue]:
    values: list[FieldValue] = []
    editor.changed.connect(lambda: values.append(editor.value()))
    return values


@pytest.mark.parametrize(
    ("described", "kind", "value"),
    [
        (field("text"), TextEditor, "watcher"),
        (field("number", 6379, minimum=1, maximum=65_535), NumberEditor, 7000),
        (field("number", 200.0), NumberEditor, 0.5),
        (field("switch", False), SwitchEditor, True),
        (field("choice", "plain", choices=("plain", "cloudevents")), ChoiceEditor, "cloudevents"),
        (field("list"), ListEditor, "orders.*,payments.*"),
        (field("secret"), SecretEditor, " hunter 2 "),
        (field("path"), PathEditor, "/var/log/shop/orders.jsonl"),
    ],
)
def test_a_value_comes_back_as_it_was_and_setting_it_is_no_change_of_the_users(
    theme: Theme, qtbot: QtBot, described: FormField, kind: type[FieldEditor], value: FieldValue
) -> None:
    editor = make_editor(described, theme)
    qtbot.addWidget(editor)
    values = heard(editor)
    assert type(editor) is kind
    assert editor.value() == described.default
    editor.set_value(value)
    assert editor.value() == value
    assert type(editor.value()) is type(value)
    assert values == []


def test_what_is_typed_is_told(theme: Theme, qtbot: QtBot) -> None:
    editor = make_editor(field("text"), theme)
    qtbot.addWidget(editor)
    values = heard(editor)
    assert isinstance(editor, TextEditor)
    QTest.keyClicks(editor.line, " ab")
    assert values == ["", "a", "ab"]


def test_an_empty_number_is_the_default_and_letters_do_not_get_in(theme: Theme, qtbot: QtBot) -> None:
    editor = make_editor(field("number", 6379, minimum=1), theme)
    qtbot.addWidget(editor)
    assert isinstance(editor, NumberEditor)
    editor.line.clear()
    assert editor.value() == 6379
    QTest.keyClicks(editor.line, "-7x0.00")
    assert editor.line.text() == "7000"


def test_arrows_step_a_number_within_its_bounds(theme: Theme, qtbot: QtBot) -> None:
    editor = make_editor(field("number", 99, minimum=1, maximum=100), theme)
    qtbot.addWidget(editor)
    assert isinstance(editor, NumberEditor)
    editor.resize(200, editor.sizeHint().height())
    editor.show()
    values = heard(editor)
    up, down = (QPoint(editor.box.width() - 9, y) for y in (7, editor.box.height() - 7))
    for _ in range(3):
        QTest.mouseClick(editor.box, Qt.MouseButton.LeftButton, pos=up)
    assert values == [100]
    QTest.mouseClick(editor.box, Qt.MouseButton.LeftButton, pos=down)
    QTest.keyClick(editor.box, Qt.Key.Key_PageDown)
    QTest.keyClick(editor.box, Qt.Key.Key_Down)
    assert values == [100, 99, 89, 88]
    editor.line.clear()
    QTest.keyClick(editor.box, Qt.Key.Key_Down)
    assert editor.line.text() == "98", "an empty line is the default"


def test_a_number_keeps_what_is_written_when_the_keyboard_leaves(theme: Theme, qtbot: QtBot) -> None:
    editor = make_editor(field("number", 200.0), theme)
    qtbot.addWidget(editor)
    assert isinstance(editor, NumberEditor)
    editor.show()
    editor.setFocus()
    editor.line.clear()
    QTest.keyClicks(editor.box, "0.5")
    editor.clearFocus()
    editor.box.clearFocus()
    assert (editor.line.text(), editor.value()) == ("0.5", 0.5)
    editor.line.clear()
    editor.box.setFocus()
    editor.box.clearFocus()
    assert (editor.line.text(), editor.value()) == ("", 200.0)


def test_the_wheel_changes_no_number(theme: Theme, qtbot: QtBot) -> None:
    editor = make_editor(field("number", 7), theme)
    qtbot.addWidget(editor)
    assert isinstance(editor, NumberEditor)
    middle = QPointF(20, 10)
    turn = QWheelEvent(
        middle, middle, QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(editor.box, turn)
    assert editor.value() == 7


def test_a_list_holds_each_name_once(theme: Theme, qtbot: QtBot) -> None:
    editor = make_editor(field("list"), theme)
    qtbot.addWidget(editor)
    assert isinstance(editor, ListEditor)
    QTest.keyClicks(editor.line, "orders.*, ,payments.*,orders.* ")
    assert editor.value() == "orders.*,payments.*"
    assert editor.items() == ["orders.*", "payments.*"]
    editor.set_items(["audit", "refunds"])
    assert editor.line.text() == "audit, refunds"


def test_a_password_is_never_shown(theme: Theme, qtbot: QtBot) -> None:
    editor = make_editor(field("secret"), theme)
    qtbot.addWidget(editor)
    assert isinstance(editor, SecretEditor)
    editor.set_value("hunter2")
    assert editor.line.echoMode() == QLineEdit.EchoMode.Password
    assert "hunter2" not in editor.line.displayText()


def test_a_stored_password_stays_until_another_is_typed_or_it_is_removed(theme: Theme, qtbot: QtBot) -> None:
    editor = make_editor(field("secret"), theme)
    qtbot.addWidget(editor)
    assert isinstance(editor, SecretEditor)
    editor.keeps = True
    editor.set_value(KEPT)
    assert (editor.value(), editor.line.text(), editor.line.placeholderText()) == (KEPT, "", "Unchanged")
    QTest.keyClicks(editor.line, "new")
    assert editor.value() == "new"
    editor.set_value(KEPT)  # the address shows this for what was typed
    assert editor.value() == "new"
    editor.line.clear()
    assert editor.value() == KEPT
    values = heard(editor)
    (remove,) = editor.line.actions()
    remove.trigger()
    assert values == [""]
    assert editor.line.placeholderText() == ""
    assert not remove.isVisible()


def test_the_placeholder_of_a_password_is_none_where_nothing_is_stored(theme: Theme, qtbot: QtBot) -> None:
    editor = make_editor(field("secret"), theme)
    qtbot.addWidget(editor)
    editor.set_value(KEPT)
    assert editor.value() == ""


def test_a_path_is_made_whole(theme: Theme, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/zoe")
    editor = make_editor(field("path"), theme)
    qtbot.addWidget(editor)
    assert isinstance(editor, PathEditor)
    for typed, whole in (("orders.jsonl", str(tmp_path / "orders.jsonl")), ("~/a.log", "/home/zoe/a.log"), ("-", "-")):
        editor.line.setText(typed)
        assert editor.value() == whole
        assert editor.line.text() == typed


def test_a_file_can_be_browsed_for(theme: Theme, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("/var/log/shop/orders.jsonl", ""))
    editor = make_editor(field("path"), theme)
    qtbot.addWidget(editor)
    assert isinstance(editor, PathEditor)
    values = heard(editor)
    QTest.mouseClick(editor.browse, Qt.MouseButton.LeftButton)
    assert values == ["/var/log/shop/orders.jsonl"]


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
@pytest.mark.parametrize("kind", ["text", "list", "secret", "path"])
def test_hostile_values_are_held_without_harm(theme: Theme, qtbot: QtBot, kind: FieldKind, name: str) -> None:
    editor = make_editor(field(kind), theme)
    qtbot.addWidget(editor)
    editor.set_value(HOSTILE_TEXTS[name])
    editor.value()
    editor.grab()
