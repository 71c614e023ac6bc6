"""A strip over the panels for what concerns the whole window: the log cannot be written, the engine is gone."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QSizePolicy, QToolBar, QWidget

from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.looks import set_look
from eventmon.gui.widgets.plain_text import PlainLabel

INSET = 6
BUTTON_INSET = 2
ICON = 16
TAKEN = 2 * 12 + ICON + 8 + 2 * 8
"""Width that is not the sentence's: insets, icon, gap and the bar's own padding."""
_LOOKS = {
    "error": ("error", "error_bg", "circle-alert"),
    "warning": ("warn", "warn_bg", "triangle-alert"),
    "info": ("info", "info_bg", "info"),
}


def strip_bar(window: QMainWindow, title: str, name: str, strip: QWidget) -> QToolBar:
    """A strip as a bar over the docks of a window, hidden at first; it takes no room then."""
    bar = QToolBar(title, window)
    bar.setObjectName(name)
    bar.setMovable(False)
    bar.setContentsMargins(0, 0, 0, 0)
    bar.toggleViewAction().setVisible(False)
    bar.addWidget(strip)
    bar.hide()
    window.addToolBarBreak()
    window.addToolBar(bar)
    return bar


class Banner(QWidget):
    """One sentence with its icon, on a tint; hidden while there is none."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._theme = theme
        self._severity = "error"
        self._taken = TAKEN
        self._least = ICON
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._icon = PlainLabel(parent=self)
        self._text = PlainLabel(parent=self)
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, INSET, 12, INSET)
        self._row.setSpacing(8)
        self._row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        self._row.addWidget(self._text, 1)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def text(self) -> str:
        """The sentence shown; empty when there is none."""
        return self._text.text()

    def show_sentence(self, text: str, severity: str = "error") -> None:
        """Show a sentence, or nothing."""
        changed = severity != self._severity
        self._severity = severity if severity in _LOOKS else "warning"
        self._text.setText(text)
        self.updateGeometry()
        if changed:
            self._restyle()

    def add_button(self, button: QWidget) -> None:
        """A button at the right end."""
        self._row.setContentsMargins(12, BUTTON_INSET, 12, BUTTON_INSET)
        self._row.addWidget(button)
        self._taken += button.sizeHint().width() + self._row.spacing()
        self._least = max(self._least, button.sizeHint().height() - 2 * (INSET - BUTTON_INSET))

    def sizeHint(self) -> QSize:
        """As high as the sentence needs at the width there is; a toolbar only asks for one height."""
        parent = self.parentWidget()
        room = max(200, (parent.width() if parent is not None else 640) - self._taken)
        return QSize(room, max(self._least, self._text.heightForWidth(room)) + 2 * INSET)

    def minimumSizeHint(self) -> QSize:
        """Never a reason for the window to be wider."""
        return QSize(0, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, perhaps another height."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The tint."""
        QPainter(self).fillRect(event.rect(), self._theme.color(_LOOKS[self._severity][1]))

    def _restyle(self) -> None:
        token, _, icon = _LOOKS[self._severity]
        self._icon.setPixmap(self._theme.pixmap(icon, token, ICON, self.devicePixelRatioF()))
        set_look(self._text, "tone", token)
        self.update()
