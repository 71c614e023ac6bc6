"""Outside text is shown as it is, everywhere: through the plain-text widgets alone, and whatever it holds."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from eventmon.gui.widgets.plain_text import PlainLabel, breakable, message, plain_tooltip, tooltip_markup
from tests.helpers.hostile import HOSTILE_TEXTS

GUI = Path(__file__).resolve().parents[2] / "eventmon" / "gui"
READS_MARKUP = {
    "QLabel",
    "QMessageBox",
    "QTextEdit",
    "QTextBrowser",
    "QTextDocument",
    "QStaticText",
    "QErrorMessage",
    "QProgressDialog",
    "QInputDialog",
    "QWhatsThis",
    "QToolTip",
    "QSplashScreen",
    "QWizardPage",
}
SETS_MARKUP = {"setToolTip", "setWhatsThis", "setHtml", "setInformativeText", "appendHtml", "insertHtml", "setMarkdown"}


def uses_of_markup(source: str) -> list[str]:
    """Names in a source that would show text as markup."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            owner = getattr(called.value, "id", "") if isinstance(called, ast.Attribute) else ""
            found += [each for each in (name, owner) if each in READS_MARKUP | SETS_MARKUP]
        elif isinstance(node, ast.ClassDef):
            found += [base.id for base in node.bases if isinstance(base, ast.Name) and base.id in READS_MARKUP]
    return found


@pytest.mark.parametrize("path", sorted(GUI.rglob("*.py")), ids=lambda path: str(path.relative_to(GUI)))
def test_no_module_shows_text_by_itself(path: Path) -> None:
    if path.name == "plain_text.py":
        return
    assert uses_of_markup(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "QLabel('x')",
        "QMessageBox.warning(w, t, x)",
        "widget.setToolTip(x)",
        "class Note(QLabel): pass",
        "view.setHtml(x)",
    ],
)
def test_the_check_sees_a_direct_use(source: str) -> None:
    assert uses_of_markup(source)


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
@pytest.mark.parametrize("elide", [Qt.TextElideMode.ElideNone, Qt.TextElideMode.ElideRight])
def test_a_label_shows_any_text_as_it_is(qtbot: QtBot, name: str, elide: Qt.TextElideMode) -> None:
    label = PlainLabel(HOSTILE_TEXTS[name], elide=elide)
    qtbot.addWidget(label)
    label.resize(200, 40)
    label.grab()
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert len(label.text()) <= 12_000


def test_markup_stays_text(qtbot: QtBot) -> None:
    label = PlainLabel(HOSTILE_TEXTS["image_markup"])
    qtbot.addWidget(label)
    assert label.text() == '<img src="file:///dev/zero">'


def test_a_label_cannot_be_talked_into_markup(qtbot: QtBot) -> None:
    label = PlainLabel("paid")
    qtbot.addWidget(label)
    label.setTextFormat(Qt.TextFormat.RichText)
    assert label.textFormat() == Qt.TextFormat.PlainText


def test_an_eliding_label_gives_way_and_knows_it_is_cut(qtbot: QtBot) -> None:
    label = PlainLabel("prod/orders/eu/created", elide=Qt.TextElideMode.ElideRight)
    qtbot.addWidget(label)
    label.resize(label.sizeHint())
    assert not label.is_cut()
    label.resize(40, 20)
    label.grab()
    assert label.is_cut()
    assert label.minimumSizeHint().width() < 40
    assert label.text() == "prod/orders/eu/created"


def test_a_wrapped_label_breaks_a_word_that_no_line_could_hold(qtbot: QtBot) -> None:
    word = "orders" * 3_000
    label = PlainLabel(word)
    qtbot.addWidget(label)
    label.setWordWrap(True)
    label.setText(f"The topic {word} is too long.")
    assert label.minimumSizeHint().width() < 200
    assert label.heightForWidth(300) > 10 * label.fontMetrics().height()
    assert label.text().startswith("The topic ordersorders"), "the marks are nobody's business"


def test_words_of_usual_length_are_left_alone(qtbot: QtBot) -> None:
    assert breakable("prod/orders/eu/created is not valid.") == "prod/orders/eu/created is not valid."


def test_what_can_be_copied_holds_no_marks(qtbot: QtBot) -> None:
    label = PlainLabel()
    qtbot.addWidget(label)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setWordWrap(True)
    label.setText("/home/maria/" + "sessions/" * 8)
    label.setSelection(0, len(label.text()))
    assert label.selectedText() == "/home/maria/" + "sessions/" * 8


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_a_tooltip_holds_no_markup_but_its_own(qtbot: QtBot, name: str) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    plain_tooltip(widget, HOSTILE_TEXTS[name])
    shown = widget.toolTip()
    inner = shown.removeprefix("<qt>").removesuffix("</qt>").replace("<br>", "")
    assert "<" not in inner
    assert len(shown) < 20_000


def test_an_empty_tooltip_is_none() -> None:
    assert tooltip_markup("") == ""


@pytest.mark.parametrize("name", ["image_markup", "nested_tables", "nul", "lone_surrogate", "long_word"])
def test_a_message_shows_any_text_as_it_is(qtbot: QtBot, name: str) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    box = message(parent, HOSTILE_TEXTS[name], HOSTILE_TEXTS[name], severity="warning")
    assert isinstance(box, QMessageBox)
    assert box.textFormat() == Qt.TextFormat.PlainText
    assert len(box.text()) <= 12_000
    box.close()
