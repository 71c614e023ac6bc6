"""The small lists of dialogs: rows as high as in the panels, texts under their headers, whole rows selected."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTreeWidget, QWidget

ROW_HEIGHT = 24
INSET = 8
FIRST_INSET = 12
ITEM_MARGIN = 3
"""What the style itself leaves beside an item's text."""

Index = QModelIndex | QPersistentModelIndex


class RowDelegate(QStyledItemDelegate):
    """Shifts cells under their header's text; the selection fills the whole row, without a frame round one cell."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Never lower than a row of the panels."""
        hint = super().sizeHint(option, index)
        return QSize(hint.width() + 2 * INSET, max(ROW_HEIGHT, option.fontMetrics.height() + 8))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The cell without a focus frame."""
        if option.state & QStyle.StateFlag.State_Selected:
            active = option.state & QStyle.StateFlag.State_Active
            group = QPalette.ColorGroup.Active if active else QPalette.ColorGroup.Inactive
            painter.fillRect(option.rect, option.palette.brush(group, QPalette.ColorRole.Highlight))
        left = (FIRST_INSET if index.column() == 0 else INSET) - ITEM_MARGIN
        option.rect = option.rect.adjusted(left, 0, -(INSET - ITEM_MARGIN), 0)
        option.state &= ~QStyle.StateFlag.State_HasFocus
        super().paint(painter, option, index)


class PlainList(QTreeWidget):
    """A list with columns. One column may stretch; the others are as wide as they need."""

    def __init__(self, columns: Sequence[str], *, stretch: int, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setHeaderLabels(list(columns))
        self.setAccessibleName(name)
        self.setItemDelegate(RowDelegate(self))
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setUniformRowHeights(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.setHighlightSections(False)

    def align_right(self, column: int) -> None:
        """Numbers stand at the right, and so does their header."""
        self.headerItem().setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
