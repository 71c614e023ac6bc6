"""A page of a payload as rows of bytes: where they stand, their values, and the letters they would be.

Rows are made of the bytes when they are painted, so any number of them costs nothing until it is in sight.
"""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, Qt

AnyIndex = QModelIndex | QPersistentModelIndex

OFFSET: Final = 0
BYTES: Final = 1
LETTERS: Final = 2
WIDE: Final = 16
NARROW: Final = 8
_NO_INDEX: Final = QModelIndex()
_PRINTABLE: Final = "".join(chr(code) if 0x20 <= code < 0x7F else "·" for code in range(256))


def hex_row(data: bytes, width: int) -> str:
    """Bytes as two digits each, a wider gap in the middle of a wide row."""
    half = width // 2 if width > NARROW else width
    left, right = data[:half].hex(" "), data[half:width].hex(" ")
    return f"{left}  {right}" if right else left


def letters(data: bytes) -> str:
    """ASCII letters, a dot for every other byte."""
    return "".join(map(_PRINTABLE.__getitem__, data))


class EventHexModel(QAbstractTableModel):
    """Rows of one page; ``offset`` says where in the payload the page begins."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._data = b""
        self._offset = 0
        self._size = 0
        self._width = WIDE

    @property
    def width(self) -> int:
        """Bytes of a row."""
        return self._width

    @property
    def digits(self) -> int:
        """Digits of the offsets: as many as the payload needs."""
        return max(4, len(f"{max(self._size - 1, 0):x}"))

    def show_bytes(self, data: bytes, offset: int, size: int) -> None:
        """Show a page of a payload of that size."""
        self.beginResetModel()
        self._data, self._offset, self._size = data, offset, size
        self.endResetModel()

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
        return hex_row(data, self._width) if column == BYTES else letters(data)

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
        return QCoreApplication.translate("EventHex", titles[section])
