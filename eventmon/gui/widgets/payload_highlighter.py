"""Colours JSON in a text view: names, texts, numbers and words, each by its token of the theme.

A line at a time and by pattern, not by grammar: what is cut, broken or not finished is coloured as far as it goes.
"""

from __future__ import annotations

import re
from typing import Final

from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat, QTextDocument

from eventmon.gui.theme.theme import Theme

MOST_CHARACTERS: Final = 1_024
"""Of a line; longer ones are shown without colours from there."""
_OUTSIDE: Final = 0
_INSIDE: Final = 1
"""The line ended inside a text."""
_TOKEN = re.compile(
    r'(?P<string>"(?:[^"\\]++|\\.)*+(?P<end>"?))(?P<name>\s*:)?'
    r"|(?P<number>-?\b\d[\d.eE+-]*)|(?P<word>\b(?:true|false|null|NaN|-?Infinity)\b)"
)
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
"""Characters that Qt counts as two."""
_REST = re.compile(r'(?:[^"\\]++|\\.)*+(?P<end>"?)')


class PayloadHighlighter(QSyntaxHighlighter):
    """Colours the JSON of a document; switched off it leaves the text plain."""

    def __init__(self, theme: Theme, document: QTextDocument) -> None:
        super().__init__(document)
        self._theme = theme
        self._on = True
        self._take_colors()
        theme.changed.connect(self._restyle)

    def set_on(self, on: bool) -> None:
        """Colour what is set from now on, or leave it plain."""
        self._on = on

    def highlightBlock(self, text: str) -> None:
        """Colour one line."""
        if not self._on:
            return
        text = _ASTRAL.sub("xx", text)
        start = self._finish_text(text) if self.previousBlockState() == _INSIDE else 0
        if start < 0:
            return
        self.setCurrentBlockState(_OUTSIDE)
        for token in _TOKEN.finditer(text, start, MOST_CHARACTERS):
            self._color(token)

    def _color(self, token: re.Match[str]) -> None:
        if token["string"] is not None:
            kind = "name" if token["name"] else "string"
            self.setFormat(token.start(), len(token["string"]), self._formats[kind])
            if not token["end"] and token.end() == len(self.currentBlock().text()):
                self.setCurrentBlockState(_INSIDE)
        else:
            self.setFormat(token.start(), token.end() - token.start(), self._formats[str(token.lastgroup)])

    def _finish_text(self, text: str) -> int:
        """Colour the rest of a text that began above; where it ends, -1 when it does not."""
        rest = _REST.match(text)
        end = rest.end() if rest is not None else 0
        self.setFormat(0, end, self._formats["string"])
        if rest is not None and rest["end"]:
            return end
        self.setCurrentBlockState(_INSIDE)
        return -1

    def _take_colors(self) -> None:
        self._formats: dict[str, QTextCharFormat] = {}
        for kind, token in (
            ("name", "json_key"),
            ("string", "json_string"),
            ("number", "json_number"),
            ("word", "json_word"),
        ):
            self._formats[kind] = QTextCharFormat()
            self._formats[kind].setForeground(self._theme.color(token))

    def _restyle(self) -> None:
        self._take_colors()
        self.rehighlight()
