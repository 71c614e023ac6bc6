"""Two versions of one observer side by side, to choose from: the own, which came too late, and that of the hub."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from eventmon.engine.requests import HubVersions
from eventmon.gui.dialogs.frame import INSET, FramedDialog
from eventmon.gui.formatting import one_line
from eventmon.gui.models.hub_texts import Difference, differences
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.plain_list import RowDelegate
from eventmon.gui.widgets.plain_text import PlainLabel, tooltip_markup

FIELD, MINE, THEIRS = range(3)
TEXT_LIMIT: Final = 400


def _tr(text: str) -> str:
    return QCoreApplication.translate("Hub", text)


class ConflictDialog(FramedDialog):
    """Shows both versions; what differs is marked.

    Attributes:
        chosen: the user has decided: True for the own version.
    """

    chosen = Signal(bool)

    def __init__(self, theme: Theme, versions: HubVersions, parent: QWidget | None = None) -> None:
        super().__init__(_tr("Compare versions"), parent)
        self.setObjectName("conflictDialog")
        self.resize(720, 320)
        self._theme = theme
        head = PlainLabel(one_line(versions.conflict.sentence, TEXT_LIMIT), self)
        head.setWordWrap(True)
        self.rows = self._table(versions)
        self.content.setContentsMargins(0, INSET - 8, 0, 8)
        self.content.setSpacing(8)
        self.add(head)
        self.content.addWidget(self.rows, 1)
        self.later = self.add_button(_tr("Decide later"))
        self.theirs = self.add_button(_theirs_verb(versions))
        self.mine = self.add_button(_tr("Remove it") if versions.mine is None else _tr("Use mine"))
        self.later.clicked.connect(self.reject)
        self.theirs.clicked.connect(lambda: self._choose(False))
        self.mine.clicked.connect(lambda: self._choose(True))
        self.rows.setFocus()

    def _choose(self, mine: bool) -> None:
        self.chosen.emit(mine)
        self.accept()

    def _table(self, versions: HubVersions) -> QTreeWidget:
        table = QTreeWidget(self)
        table.setObjectName("conflictRows")
        table.setAccessibleName(_tr("Both versions"))
        table.setRootIsDecorated(False)
        table.setIndentation(0)
        table.setUniformRowHeights(True)
        table.setItemDelegate(RowDelegate(table))
        table.setHeaderLabels([_tr("Setting"), _tr("Mine"), _theirs_title(versions)])
        table.addTopLevelItems([self._row(each) for each in differences(versions.mine, versions.theirs)])
        header = table.header()
        header.setSectionsMovable(False)
        header.setHighlightSections(False)
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(FIELD, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(FIELD, 18 * table.fontMetrics().averageCharWidth())
        return table

    def _row(self, difference: Difference) -> QTreeWidgetItem:
        texts = [difference.field, difference.mine, difference.theirs]
        item = QTreeWidgetItem([one_line(text, TEXT_LIMIT) for text in texts])
        item.setForeground(FIELD, self._theme.color("text2"))
        for column in (MINE, THEIRS):
            item.setData(column, Qt.ItemDataRole.ToolTipRole, tooltip_markup(one_line(texts[column], 4 * TEXT_LIMIT)))
            if difference.differs:
                font = item.font(column)
                font.setWeight(QFont.Weight.DemiBold)
                item.setFont(column, font)
            else:
                item.setForeground(column, self._theme.color("text2"))
            item.setTextAlignment(column, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return item


def _theirs_title(versions: HubVersions) -> str:
    if versions.theirs is None:
        return _tr("In the hub")
    return _tr("In the hub, by {host}").format(host=one_line(versions.by, 60))


def _theirs_verb(versions: HubVersions) -> str:
    return _tr("Leave it removed") if versions.theirs is None else _tr("Keep theirs")
