"""The headers of an event as a small table: a line each, its name and its value; a new line where one is wanted."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from eventmon.gui.formatting import one_line
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.field_note import FieldNote
from eventmon.gui.widgets.link_button import LinkButton
from eventmon.gui.widgets.looks import set_look
from eventmon.gui.widgets.plain_text import plain_tooltip

MAX_LINES = 200


def _tr(text: str) -> str:
    return QCoreApplication.translate("Publish", text)


class _Line(QWidget):
    """One header."""

    def __init__(self, theme: Theme, name: str, value: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.name = QLineEdit(self)
        self.value = QLineEdit(self)
        self.away = QToolButton(self)
        self.name.setText(name)
        self.value.setText(value)
        for field, title in ((self.name, _tr("Name of the header")), (self.value, _tr("Value of the header"))):
            field.setAccessibleName(title)
            field.setPlaceholderText(title.partition(" ")[0])
            field.setCursorPosition(0)
            field.setMinimumWidth(60)
        self.away.setProperty("icon_only", "true")
        self.away.setFixedSize(24, 24)
        self.away.setIconSize(QSize(14, 14))
        self.away.setIcon(theme.icon("x", "text2", 14))
        title = _tr("Delete the header {name}").format(name=one_line(name, 60)).strip()
        self.away.setAccessibleName(title)
        plain_tooltip(self.away, title)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.name, 2)
        layout.addWidget(self.value, 3)
        layout.addWidget(self.away)


class PublishHeaders(QWidget):
    """All headers of a draft.

    Attributes:
        edited: the user changed one.
        note: what has to be mended, under the line it is about.
    """

    edited = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("publishHeaders")
        self._theme = theme
        self._lines: list[_Line] = []
        self._faulty: QLineEdit | None = None
        self.add = LinkButton(_tr("Add header"), self)
        self.add.clicked.connect(self._add_line)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        row = QHBoxLayout()
        self._layout.addLayout(row)
        row.addWidget(self.add)
        row.addStretch(1)
        self.note = FieldNote(theme, self)
        theme.changed.connect(self._restyle)

    def headers(self) -> tuple[tuple[str, str], ...]:
        """Names and values of the lines in which something is written."""
        written = ((line.name.text(), line.value.text()) for line in self._lines)
        return tuple(pair for pair in written if any(pair))

    def set_headers(self, headers: tuple[tuple[str, str], ...]) -> None:
        """Show others."""
        if headers == self.headers():
            return
        self.clear_error()
        for line in self._lines:
            self._layout.removeWidget(line)
            line.hide()
            line.deleteLater()
        self._lines = []
        for name, value in headers[:MAX_LINES]:
            self._put(name, value)

    def show_error(self, sentence: str, cell: tuple[int, int]) -> None:
        """Say what has to be mended of a line: of those written, its name (0) or its value (1)."""
        self.clear_error()
        written = [line for line in self._lines if line.name.text() or line.value.text()]
        if cell[0] < len(written):
            line = written[cell[0]]
            self._faulty = (line.name, line.value)[cell[1]]
            set_look(self._faulty, "state", "error")
            self._layout.insertWidget(self._lines.index(line) + 1, self.note)
        self.note.say(sentence, "error")

    def clear_error(self) -> None:
        """Nothing has to be mended any more."""
        faulty, self._faulty = self._faulty, None
        if faulty is not None:
            set_look(faulty, "state", "")
        self._layout.removeWidget(self.note)
        self._layout.insertWidget(len(self._lines), self.note)
        self.note.say("")

    @property
    def faulty(self) -> QLineEdit | None:
        """The field with a mistake."""
        return self._faulty

    def lines(self) -> list[tuple[QLineEdit, QLineEdit, QToolButton]]:
        """The widgets of each line."""
        return [(line.name, line.value, line.away) for line in self._lines]

    def _add_line(self) -> None:
        if len(self._lines) < MAX_LINES:
            self._put("", "").name.setFocus()

    def _put(self, name: str, value: str) -> _Line:
        line = _Line(self._theme, name, value, self)
        line.name.textEdited.connect(lambda _text: self.edited.emit())
        line.value.textEdited.connect(lambda _text: self.edited.emit())
        line.away.clicked.connect(lambda: self._take_away(line))
        self._layout.insertWidget(len(self._lines), line)
        before = self._lines[-1].away if self._lines else None
        self._lines.append(line)
        if before is not None:
            self.setTabOrder(before, line.name)
        self.setTabOrder(line.away, self.add)
        return line

    def _take_away(self, line: _Line) -> None:
        self.clear_error()
        self._lines.remove(line)
        self._layout.removeWidget(line)
        line.hide()
        line.deleteLater()
        self.add.setFocus()
        self.edited.emit()

    def _restyle(self) -> None:
        for line in self._lines:
            line.away.setIcon(self._theme.icon("x", "text2", 14))
