"""The tree of topics: Qt's tree view with rows painted whole, one call a row.

Painting through ``data()`` and a delegate a cell took three times the budget of a frame. Selection, keyboard,
scrolling and assistive tools stay those of ``QTreeView``.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QCursor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from eventmon.gui.models.topic_indexes import COLUMNS
from eventmon.gui.models.topic_model import TopicModel
from eventmon.gui.models.topic_tree import TopicNode
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.topic_row_painter import TopicRowPainter

INDENT = 12
ROW = 24


class _RowHeight(QStyledItemDelegate):
    """Says how high a row is; it paints nothing, the view paints rows whole."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, max(ROW, option.fontMetrics.height() + 8))


class TopicTreeView(QTreeView):
    """Shows a ``TopicModel``.

    Attributes:
        typed: text typed while the tree has the keyboard: it wants to search.
        opened: a topic was double-clicked or Enter pressed (its node).
        markClicked: an icon behind the name of the topic that is selected now was clicked (its name).
    """

    typed = Signal(str)
    opened = Signal(object)
    markClicked = Signal(str)

    def __init__(self, theme: Theme, painter: TopicRowPainter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topicTree")
        self.setAccessibleName(self.tr("Topics"))
        self._theme = theme
        self._rows = painter
        self._hovered: TopicNode | None = None
        self.setItemDelegate(_RowHeight(self))
        self.setUniformRowHeights(True)
        self.setIndentation(INDENT)
        self.setAllColumnsShowFocus(True)
        self.setExpandsOnDoubleClick(False)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.doubleClicked.connect(self._open)
        self._prepare_header()

    def dataChanged(
        self,
        topLeft: QModelIndex | QPersistentModelIndex,
        bottomRight: QModelIndex | QPersistentModelIndex,
        roles: Sequence[int] = (),
    ) -> None:
        """Paint anew. Qt would ask the model dozens of questions about each level, all of whose rows are as high."""
        if QAccessible.isActive():
            super().dataChanged(topLeft, bottomRight, roles)
        else:
            self.viewport().update()

    def topics(self) -> TopicModel:
        """The model shown."""
        model = self.model()
        assert isinstance(model, TopicModel)
        return model

    def current_node(self) -> TopicNode | None:
        """The selected topic."""
        return self.topics().node(self.currentIndex())

    def visible_nodes(self) -> list[TopicNode]:
        """The topics in view, from top to bottom."""
        nodes = []
        index, bottom = self.indexAt(QPoint(1, 0)), self.viewport().height()
        while index.isValid() and self.visualRect(index).top() < bottom:
            node = self.topics().node(index)
            if node is not None:
                nodes.append(node)
            index = self.indexBelow(index)
        return nodes

    def hold(self) -> tuple[TopicNode, int] | None:
        """Note the row that must not move while others come and go: the one under the pointer, else the first."""
        place = self.viewport().mapFromGlobal(QCursor.pos())
        inside = self.viewport().underMouse() and self.viewport().rect().contains(place)
        index = self.indexAt(QPoint(1, place.y())) if inside else QModelIndex()
        index = index if index.isValid() else self.indexAt(QPoint(1, 0))
        node = self.topics().node(index)
        return (node, self.visualRect(index).top()) if node is not None else None

    def let_go(self, held: tuple[TopicNode, int] | None) -> None:
        """Scroll so that the row noted stands where it stood."""
        index = self.topics().index_of(held[0]) if held is not None else QModelIndex()
        if held is not None and index.isValid():
            bar = self.verticalScrollBar()
            if moved := self.visualRect(index).top() - held[1]:
                bar.setValue(bar.value() + moved)

    def turn_page(self) -> None:
        """When the row that stands for further topics is in view, put the next of them in its place."""
        index = self.indexAt(QPoint(1, self.viewport().height() - 1))
        for _ in range(2):
            node = self.topics().node(index)
            if node is not None and self.topics().rows.hidden(node):
                self.topics().show_next_page(node)
                return
            index = self.indexAbove(index) if index.isValid() else self._last_index()

    def _last_index(self) -> QModelIndex:
        """The last row of the tree as it is open now."""
        index = self.topics().index(self.topics().rowCount() - 1, 0)
        while index.isValid() and self.isExpanded(index) and self.topics().rowCount(index):
            index = self.topics().index(self.topics().rowCount(index) - 1, 0, index)
        return index

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Read what is the same for all rows once, then paint."""
        header = self.header()
        columns = [
            (column, header.sectionViewportPosition(column), header.sectionSize(column))
            for column in range(COLUMNS)
            if not header.isSectionHidden(column)
        ]
        self._rows.begin(self, columns, self.current_node(), self._hovered)
        super().paintEvent(event)
        if self._rows.behind:
            self.viewport().update()

    def drawRow(
        self, painter: QPainter, options: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one row whole."""
        node = self.topics().node(index)
        if node is not None:
            area: QRect = options.rect
            self._rows.paint(painter, area, node, expanded=self.isExpanded(self.topics().index_of(node)))

    # Mouse and keyboard

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Icons behind a name are switches."""
        super().mouseReleaseEvent(event)
        place = event.position().toPoint()
        node = self.topics().node(self.indexAt(place))
        if event.button() == Qt.MouseButton.LeftButton and node is not None and node is self.current_node():
            mark = self._rows.mark_at(node, place.x())
            if mark:
                self.markClicked.emit(mark)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tint the row under the pointer."""
        super().mouseMoveEvent(event)
        self._hover(self.topics().node(self.indexAt(event.position().toPoint())))

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer now."""
        super().leaveEvent(event)
        self._hover(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """What is under the pointer changes with scrolling."""
        super().wheelEvent(event)
        self._hover(self.topics().node(self.indexAt(event.position().toPoint())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, letters search, the rest is the tree's."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.currentIndex().isValid():
                self._open(self.currentIndex())
            return
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        text = event.text()
        if plain and text.strip() and text.isprintable() and text not in "+-":
            self.typed.emit(text)
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Typing goes to the find field instead."""
        self.typed.emit(search)

    def _open(self, index: QModelIndex) -> None:
        node = self.topics().node(index)
        if node is not None:
            self.opened.emit(node)

    def _hover(self, node: TopicNode | None) -> None:
        if node is self._hovered:
            return
        for changed in (self._hovered, node):
            if changed is not None:
                rect = self.visualRect(self.topics().index_of(changed))
                self.viewport().update(0, rect.y(), self.viewport().width(), rect.height())
        self._hovered = node

    def _prepare_header(self) -> None:
        header = self.header()
        header.setObjectName("topicHeader")
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.setSectionsClickable(True)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(24)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
