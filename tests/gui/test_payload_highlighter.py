"""JSON is coloured token by token, also what is broken or goes on in the next line; colours follow the theme."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from pytestqt.qtbot import QtBot

from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.payload_highlighter import MOST_CHARACTERS, PayloadHighlighter
from tests.helpers.hostile import HOSTILE_TEXTS


class Page:
    """A text view with the highlighter on it."""

    def __init__(self, theme: Theme, qtbot: QtBot) -> None:
        self.theme = theme
        self.edit = QPlainTextEdit()
        qtbot.addWidget(self.edit)
        self.highlighter = PayloadHighlighter(theme, self.edit.document())

    def tokens(self, text: str) -> dict[str, str]:
        """Each coloured piece of a text with the token of its colour."""
        self.edit.setPlainText(text)
        QApplication.processEvents()
        names = {self.theme.color(f"json_{kind}").name(): kind for kind in ("string", "word", "number", "key")}
        found: dict[str, str] = {}
        block = self.edit.document().begin()
        while block.isValid():
            line = block.text().encode("utf-16-le", "surrogatepass")
            for piece in block.layout().formats():
                part = line[2 * piece.start : 2 * (piece.start + piece.length)].decode("utf-16-le", "replace")
                found[part] = names[piece.format.foreground().color().name()]
            block = block.next()
        return found


@pytest.fixture
def page(theme: Theme, qtbot: QtBot) -> Page:
    return Page(theme, qtbot)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ('{"order": "48348"}', {'"order"': "key", '"48348"': "string"}),
        ('{"total":-12.50e3}', {'"total"': "key", "-12.50e3": "number"}),
        ("[true, null, NaN, x1]", {"true": "word", "null": "word", "NaN": "word"}),
        (r'["say \"paid\": yes"]', {r'"say \"paid\": yes"': "string"}),
        ('["😀", 7]', {'"😀"': "string", "7": "number"}),
        ('{"cut": "in the\nmiddle", "n": 1}', {'"cut"': "key", '"in the': "string", 'middle"': "string"}),
        ("refund of order", {}),
    ],
)
def test_tokens_have_their_colours(page: Page, text: str, tokens: dict[str, str]) -> None:
    found = page.tokens(text)
    assert tokens.items() <= found.items()
    assert bool(found) == bool(tokens)


def test_a_text_over_several_lines_ends_where_it_ends(page: Page) -> None:
    assert page.tokens('["a\nb\nc", 5]') == {'"a': "string", "b": "string", 'c"': "string", "5": "number"}


def test_colours_follow_the_theme(page: Page) -> None:
    light = page.tokens('{"order": 1}')
    before = page.theme.color("json_number").name()
    page.theme.apply("dark")
    assert page.theme.color("json_number").name() != before
    assert page.tokens('{"order": 1}') == light


def test_what_is_no_json_may_be_left_plain(page: Page) -> None:
    page.highlighter.set_on(False)
    assert page.tokens('{"order": 1}') == {}


def test_a_very_long_line_is_coloured_at_its_beginning(page: Page) -> None:
    assert sum(map(len, page.tokens("1 " * MOST_CHARACTERS))) <= MOST_CHARACTERS


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_any_text_can_be_coloured(page: Page, name: str) -> None:
    text = HOSTILE_TEXTS[name].replace("\x00", "")
    page.tokens(text)
    page.tokens(f'{{"{text}": "{text}')
