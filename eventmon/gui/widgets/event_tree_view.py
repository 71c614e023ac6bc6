"""A tree of fields and values: keyboard, selection and scrolling are Qt's, rows are painted whole.

Which fields are open is remembered by path, so that it survives the next event, whatever its topic.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from eventmon.gui.models.event_fields import FieldNode, Path, path_text
from eventmon.gui.models.event_json import JsonValue
from eventmon.gui.models.event_open import OpenPaths
from eventmon.gui.models.event_tree import VALUE, EventTreeModel
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.event_columns import EventColumns
from eventmon.gui.widgets.event_row_painter import INDENT, EventRowPainter, RowState

Index = QModelIndex | QPersistentModelIndex


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
        self._chosen: Path = ()
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
        self.columns = EventColumns(self)
        self.selectionModel().currentChanged.connect(self._note_choice)
        self.expanded.connect(lambda index: self._note(index, True))
        self.collapsed.connect(lambda index: self._note(index, False))
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_value(self, value: JsonValue) -> None:
        """Show another value; what was open, chosen and in sight is so again where it exists."""
        self._keeping_place(lambda: self._model.show_value(value))

    def set_revealed(self, revealed: bool) -> None:
        """Show secrets, or hide them."""
        if revealed != self._model.texts.revealed:
            self._keeping_place(lambda: self._model.set_revealed(revealed))

    def _keeping_place(self, change: Callable[[], None]) -> None:
        scrolled = self.verticalScrollBar().value()
        self._restoring = True
        try:
            change()
            for node in self._open.wanted(self._model):
                self.expand(self._model.index_of(node))
            chosen = self._model.find_shown(self._chosen)
            if chosen is not None:
                self.setCurrentIndex(self._model.index_of(chosen))
            self.verticalScrollBar().setValue(scrolled)
        finally:
            self._restoring = False

    def current_node(self) -> FieldNode | None:
        """The field chosen."""
        return self._model.node(self.currentIndex()) if self.currentIndex().isValid() else None

    def copy_value(self) -> None:
        """Put the value of the field chosen on the clipboard."""
        node = self.current_node()
        if node is not None:
            QGuiApplication.clipboard().setText(storable(self._model.texts.copy_text(node)))

    def copy_path(self) -> None:
        """Put the path of the field chosen on the clipboard."""
        node = self.current_node()
        if node is not None:
            QGuiApplication.clipboard().setText(storable(path_text(node.path())))

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
        self.columns.apply()

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

    # ── what is open and chosen ──────────────────────────────────────────────────────────────────────────────────

    def _note_choice(self, index: QModelIndex) -> None:
        """The field chosen is chosen again in the next event that has it, also after others that have not."""
        chosen = self.selectionModel().isSelected(index)  # Qt goes to the first row with the focus, choosing nothing
        if chosen and not self._restoring:
            self._chosen = self._model.node(index).path()

    def _note(self, index: QModelIndex, opened: bool) -> None:
        if not self._restoring:
            self._open.note(self._model.node(index), opened)

    def _restyle(self) -> None:
        self.painter_of_rows.restyle()
        self.header().setFixedHeight(max(24, QFontMetrics(self._theme.body).height() + 8))
        self.header().setFont(self._theme.body)
        self.scheduleDelayedItemsLayout()
        self.viewport().update()


def storable(text: str) -> str:
    """Without halves of surrogate pairs, which would empty the clipboard."""
    return text.encode(errors="replace").decode()
