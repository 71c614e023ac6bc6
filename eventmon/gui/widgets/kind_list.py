"""The list at the left of a dialog: what kind of thing it is about, each with its icon."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from eventmon.engine.resources import has_icon
from eventmon.gui.theme.theme import Theme

NARROWEST, WIDEST = 184, 260
ROW = 36
INSET = 8
ICON = 16
RADIUS = 5
TAKEN = 2 * 8 + 36 + 12
"""Width that is not the title's."""
SPARE_ICON = "plug"
_ICON_NAME = Qt.ItemDataRole.UserRole + 1
_SENTENCE = Qt.ItemDataRole.UserRole + 2

Index = QModelIndex | QPersistentModelIndex


class _KindDelegate(QStyledItemDelegate):
    """A rounded row with icon and title, and perhaps a sentence under it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All rows alike."""
        height = option.fontMetrics.height()
        return QSize(0, max(ROW, (2 * height + 14) if index.data(_SENTENCE) else height + 16))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Ground, icon, title."""
        theme, area = self._theme, option.rect.adjusted(0, 2, 0, -2)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen or hovered:
            painter.setPen(theme.color("accent") if focused else Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("selected" if chosen else "hover"))
            painter.drawRoundedRect(area.toRectF().adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        token = "text" if chosen else "text2"
        icon = theme.pixmap(str(index.data(_ICON_NAME)), token, ICON, painter.device().devicePixelRatioF())
        place = QRect(area.left() + 36, area.top(), area.width() - 44, area.height())
        sentence, top = str(index.data(_SENTENCE) or ""), area.top() + (area.height() - ICON) // 2
        title_font = QFont(theme.body)
        if sentence:
            place.setHeight(area.height() // 2)
            place.adjust(0, 2, 0, 2)
            top = place.center().y() - ICON // 2 + 1
            title_font.setWeight(QFont.Weight.Medium)
            self._paint_text(painter, place.translated(0, place.height() - 3), sentence, theme.small, "text2")
        painter.drawPixmap(area.left() + 10, top, icon)
        self._paint_text(painter, place, str(index.data()), title_font, "text")
        painter.restore()

    def _paint_text(self, painter: QPainter, place: QRect, text: str, font: QFont, token: str) -> None:
        painter.setPen(self._theme.color(token))
        painter.setFont(font)
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)


class KindList(QListWidget):
    """Kinds by (key, icon, title), perhaps with a sentence by key; one is chosen at a time, by mouse or arrow keys."""

    def __init__(
        self,
        theme: Theme,
        kinds: Sequence[tuple[str, str, str]],
        name: str,
        sentences: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName("kindList")
        self.setAccessibleName(name)
        self.setItemDelegate(_KindDelegate(theme, self))
        said = sentences or {}
        small = QFontMetrics(theme.small)
        widths = [self.fontMetrics().horizontalAdvance(title) for _, _, title in kinds]
        widest = max((*widths, *map(small.horizontalAdvance, said.values())), default=0)
        self.setFixedWidth(max(NARROWEST, min(WIDEST, widest + TAKEN)))
        self.setViewportMargins(INSET, INSET, INSET, INSET)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for key, icon, title in kinds:
            item = QListWidgetItem(title, self)
            item.setData(Qt.ItemDataRole.UserRole, key)
            item.setData(_ICON_NAME, icon if has_icon(icon) else SPARE_ICON)
            item.setData(_SENTENCE, said.get(key, ""))
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, said.get(key, ""))

    def choose(self, key: str) -> None:
        """Show a kind as chosen."""
        for row in range(self.count()):
            if self.item(row).data(Qt.ItemDataRole.UserRole) == key:
                self.setCurrentRow(row)

    def chosen(self) -> str:
        """The kind chosen; empty when there is none."""
        return str(self.item(self.currentRow()).data(Qt.ItemDataRole.UserRole)) if self.currentRow() >= 0 else ""
