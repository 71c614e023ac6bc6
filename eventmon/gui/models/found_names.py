"""The names that browsing found, with a tick each: bounded, findable, in the order the user sees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, Qt

from eventmon.engine.requests import FoundName
from eventmon.gui.formatting import one_line
from eventmon.gui.widgets.plain_text import tooltip_markup

NAME, KIND, NOTE = range(3)
MOST: Final = 10_000
"""Names kept; nobody ticks their way through more."""
TEXT_LIMIT: Final = 300

Index = QModelIndex | QPersistentModelIndex
_NONE: Final = QModelIndex()


def _tr(text: str) -> str:
    return QCoreApplication.translate("Browse", text)


class FoundNames(QAbstractTableModel):
    """Found names by (field, item).

    ``lists`` gives what the form had and what was ticked: a name that is in the form and was not found stays there,
    because it may be a pattern, or a channel nobody listens to now.
    """

    def __init__(self, fields: Mapping[str, tuple[str, list[str]]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._titles = {field: title for field, (title, _) in fields.items()}
        self._ticked: dict[str, dict[str, None]] = {field: dict.fromkeys(items) for field, (_, items) in fields.items()}
        self._known: dict[tuple[str, str], FoundName] = {}
        self._shown: list[FoundName] = []
        self._sought = ""

    @property
    def full(self) -> bool:
        """Whether no more names are taken."""
        return len(self._known) >= MOST

    @property
    def found(self) -> int:
        """How many names were found."""
        return len(self._known)

    def ticked(self) -> int:
        """How many of the found names are ticked."""
        return sum(1 for field, item in self._known if item in self._ticked[field])

    def lists(self) -> dict[str, list[str]]:
        """The names of each field, in the order they were put there."""
        return {field: list(items) for field, items in self._ticked.items()}

    def take(self, found: Iterable[FoundName]) -> None:
        """Add names, each once, as many as there is room for."""
        fresh: list[FoundName] = []
        for one in found:
            key = (one.field, one.item)
            if key not in self._known and one.field in self._titles and not self.full:
                self._known[key] = one
                fresh.append(one)
        shown = [one for one in fresh if self._matches(one)]
        if shown:
            self.beginInsertRows(_NONE, len(self._shown), len(self._shown) + len(shown) - 1)
            self._shown += shown
            self.endInsertRows()

    def find(self, text: str) -> None:
        """Show the names alone that hold a text; the others stay ticked as they are."""
        self._sought = text.casefold().strip()
        self._show([one for one in self._known.values() if self._matches(one)])

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Put the rows in order."""
        self._known = dict(
            sorted(
                self._known.items(),
                key=lambda entry: (self._text(entry[1], column).casefold(), entry[0][1]),
                reverse=order == Qt.SortOrder.DescendingOrder,
            )
        )
        self.find(self._sought)

    def toggle(self, index: Index) -> None:
        """Tick a row, or take its tick away."""
        if not index.isValid():
            return
        one = self._shown[index.row()]
        items = self._ticked[one.field]
        if one.item in items:
            del items[one.item]
        else:
            items[one.item] = None
        self.dataChanged.emit(self.index(index.row(), NAME), self.index(index.row(), NOTE))

    def _show(self, shown: list[FoundName]) -> None:
        self.beginResetModel()
        self._shown = shown
        self.endResetModel()

    def _matches(self, one: FoundName) -> bool:
        return not self._sought or self._sought in one.item.casefold()

    def _text(self, one: FoundName, column: int) -> str:
        return (one.item, self._titles[one.field], one.note)[column]

    # ── QAbstractTableModel ──────────────────────────────────────────────────────────────────────────────────────

    def rowCount(self, parent: Index = _NONE) -> int:
        """Names shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _NONE) -> int:
        """Name, kind, note."""
        return 0 if parent.isValid() else 3

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Outside text, on one line."""
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        one = self._shown[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return one_line(self._text(one, index.column()), TEXT_LIMIT)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip_markup(self._text(one, index.column()))
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == NAME:
            return Qt.CheckState.Checked if one.item in self._ticked[one.field] else Qt.CheckState.Unchecked
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles of the columns."""
        if orientation != Qt.Orientation.Horizontal or not NAME <= section <= NOTE:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return (_tr("Name"), _tr("Kind"), _tr("Note"))[section]
        return None
