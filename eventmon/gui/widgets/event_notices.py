"""What is to be said over an event: what could not be done with it, and that the log no longer holds it."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from eventmon.gui.widgets.plain_text import PlainLabel


class EventNotices(QWidget):
    """Two sentences, each hidden while it is empty."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self._trouble, self._notice = (self._label(tone) for tone in ("error", "warn"))
        for label in (self._trouble, self._notice):
            layout.addWidget(label)

    def say_trouble(self, sentence: str) -> None:
        """Say what could not be done; an empty sentence takes it away."""
        self._say(self._trouble, sentence)

    def say_notice(self, sentence: str) -> None:
        """Say what is to be known of the event."""
        self._say(self._notice, sentence)

    @staticmethod
    def _say(label: PlainLabel, sentence: str) -> None:
        label.setText(sentence)
        label.setVisible(bool(sentence))

    def _label(self, tone: str) -> PlainLabel:
        label = PlainLabel(parent=self)
        label.setProperty("tone", tone)
        label.setWordWrap(True)
        label.setContentsMargins(12, 2, 12, 6)
        label.hide()
        return label
