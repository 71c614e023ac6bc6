"""What is said under the editor: whether the data is right, the next firing, and what became of the last one."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.field_note import FieldNote
from eventmon.gui.widgets.link_button import LinkButton
from eventmon.gui.widgets.looks import set_look
from eventmon.gui.widgets.plain_text import PlainLabel, plain_tooltip

ICON = 14
GAP = 6


def _tr(text: str) -> str:
    return QCoreApplication.translate("Publish", text)


class PublishStatus(QWidget):
    """State at the left, answer at the right; a refusal and what cannot be kept have lines of their own."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("publishStatus")
        self._theme = theme
        self._roomy = True
        self._formats = False
        self._tick = PlainLabel(parent=self)
        self.state = PlainLabel("", self)
        self.placeholders = PlainLabel("", self, elide=Qt.TextElideMode.ElideRight)
        self.answer = PlainLabel("", self, elide=Qt.TextElideMode.ElideRight)
        self.answer.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.answer.setObjectName("publishAnswer")
        self.format = LinkButton(_tr("Format"), self)
        self.refusal = FieldNote(theme, self)
        self.trouble = FieldNote(theme, self)
        self._card = QFrame(self)
        self._card.setProperty("role", "card")
        self._next = PlainLabel("", self._card, elide=Qt.TextElideMode.ElideRight)
        self._lay_out()
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def next_text(self) -> str:
        """The data of the next firing, as far as it is shown."""
        return self._next.text()

    def show_state(self, sentence: str, placeholders: str, *, formats: bool = False) -> None:
        """What is said of data without a mistake; an empty sentence leaves the room to a mistake's own."""
        self._formats = formats
        self._tick.setVisible(bool(sentence))
        self.state.setText(sentence)
        self.placeholders.setText(placeholders)
        self._row.setVisible(bool(sentence or self.answer.text()))
        self._make_room()

    def show_next(self, text: str) -> None:
        """The next firing, in a line of its own or only as a tooltip."""
        self._next.setText(text)
        self._card.setVisible(self._roomy and bool(text))
        plain_tooltip(self.placeholders, _tr("Next: {data}").format(data=text) if text else "")

    def set_roomy(self, roomy: bool) -> None:
        """Whether there is a line for the next firing."""
        self._roomy = roomy
        self._card.setVisible(roomy and bool(self._next.text()))

    def showEvent(self, event: QShowEvent) -> None:
        """Fonts again: the sheet takes them away when a label is shown for the first time."""
        super().showEvent(event)
        self._restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What is least wanted leaves first."""
        super().resizeEvent(event)
        self._make_room()

    def show_answer(self, sentence: str, whole: str = "") -> None:
        """What became of the last firing."""
        self.answer.setText(sentence)
        self._row.setVisible(bool(self.state.text() or sentence))
        self._make_room()
        plain_tooltip(self.answer, whole or sentence)

    def _make_room(self) -> None:
        """The answer is never cut for the sake of the count of placeholders or of a link."""
        room = self.width() - ICON - 5 * GAP
        for label in (self.state, self.answer):
            room -= label.fontMetrics().horizontalAdvance(label.text())
        link = self.format.sizeHint().width() if self._formats else 0
        self.format.setVisible(self._formats and link <= room)
        room -= link if link <= room else 0
        words = self.placeholders.fontMetrics().horizontalAdvance(self.placeholders.text())
        self.placeholders.setVisible(bool(words) and (words <= room or not self.answer.text()))

    def _lay_out(self) -> None:
        self._row = QWidget(self)
        row = QHBoxLayout(self._row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(self._tick)
        row.addWidget(self.state)
        row.addWidget(self.placeholders)
        row.addWidget(self.format)
        row.addStretch(1)
        row.addWidget(self.answer)
        card = QHBoxLayout(self._card)
        card.setContentsMargins(8, 4, 8, 4)
        card.setSpacing(8)
        self._next_label = PlainLabel(_tr("Next"), self._card)
        card.addWidget(self._next_label)
        card.addWidget(self._next, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._card)
        layout.addWidget(self._row)
        layout.addWidget(self.refusal)
        layout.addWidget(self.trouble)

    def _restyle(self) -> None:
        theme = self._theme
        self._tick.setPixmap(theme.pixmap("check", "ok", ICON, self.devicePixelRatioF()))
        set_look(self.state, "tone", "ok")
        for label, tone in ((self.placeholders, "text2"), (self.answer, "text2"), (self._next, "text2")):
            set_look(label, "tone", tone)
        self.state.setFont(theme.title)
        self._next_label.setFont(theme.title)
        self._next.setFont(theme.mono)
