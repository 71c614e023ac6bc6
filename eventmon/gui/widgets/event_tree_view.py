"""A tree of fields and values: keyboard, selection and scrolling are Qt's, rows are painted whole.

Which fields are open is remembered by path, so that it survives the next event, whatever its topic.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from eventmon.gui.models.event_fields import FieldNode, path_text
from eventmon.gui.models.event_json import JsonValue
from eventmon.gui.models.event_open import OpenPaths
from eventmon.gui.models.event_tree import FIELD, VALUE, EventTreeModel
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.event_row_painter import INDENT, EventRowPainter, RowState

Index = QModelIndex | QPersistentModelIndex

NAME_SHARE = 0.42
LEAST_SHARE, MOST_SHARE = 0.15, 0.85
LEAST_NAME = 48


class _RowHeight(QStyledItemDelegate):
    """Says how high a row is; the view paints rows whole."""

    def __init__(self, height: Callable[[], int], parent: QWidget) -> None:
        super().__init__(parent)
        self._height = height

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, self._height())


class EventTreeView(QTreeView):
    """Shows the fields of a value.

    Attributes:
        revealAsked: a hidden value was clicked or opened: show it.
    """

    revealAsked = Signal()

    def __init__(self, theme: Theme, model: EventTreeModel, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model
        self._open = OpenPaths()
        self._restoring = False
        self._hovered = -1
        self._share = NAME_SHARE
        self.painter_of_rows = EventRowPainter(theme, lambda: model.texts)
        self.setModel(model)
        self.setAccessibleName(name)
        self.setItemDelegate(_RowHeight(lambda: self.painter_of_rows.row_height, self))
        self.setUniformRowHeights(True)
        self.setIndentation(INDENT)
        self.setAllColumnsShowFocus(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._prepare_header()
        self.expanded.connect(lambda index: self._note(index, True))
        self.collapsed.connect(lambda index: self._note(index, False))
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def name_share(self) -> float:
        """How much of the width the names have."""
        return self._share

    def set_name_share(self, share: float) -> None:
        """Give the names that much of the width."""
        self._share = min(max(share, LEAST_SHARE), MOST_SHARE)
        self._share_width()

    def show_value(self, value: JsonValue) -> None:
        """Show another value; what was open, chosen and in sight is so again where it exists."""
        current = self._model.node(self.currentIndex()).path()
        scrolled = self.verticalScrollBar().value()
        self._restoring = True
        try:
            self._model.show_value(value)
            for node in self._open.wanted(self._model):
                self.expand(self._model.index_of(node))
            chosen = self._model.find_shown(current)
            if chosen is not None:
                self.setCurrentIndex(self._model.index_of(chosen))
            self.verticalScrollBar().setValue(scrolled)
        finally:
            self._restoring = False

    def set_revealed(self, revealed: bool) -> None:
        """Show secrets, or hide them."""
        self._model.set_revealed(revealed)

    def current_node(self) -> FieldNode | None:
        """The field chosen."""
        return self._model.node(self.currentIndex()) if self.currentIndex().isValid() else None

    def copy_value(self) -> None:
        """Put the value of the field chosen on the clipboard."""
        node = self.current_node()
        if node is not None:
            QGuiApplication.clipboard().setText(_storable(self._model.texts.copy_text(node)))

    def copy_path(self) -> None:
        """Put the path of the field chosen on the clipboard."""
        node = self.current_node()
        if node is not None:
            QGuiApplication.clipboard().setText(_storable(path_text(node.path())))

    # ── painting ─────────────────────────────────────────────────────────────────────────────────────────────────

    def drawRow(self, painter: QPainter, options: QStyleOptionViewItem, index: Index) -> None:
        """Paint one field."""
        node = self._model.node(index)
        line: QRect = options.rect
        state = RowState(
            area=QRect(0, line.top(), self.viewport().width(), line.height()),
            value_left=self.header().sectionViewportPosition(VALUE),
            depth=len(node.path()) - 1,
            opens=self._model.hasChildren(self._model.index_of(node)),
            expanded=self.isExpanded(self._model.index_of(node)),
            current=node is self.current_node(),
            hovered=node.number == self._hovered,
            focused=self.hasFocus(),
        )
        self.painter_of_rows.paint(painter, node, state)

    def drawBranches(self, painter: QPainter, rect: QRect, index: Index) -> None:
        """The row is painted whole."""

    # ── mouse and keyboard ───────────────────────────────────────────────────────────────────────────────────────

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on a hidden value shows it, one on the last row of a page the next page."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.isValid():
            node = self._model.node(index)
            if node.hidden or (index.column() == VALUE and self._model.texts.is_masked(node)):
                self._take(node)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter shows what is hidden, or opens and closes."""
        node = self.current_node()
        if node is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            if not self._take(node):
                self.setExpanded(self.currentIndex(), not self.isExpanded(self.currentIndex()))
            return
        super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tint the row under the pointer."""
        super().mouseMoveEvent(event)
        index = self.indexAt(event.position().toPoint())
        self._hover(self._model.node(index).number if index.isValid() else -1)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer now."""
        super().leaveEvent(event)
        self._hover(-1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width anew."""
        super().resizeEvent(event)
        self._share_width()

    def _take(self, node: FieldNode) -> bool:
        """Show the next page, or ask to reveal; whether there was something to do."""
        if node.hidden:
            self._model.show_more(node)
            return True
        if self._model.texts.is_masked(node):
            self.revealAsked.emit()
            return True
        return False

    def _hover(self, number: int) -> None:
        if number != self._hovered:
            self._hovered = number
            self.viewport().update()

    # ── what is open, and how wide ───────────────────────────────────────────────────────────────────────────────

    def _note(self, index: QModelIndex, opened: bool) -> None:
        if not self._restoring:
            self._open.note(self._model.node(index), opened)

    def _prepare_header(self) -> None:
        header = self.header()
        header.setSectionsMovable(False)
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setMinimumSectionSize(LEAST_NAME)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.sectionResized.connect(self._resized)

    def _resized(self, section: int, _before: int, width: int) -> None:
        room = self.viewport().width()
        if section == FIELD and QGuiApplication.mouseButtons() and room:
            self._share = min(max(width / room, LEAST_SHARE), MOST_SHARE)

    def _share_width(self) -> None:
        self.header().resizeSection(FIELD, max(LEAST_NAME, round(self.viewport().width() * self._share)))

    def _restyle(self) -> None:
        self.painter_of_rows.restyle()
        self.header().setFixedHeight(max(24, QFontMetrics(self._theme.body).height() + 8))
        self.header().setFont(self._theme.body)
        self.scheduleDelayedItemsLayout()
        self.viewport().update()


def _storable(text: str) -> str:
    """Without halves of surrogate pairs, which would empty the clipboard."""
    return text.encode(errors="replace").decode()
