"""A template of an observer is written over several lines, its placeholders complete, and its JSON is checked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from eventmon.core.event import Event
from eventmon.engine.observer_forms import observer_forms
from eventmon.gui.dialogs.fields_form import FieldsForm
from eventmon.gui.dialogs.form_template_editor import TemplateEditor
from eventmon.gui.models.template_texts import look_of
from eventmon.gui.theme.theme import Theme
from eventmon.observers.template import Template
from tests.gui.conftest import Screenshot
from tests.helpers.hostile import HOSTILE_TEXTS

PUBLISH = next(form for form in observer_forms() if form.kind == "publish")
MAIL = '{\n  "order": {{data.id}},\n  "to": "{{data.customer.email}}"\n}'


@pytest.fixture
def form(theme: Theme, qtbot: QtBot) -> FieldsForm:
    form = FieldsForm(theme, PUBLISH.fields)
    qtbot.addWidget(form)
    qtbot.addWidget(form.rest)
    form.resize(500, 400)
    form.show()
    form.activateWindow()
    qtbot.waitActive(form)
    return form


@pytest.fixture
def editor(form: FieldsForm) -> TemplateEditor:
    found = form.findChild(TemplateEditor)
    assert found is not None
    found.editor.setFocus()
    found.editor.selectAll()
    return found


@pytest.mark.parametrize(
    ("text", "says", "tone", "position"),
    [
        ("{{data}}", "Sends the payload as it is", "text3", -1),
        ("", "Sends no data", "text3", -1),
        ("order {{data.id}} on {{topic}}", "Sent as text", "text3", -1),
        ("{{topic}}: {{data.id}}", "Sent as text", "text3", -1),
        (MAIL, "Valid JSON", "ok", -1),
        ("[{{data}}, {{seq}}]", "Valid JSON", "ok", -1),
        (
            '{\n  "order" {{data.id}}\n}',
            "Sent as text, for it is no JSON. Line 2, column 11: expected a colon after the name.",
            "error",
            12,
        ),
        ('{"a": 5{{seq}}}', "Sent as text, for it is no JSON. Line 1, column 8: ", "error", 7),
        ('{"order": {{id}}}', "Data: there is no placeholder {{id}}.", "error", -1),
    ],
)
def test_what_a_template_sends_is_said(text: str, says: str, tone: str, position: int) -> None:
    look = look_of(text, "Data")
    assert look.sentence.startswith(says)
    assert (look.tone, look.position) == (tone, position)


@given(st.text(st.sampled_from('{}[]":,1 nul\n') | st.characters(codec="utf-8"), max_size=40))
def test_the_check_agrees_with_what_is_sent(text: str) -> None:
    look = look_of(text, "Data")
    if look.tone == "error" and look.position < 0:
        return  # a placeholder that is not known: it cannot be attached at all
    template = Template(text, "Data")
    assert len(template.filled) == len(text)
    assert (look.tone == "ok") == (template.is_json and not template.takes_data and bool(text.strip()))
    if template.is_json and not template.takes_data and "{{" not in text:
        assert template.render(Event(topic="orders", data=b"{}")) == text


def test_several_lines_are_typed_and_given_as_they_are(editor: TemplateEditor, form: FieldsForm, qtbot: QtBot) -> None:
    changed: list[str] = []
    form.changed.connect(changed.append)
    QTest.keyClicks(editor.editor, '{"order":')
    QTest.keyClick(editor.editor, Qt.Key.Key_Return)
    QTest.keyClicks(editor.editor, " 7}")
    qtbot.waitUntil(lambda: editor.state.text == "Valid JSON")
    assert form.values()["data"] == '{"order":\n 7}'
    assert set(changed) == {"data"}
    assert editor.editor.document().blockCount() == 2


def test_a_mistake_is_marked_at_its_place(editor: TemplateEditor, qtbot: QtBot) -> None:
    QTest.keyClicks(editor.editor, '{"order" 7}')
    qtbot.waitUntil(lambda: "Line 1, column 10" in editor.state.text)
    assert editor.editor.marked == 9
    editor.set_value(MAIL)
    assert (editor.state.text, editor.editor.marked) == ("Valid JSON", -1)


def test_showing_a_value_is_no_change_of_the_user(editor: TemplateEditor, form: FieldsForm) -> None:
    changed: list[str] = []
    form.changed.connect(changed.append)
    form.set_values({"topic": "mail/out", "data": MAIL})
    assert form.values()["data"] == MAIL
    assert changed == []


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_two_braces_open_the_list_and_enter_takes_from_it(editor: TemplateEditor, qtbot: QtBot) -> None:
    QTest.keyClicks(editor.editor, '{"at": "{{t')
    popup = editor.completion.completer.popup()
    assert popup is not None
    qtbot.waitUntil(popup.isVisible)
    QTest.keyClicks(editor.editor, "im")
    QTest.keyClick(popup, Qt.Key.Key_Return)
    assert not popup.isVisible()
    QTest.keyClicks(editor.editor, '"}')
    assert editor.value() == '{"at": "{{time}}"}'


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_list_goes_away_when_nothing_fits(editor: TemplateEditor, qtbot: QtBot) -> None:
    QTest.keyClicks(editor.editor, "{{")
    popup = editor.completion.completer.popup()
    assert popup is not None
    qtbot.waitUntil(popup.isVisible)
    QTest.keyClicks(editor.editor, "x")
    assert not popup.isVisible()
    assert editor.value() == "{{x"


def test_a_placeholder_is_chosen_from_the_menu(editor: TemplateEditor) -> None:
    editor.editor.clear()
    menu = editor.menu()
    titles = [action.text() for action in menu.actions()]
    assert titles == list(PUBLISH.fields[1].placeholders)
    assert "{{data.total}}" in titles
    menu.actions()[titles.index("{{seq}}")].trigger()
    menu.close()
    assert editor.value() == "{{seq}}"
    assert editor.editor.hasFocus()


def test_tab_leaves_the_editor(editor: TemplateEditor) -> None:
    QTest.keyClick(editor.editor, Qt.Key.Key_Tab)
    assert not editor.editor.hasFocus()
    assert editor.value() == "{{data}}"
    assert editor.editor.accessibleName() == "Data"


@pytest.mark.parametrize("name", sorted(HOSTILE_TEXTS))
def test_hostile_templates_are_shown_and_checked_as_they_are(editor: TemplateEditor, name: str) -> None:
    editor.set_value(HOSTILE_TEXTS[name])
    editor.check()
    editor.set_value("{{" + HOSTILE_TEXTS[name] + "}}")
    editor.grab()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_it_is_drawn_in_both_themes(
    editor: TemplateEditor, form: FieldsForm, theme: Theme, save_screenshot: Screenshot, mode: str
) -> None:
    theme.apply("dark" if mode == "dark" else "light")
    form.set_values({"topic": "mail/out", "data": MAIL.replace(":", "", 1)})
    QApplication.processEvents()
    save_screenshot(form, f"template_{mode}")
    assert editor.editor.height() >= 6 * editor.editor.fontMetrics().lineSpacing()
