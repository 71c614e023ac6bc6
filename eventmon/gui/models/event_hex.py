"""A page of a payload as rows of bytes: where they stand, their values, and the letters they would be.

Rows are made of the bytes when they are painted, so any number of them costs nothing until it is in sight.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, Qt

from eventmon.core.secret_names import SecretSpan
from eventmon.gui.models.event_text import PayloadPage
from eventmon.gui.widgets.plain_text import tooltip_markup

AnyIndex = QModelIndex | QPersistentModelIndex

OFFSET: Final = 0
BYTES: Final = 1
LETTERS: Final = 2
WIDE: Final = 16
NARROW: Final = 8
_NO_INDEX: Final = QModelIndex()
HIDDEN_DIGITS: Final = "••"
HIDDEN_LETTER: Final = "•"
_PRINTABLE: Final = "".join(chr(code) if 0x20 <= code < 0x7F else "·" for code in range(256))


def _tr(text: str) -> str:
    return QCoreApplication.translate("EventHex", text)


def hex_row(data: bytes, width: int) -> str:
    """Bytes as two digits each, a wider gap in the middle of a wide row."""
    half = width // 2 if width > NARROW else width
    left, right = data[:half].hex(" "), data[half:width].hex(" ")
    return f"{left}  {right}" if right else left


def letters(data: bytes) -> str:
    """ASCII letters, a dot for every other byte."""
    return "".join(map(_PRINTABLE.__getitem__, data))


def digits_with_hidden(data: bytes, secrets: Sequence[SecretSpan]) -> str:
    """Two digits a byte, marks in the place of those that are hidden."""
    digits = data.hex(" ").split(" ") if data else []
    for span in secrets:
        hidden = min(span.end, len(digits)) - span.start
        digits[span.start : span.end] = [HIDDEN_DIGITS] * hidden
    return " ".join(digits)


def byte_at(column: int, character: int, width: int) -> int:
    """Which byte of a row a character of its digits or letters belongs to."""
    if column == LETTERS:
        return character
    return (character - 1 if width > NARROW and character >= 3 * width // 2 else character) // 3


class EventHexModel(QAbstractTableModel):
    """Rows of one page; ``offset`` says where in the payload the page begins. Secrets are hidden until revealed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._page: PayloadPage | None = None
        self._data = b""
        self._offset = 0
        self._size = 0
        self._width = WIDE
        self._secrets: list[SecretSpan] = []
        self._revealed = False

    @property
    def width(self) -> int:
        """Bytes of a row."""
        return self._width

    @property
    def digits(self) -> int:
        """Digits of the offsets: as many as the payload needs."""
        return max(4, len(f"{max(self._size - 1, 0):x}"))

    def shows(self, page: PayloadPage) -> bool:
        """Whether this very page is shown."""
        return page is self._page

    def show_page(self, page: PayloadPage, *, revealed: bool) -> None:
        """Show a page of a payload."""
        self.beginResetModel()
        self._page = page
        self._data, self._offset, self._size = page.shown, page.offset, page.size
        self._secrets, self._revealed = page.secrets, revealed
        self.endResetModel()

    def set_revealed(self, revealed: bool) -> None:
        """Show secrets, or hide them."""
        if revealed != self._revealed:
            self._revealed = revealed
            if self.rowCount():
                self.dataChanged.emit(self.index(0, OFFSET), self.index(self.rowCount() - 1, LETTERS))

    def hides(self, row: int, byte: int | None = None) -> bool:
        """Whether a byte of a row is hidden now, or any of its bytes."""
        return any(byte is None or span.start <= byte < span.end for span in self._hidden_in(row))

    def set_width(self, width: int) -> None:
        """Show so many bytes a row."""
        if width != self._width:
            self.beginResetModel()
            self._width = width
            self.endResetModel()

    def text(self, row: int, column: int) -> str:
        """The text of a cell."""
        data = self._data[row * self._width : (row + 1) * self._width]
        if column == OFFSET:
            return f"{self._offset + row * self._width:0{self.digits}x}"
        hidden = self._hidden_in(row)
        if not hidden:
            return hex_row(data, self._width) if column == BYTES else letters(data)
        return self._text_with_hidden(data, hidden, column)

    def line(self, row: int) -> str:
        """A row as one line for the clipboard."""
        full = 3 * self._width
        return f"{self.text(row, OFFSET)}  {self.text(row, BYTES):<{full}} {self.text(row, LETTERS)}"

    def rowCount(self, parent: AnyIndex = _NO_INDEX) -> int:
        """Rows of the page."""
        return 0 if parent.isValid() else -(-len(self._data) // self._width)

    def columnCount(self, parent: AnyIndex = _NO_INDEX) -> int:
        """Offset, bytes, letters."""
        return 0 if parent.isValid() else 3

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a cell."""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole) and index.isValid():
            return self.text(index.row(), index.column())
        if role == Qt.ItemDataRole.ToolTipRole and index.column() != OFFSET and self.hides(index.row()):
            return tooltip_markup(_tr("A secret is hidden here. Click it to show it."))
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The titles."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole or section > LETTERS:
            return None
        titles = ("At", "Bytes", "ASCII")
        return _tr(titles[section])

    def _hidden_in(self, row: int) -> list[SecretSpan]:
        """What is hidden of a row, counted from its beginning."""
        if self._revealed:
            return []
        start = row * self._width
        end = start + self._width
        first = bisect_right(self._secrets, start, key=lambda span: span.end)
        found = []
        for span in self._secrets[first : first + self._width]:
            if span.start < end:
                found.append(SecretSpan(max(span.start - start, 0), min(span.end - start, self._width), span.mask))
        return found

    def _text_with_hidden(self, data: bytes, hidden: list[SecretSpan], column: int) -> str:
        if column == LETTERS:
            shown = list(letters(data))
            for span in hidden:
                end = min(span.end, len(shown))
                shown[span.start : end] = HIDDEN_LETTER * (end - span.start)
            return "".join(shown)
        digits = digits_with_hidden(data, hidden)
        half = 3 * self._width // 2
        return f"{digits[:half]} {digits[half:]}" if self._width > NARROW and len(digits) > half else digits
