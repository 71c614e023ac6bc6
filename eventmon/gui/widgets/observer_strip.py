"""The strip under the header of the observers: one stopped observer, why, and a way to resume it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from eventmon.engine.frame import ObserverStatus
from eventmon.gui.models.observer_texts import stopped_sentence
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.link_button import LinkButton
from eventmon.gui.widgets.plain_text import PlainLabel, plain_tooltip

HEIGHT = 28
ICON = 16


def _tr(text: str) -> str:
    return QCoreApplication.translate("Observers", text)


class ObserverStrip(QWidget):
    """Hidden while no observer is stopped.

    Attributes:
        resumeWanted: the observer shown is to be resumed (its name as object).
    """

    resumeWanted = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("observerStrip")
        self._theme = theme
        self._shown: ObserverStatus | None = None
        self._icon = PlainLabel(parent=self)
        self._text = PlainLabel("", self, elide=Qt.TextElideMode.ElideRight)
        self._text.setProperty("tone", "error")
        self.resume = LinkButton(_tr("Resume"), self)
        self.resume.clicked.connect(self._resume)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 2, 12, 2)
        layout.setSpacing(8)
        layout.addWidget(self._icon)
        layout.addWidget(self._text, 1)
        layout.addWidget(self.resume)
        self.setMinimumHeight(HEIGHT)
        self.hide()
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def text(self) -> str:
        """The sentence shown."""
        return self._text.text()

    def show_stopped(self, stopped: list[ObserverStatus]) -> None:
        """Show the first of the stopped observers, and how many more there are."""
        self._shown = stopped[0] if stopped else None
        self.setVisible(bool(stopped))
        if not stopped:
            return
        sentence = stopped_sentence(stopped[0])
        more = _tr(" And {n} more.").format(n=len(stopped) - 1) if len(stopped) > 1 else ""
        self._text.setText(sentence + more)
        self.resume.setAccessibleName(_tr("Resume {name}").format(name=stopped[0].name))
        plain_tooltip(self._text, "\n".join(map(stopped_sentence, stopped[:10])))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The tint."""
        QPainter(self).fillRect(event.rect(), self._theme.color("error_bg"))

    def _resume(self) -> None:
        if self._shown is not None:
            self.resumeWanted.emit(self._shown.name)

    def _restyle(self) -> None:
        self._icon.setPixmap(self._theme.pixmap("circle-stop", "error", ICON, self.devicePixelRatioF()))
        self.update()
