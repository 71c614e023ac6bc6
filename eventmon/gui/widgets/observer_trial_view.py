"""What an observer would do with an event, beside its form: a dry run, and it says so."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from eventmon.core.secret_names import masked
from eventmon.engine.requests import ObserverTrial
from eventmon.gui.formatting import count, lines, one_line
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.field_note import FieldNote
from eventmon.gui.widgets.plain_text import PlainLabel, plain_tooltip

WIDTH = 308
SHOWN_LIMIT = 16_000


def _tr(text: str) -> str:
    return QCoreApplication.translate("Observers", text)


class ObserverTrialView(QWidget):
    """The right column of the dialog."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("observerTrial")
        self.setFixedWidth(int(WIDTH * max(1.0, min(1.4, theme.text_percent / 100))))
        self.setAutoFillBackground(True)
        self.setBackgroundRole(self.palette().ColorRole.AlternateBase)
        self._title = PlainLabel(_tr("Test on the selected event"), self)
        self._title.setFont(theme.title)
        self._event = PlainLabel("", self, elide=Qt.TextElideMode.ElideMiddle)
        self._event.setProperty("tone", "text2")
        self._matches = FieldNote(theme, self)
        self._does = FieldNote(theme, self)
        self._usual_heading = _tr("This would be sent or written")
        self._heading = PlainLabel(self._usual_heading, self)
        self._heading.setProperty("tone", "text2")
        self.shown = QPlainTextEdit(self)
        self.shown.setReadOnly(True)
        self.shown.setProperty("role", "card")
        self.shown.setFont(theme.mono)
        self.shown.setAccessibleName(self._usual_heading)
        self.shown.setTabChangesFocus(True)
        self.shown.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self._promise = PlainLabel(_tr("Dry run: nothing has been sent."), self)
        self._promise.setProperty("tone", "text2")
        self._promise.setFont(theme.small)
        for label in (self._title, self._heading, self._promise):
            label.setWordWrap(True)
        self._lay_out()
        self.show_nothing(_tr("No event to test on yet."))

    def show_nothing(self, why: str) -> None:
        """There is nothing to test, and why."""
        self._say_event("")
        self._matches.say(why)
        self._show("", "")

    def show_event(self, topic: str, seq: int, *, selected: bool) -> None:
        """On which event the test is: the one selected, or the newest that the pattern matches."""
        title = _tr("Test on the selected event") if selected else _tr("Test on the newest event that matches")
        self._title.setText(title)
        self._say_event(_tr("{topic} · seq {seq}").format(topic=one_line(topic, 300), seq=count(seq)))

    def show_trial(self, trial: ObserverTrial) -> None:
        """What would be done."""
        if trial.matches:
            self._matches.say(_tr("Pattern matches"), "ok")
        else:
            self._matches.say(_tr("The pattern does not match this topic: nothing would be done."))
        self._show(trial.does, trial.shows, cut=trial.cut)

    def show_refusal(self, why: str) -> None:
        """It cannot be tested as it is filled in now."""
        self._matches.say(why, "error")
        self._show("", "")

    def texts(self) -> list[str]:
        """What is said now, from top to bottom."""
        labels = (self._title.text(), self._event.text(), self._matches.text, self._does.text)
        shown = self.shown.toPlainText() if not self.shown.isHidden() else ""
        promise = "" if self._promise.isHidden() else self._promise.text()
        return [text for text in (*labels, shown, promise) if text]

    def _say_event(self, text: str) -> None:
        self._event.setText(text)
        plain_tooltip(self._event, text)
        self._event.setVisible(bool(text))

    def _show(self, does: str, shows: str, *, cut: bool = False) -> None:
        self._does.say(masked(one_line(does, 400)), "ok" if does else "text3")
        self._heading.setVisible(bool(shows))
        self.shown.setVisible(bool(shows))
        cut = cut or len(shows) > SHOWN_LIMIT
        self._heading.setText(_tr("This would be sent or written; its beginning") if cut else self._usual_heading)
        text = lines(masked(shows[:SHOWN_LIMIT])) + ("…" if cut else "")
        if text != self.shown.toPlainText():
            self.shown.setPlainText(text)
        self._promise.setVisible(bool(does or shows))

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 20, 16, 16)
        layout.setSpacing(8)
        for widget in (self._title, self._event, self._matches, self._does, self._heading):
            layout.addWidget(widget)
        layout.addWidget(self.shown, 1)
        layout.addWidget(self._promise)
        layout.addStretch(0)
        layout.setAlignment(Qt.AlignmentFlag.AlignTop)
