"""Outside text on a terminal: control characters, escapes and bidirectional marks are shown, never obeyed."""

from __future__ import annotations

import unicodedata

CELL_CHARACTERS = 512
_CELLS_OF_WIDE = {"W": 2, "F": 2}


def shown(text: str, limit: int = CELL_CHARACTERS) -> str:
    """The text on one line, harmless; beyond ``limit`` characters it ends in an ellipsis."""
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    if cut.isprintable():
        return cut
    return "".join(character if character.isprintable() else _escape(character) for character in cut)


def _escape(character: str) -> str:
    """The escape that Python would write for it."""
    return character.encode("unicode_escape").decode("ascii")


def width(text: str) -> int:
    """Terminal cells that printable text takes: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(character) else _CELLS_OF_WIDE.get(unicodedata.east_asian_width(character), 1)
        for character in text
    )


def padded(text: str, cells: int) -> str:
    """The text with blanks up to a width in cells."""
    return text + " " * (cells - width(text))
