"""Colours for what is being written: JSON by its words, placeholders as hints. One pass over a line that changed."""

from __future__ import annotations

import re

from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat, QTextDocument

from eventmon.engine.placeholders import find_placeholders
from eventmon.gui.theme.theme import Theme

MAX_LETTERS = 4_096
"""Of a line; what lies behind keeps the colour of plain text."""

_WORDS = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*"(?=\s*:))|(?P<string>"(?:[^"\\]|\\.)*"?)'
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<word>\b(?:true|false|null)\b)"
)
_TOKENS = {"key": "json_key", "string": "json_string", "number": "json_number", "word": "json_word"}


class PublishHighlighter(QSyntaxHighlighter):
    """Colours the document of the editor."""

    def __init__(self, theme: Theme, document: QTextDocument) -> None:
        super().__init__(document)
        self._theme = theme
        self._json = True
        self._formats: dict[str, QTextCharFormat] = {}
        self._placeholder = QTextCharFormat()
        theme.changed.connect(self._restyle)
        self._take_colors()

    def set_json(self, json: bool) -> None:
        """Whether the text is JSON; placeholders are coloured in either case."""
        if json != self._json:
            self._json = json
            self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """Colour one line."""
        head = text[:MAX_LETTERS]
        if self._json:
            for found in _WORDS.finditer(head):
                self._paint(head, found.start(), found.end(), self._formats[found.lastgroup or "word"])
        if "{{" in head:
            for span in find_placeholders(head):
                self._paint(head, span.start, span.end, self._placeholder)

    def _paint(self, text: str, start: int, end: int, look: QTextCharFormat) -> None:
        """Qt counts UTF-16 units."""
        if text.isascii():
            self.setFormat(start, end - start, look)
        else:
            first = units(text[:start])
            self.setFormat(first, units(text[start:end]), look)

    def _take_colors(self) -> None:
        theme = self._theme
        for name, token in _TOKENS.items():
            look = QTextCharFormat()
            look.setForeground(theme.color(token))
            self._formats[name] = look
        self._placeholder = QTextCharFormat()
        self._placeholder.setForeground(theme.color("info"))
        self._placeholder.setBackground(theme.color("info_bg"))

    def _restyle(self) -> None:
        self._take_colors()
        self.rehighlight()


def units(text: str) -> int:
    """How many UTF-16 units a text has: what Qt counts positions in."""
    return len(text) + sum(letter > "\uffff" for letter in text) if not text.isascii() else len(text)
