"""The field of a pattern: completed from the topics there are, with what it matches right now under it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QStringListModel, Qt, QTimer, Signal
from PySide6.QtWidgets import QCompleter, QLineEdit, QVBoxLayout, QWidget

from eventmon.core.errors import UserError
from eventmon.core.pattern import Pattern
from eventmon.gui.formatting import count, rate
from eventmon.gui.known_topics import KnownTopics, Matching
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.labelled_field import LabelledField

MAX_LENGTH = 4_096
REST_MS = 120
"""After the last key the pattern is counted."""
AGAIN_MS = 1_000


def _tr(text: str) -> str:
    return QCoreApplication.translate("Observers", text)


def matching_sentence(matching: Matching) -> str:
    """What a pattern means right now."""
    if not matching.topics:
        return _tr("Matches no topic yet. It takes effect as soon as one appears.")
    number = count(matching.topics)
    what = _tr("Matches 1 topic, {rate}") if matching.topics == 1 else _tr("Matches {n} topics, {rate}")
    if not matching.whole:
        what = _tr("Matches at least {n} topics, {rate}")
    return what.format(n=number, rate=_tr("{rate} right now").format(rate=_events(matching.rate)))


def _events(per_second: float) -> str:
    return _tr("{n} events/s").format(n=rate(per_second).removesuffix("/s"))


class ObserverPattern(QWidget):
    """Label, line and what it matches.

    Attributes:
        edited: the user changed the pattern.
        counted: what it matches was counted (``Matching``); None when it is no pattern.
    """

    edited = Signal()
    counted = Signal(object)

    def __init__(self, theme: Theme, topics: KnownTopics) -> None:
        super().__init__()
        self._topics = topics
        self._stop: Callable[[], None] | None = None
        self.matching: Matching | None = None
        self.line = QLineEdit()
        self.line.setObjectName("pattern")
        self.line.setMaxLength(MAX_LENGTH)
        self.line.setFont(theme.mono)
        self.line.setPlaceholderText("orders/+/created")
        self.field = LabelledField(theme, _tr("Pattern"), self.line)
        self._offers = QStringListModel(self)
        self._complete()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.field)
        self._rest = QTimer(self)
        self._rest.setObjectName("patternRest")
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self.recount)
        self.line.textEdited.connect(self._typed)
        self.setFocusProxy(self.line)

    @property
    def text(self) -> str:
        """The pattern as typed."""
        return self.line.text()

    def set_text(self, pattern: str) -> None:
        """Show another pattern."""
        self.line.setText(pattern)
        self.field.clear_error()
        self._rest.start(0)

    def pattern(self) -> Pattern | None:
        """The pattern; None when it is none yet."""
        try:
            return Pattern(self.text) if self.text else None
        except UserError:
            return None

    def check(self) -> bool:
        """Whether it is a pattern; what has to be mended is said under the line."""
        if not self.text:
            self.field.show_error(_tr("Which topics? Type a pattern; # alone stands for all of them."))
            return False
        try:
            Pattern(self.text)
        except UserError as error:
            self.field.show_error(str(error))
            return False
        self.field.clear_error()
        return True

    def recount(self) -> None:
        """Count again what it matches, and go on doing so while it is shown."""
        if self._stop is not None:
            self._stop()
        pattern = self.pattern()
        if pattern is None:
            self.matching = None
            if self.text:
                self.check()
            self.field.set_note("")
            self.counted.emit(None)
            return
        self._stop = self._topics.count(pattern, self._take)

    def _take(self, matching: Matching) -> None:
        self._stop = None
        self.matching = matching
        self.field.set_note(matching_sentence(matching))
        self.counted.emit(matching)
        if self.isVisible():
            self._rest.start(AGAIN_MS)

    def _typed(self, text: str) -> None:
        self.field.clear_error()
        self._offers.setStringList(self._topics.completions(text))
        self._rest.start(REST_MS)
        self.edited.emit()

    def _complete(self) -> None:
        completer = QCompleter(self._offers, self)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseSensitive)
        completer.activated.connect(lambda _text: self._completed())
        self.line.setCompleter(completer)

    def _completed(self) -> None:
        self._rest.start(REST_MS)
        self.edited.emit()
