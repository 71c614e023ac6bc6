"""What a panel shows when it has nothing: an icon, a title, one sentence and at most one button, centred."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QAction, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.action_button import ActionButton
from eventmon.gui.widgets.plain_text import PlainLabel

WIDTH = 280
LEAST_WIDTH = 96
INSET = 12
ICON_SIZE = 24
_WRAPPED = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)


def balanced_size(text: str, metrics: QFontMetrics, room: int) -> QSize:
    """The narrowest space in which a text takes no more lines than in all the room: no word stands alone below."""

    def bounds(width: int) -> QRect:
        return metrics.boundingRect(QRect(0, 0, width, 1), _WRAPPED, text)

    high = bounds(room).height()
    if bounds(room).width() > room:
        return QSize(room, high)
    narrow, wide = 0, room
    while narrow + 1 < wide:
        middle = (narrow + wide) // 2
        found = bounds(middle)
        if found.height() <= high and found.width() <= middle:
            wide = middle
        else:
            narrow = middle
    return QSize(min(wide + 1, room), high)  # one for what rounding takes


class CentredPage(QWidget):
    """An icon, a title and a sentence, whose lines are broken anew for each width; whoever is one lays them out."""

    def __init__(self, theme: Theme, icon: str, title: str, sentence: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon_name = icon
        self._icon = PlainLabel(parent=self)
        self._title = PlainLabel(title, self)
        self._sentence = PlainLabel(sentence, self)
        self._sentence.setProperty("tone", "text2")
        for label in (self._icon, self._title, self._sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(label is not self._icon)
        theme.changed.connect(self._restyle)

    def minimumSizeHint(self) -> QSize:
        """As narrow as any panel: the lines are broken to fit."""
        return QSize(LEAST_WIDTH, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines anew."""
        super().resizeEvent(event)
        self._balance()

    def _balance(self) -> None:
        room = min(WIDTH * self._theme.text_percent // 100, self.width() - 2 * INSET)
        if room > 0:
            for label in (self._title, self._sentence):
                label.setFixedSize(balanced_size(label.text(), label.fontMetrics(), room))

    def _restyle(self) -> None:
        self._icon.setPixmap(self._theme.pixmap(self._icon_name, "text3", ICON_SIZE, self.devicePixelRatioF()))
        self._title.setFont(self._theme.title)
        self._sentence.setFont(self._theme.body)
        self._balance()


class EmptyState(CentredPage):
    """A calm page that says why there is nothing to see, and what would change that."""

    def __init__(
        self,
        theme: Theme,
        icon: str,
        title: str,
        sentence: str,
        action: QAction | None = None,
        *,
        button: QPushButton | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, icon, title, sentence, parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(INSET, INSET, INSET, INSET)
        layout.setSpacing(4)
        layout.addStretch(1)
        layout.addWidget(self._icon)
        for label in (self._title, self._sentence):
            layout.addWidget(label, 0, Qt.AlignmentFlag.AlignHCenter)
        offer = ActionButton(action) if action is not None else button
        if offer is not None:
            layout.addSpacing(8)
            self.setFocusProxy(offer)
            layout.addWidget(offer, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)
        self._restyle()

    def set_text(self, title: str, sentence: str) -> None:
        """Say something else."""
        self._title.setText(title)
        self._sentence.setText(sentence)
        self._balance()
