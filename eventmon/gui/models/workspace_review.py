"""The definitions of a workspace file as rows with a tick each; what acts outside is ticked by nobody but the user."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QIcon

from eventmon.engine.requests import ChosenDefinition, OnConflict, ReviewedDefinition
from eventmon.gui.formatting import one_line
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.plain_text import tooltip_markup

NAME, KIND, DOES, HERE = range(4)
ICON: Final = 16
NAME_LIMIT: Final = 200
TEXT_LIMIT: Final = 1_000
TOPICS: Final = "topics"
NOT_RECORDED: Final = "not_recorded"

Index = QModelIndex | QPersistentModelIndex
_NONE: Final = QModelIndex()


def _tr(text: str) -> str:
    return QCoreApplication.translate("Review", text)


class ReviewedRows(QAbstractTableModel):
    """One row a definition, in the order of the file."""

    def __init__(self, theme: Theme, definitions: Sequence[ReviewedDefinition], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows = list(definitions)
        self._on_conflict: OnConflict = "skip"
        self._own: dict[int, OnConflict] = {}
        self._ticked = [not (each.acts or each.same or each.trouble) for each in self._rows]

    @property
    def ticked(self) -> int:
        """How many are ticked."""
        return sum(self._ticked)

    @property
    def conflicts(self) -> int:
        """How many have a name that something else has here."""
        return sum(map(_is_conflict, self._rows))

    def chosen(self) -> list[ChosenDefinition]:
        """What is ticked, as it was looked at."""
        return [
            ChosenDefinition(table=each.table, name=each.name, digest=each.digest, on_conflict=self._own.get(row))
            for row, (each, ticked) in enumerate(zip(self._rows, self._ticked, strict=True))
            if ticked
        ]

    def set_on_conflict(self, on_conflict: OnConflict) -> None:
        """Say in the rows what happens where a name is taken, apart from those with a choice of their own."""
        self._on_conflict = on_conflict
        if self._rows:
            self.dataChanged.emit(self.index(0, HERE), self.index(len(self._rows) - 1, HERE))

    def choices(self, index: Index) -> list[tuple[OnConflict, str]]:
        """What can become of a row whose name is taken, in words; nothing for another row."""
        if not index.isValid() or not _is_conflict(self._rows[index.row()]):
            return []
        renamed = _tr("Import as {name}").format(name=one_line(self._rows[index.row()].free_name, NAME_LIMIT))
        return [("skip", _tr("Skip it")), ("replace", _tr("Replace yours")), ("rename", renamed)]

    def choice(self, index: Index) -> OnConflict:
        """What will become of a row whose name is taken."""
        return self._own.get(index.row(), self._on_conflict)

    def choose(self, index: Index, on_conflict: OnConflict) -> None:
        """Decide on one row for itself; what is to come in is ticked by that."""
        self._own[index.row()] = on_conflict
        self._ticked[index.row()] |= on_conflict != "skip"
        self.dataChanged.emit(self.index(index.row(), NAME), self.index(index.row(), HERE))

    def toggle(self, index: Index) -> None:
        """Tick a row, or take its tick away; one that cannot be used stays as it is."""
        if index.isValid() and not self._rows[index.row()].trouble:
            self._ticked[index.row()] = not self._ticked[index.row()]
            self.dataChanged.emit(self.index(index.row(), NAME), self.index(index.row(), HERE))

    def details(self, index: Index) -> str:
        """Everything about a row, in full."""
        if not index.isValid():
            return ""
        each = self._rows[index.row()]
        said = _tr("{name}: {does}.").format(name=self._name(each), does=_does(each))
        return " ".join(filter(None, (said, each.trouble)))

    def _name(self, each: ReviewedDefinition) -> str:
        if each.table != TOPICS:
            return each.name
        return _tr("Topics not recorded") if each.name == NOT_RECORDED else _tr("Known topics")

    def _here(self, index: Index) -> str:
        each = self._rows[index.row()]
        if each.trouble:
            return _tr("Cannot be used")
        if each.same:
            return _tr("Same as here")
        if not each.taken:
            return _tr("New")
        outcomes = {
            "skip": _tr("Name taken: skipped"),
            "replace": _tr("Replaces yours"),
            "rename": _tr("Comes as {name}").format(name=one_line(each.free_name, NAME_LIMIT)),
        }
        return outcomes[self.choice(index)]

    def _text(self, index: Index) -> str:
        each, column = self._rows[index.row()], index.column()
        if column == NAME:
            return one_line(self._name(each), NAME_LIMIT)
        if column == DOES:
            return one_line(_does(each), TEXT_LIMIT)
        return each.kind if column == KIND else self._here(index)

    def _icon(self, index: Index) -> QIcon | None:
        each = self._rows[index.row()]
        if index.column() == NAME and each.trouble:
            return self._theme.icon("circle-alert", "error", ICON)
        if index.column() == HERE and _is_conflict(each):
            return self._theme.icon("chevron-down", "text2", ICON)
        return None

    # ── QAbstractTableModel ──────────────────────────────────────────────────────────────────────────────────────

    def rowCount(self, parent: Index = _NONE) -> int:
        """Definitions."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NONE) -> int:
        """Name, kind, what it does, how it stands to what is here."""
        return 0 if parent.isValid() else 4

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Outside text, on one line; what cannot be used has no box."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        each = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(index)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip_markup(self.details(index))
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == NAME and not each.trouble:
            return Qt.CheckState.Checked if self._ticked[index.row()] else Qt.CheckState.Unchecked
        return self._icon(index) if role == Qt.ItemDataRole.DecorationRole else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles of the columns."""
        if orientation != Qt.Orientation.Horizontal or not NAME <= section <= HERE:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return (_tr("Name"), _tr("Kind"), _tr("What it does"), _tr("Here"))[section]
        return None


def _is_conflict(each: ReviewedDefinition) -> bool:
    return each.taken and not each.same and not each.trouble


def _does(each: ReviewedDefinition) -> str:
    return each.words[:1].upper() + each.words[1:]
