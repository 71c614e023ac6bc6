"""The two pages of the Server panel: off, with a port and one button, and on, with the link and who watches."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QPushButton, QSpinBox, QVBoxLayout, QWidget

from eventmon.engine.server_status import DEFAULT_PORT, ServerStatus
from eventmon.gui.dialogs.frame import FooterButton
from eventmon.gui.formatting import count
from eventmon.gui.models.server_texts import HIGHEST_PORT, LOWEST_PORT, shown_link
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.empty_state import INSET, CentredPage
from eventmon.gui.widgets.field_note import FieldNote
from eventmon.gui.widgets.plain_text import PlainLabel

GAP = 12


def _tr(text: str) -> str:
    return QCoreApplication.translate("Server", text)


class ServerOffPage(CentredPage):
    """Says what the server would do, and switches it on.

    Attributes:
        startWanted: switch it on at this port (int).
    """

    startWanted = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        sentence = _tr("It shows the live counters in a browser and takes events over HTTP, on this machine alone.")
        super().__init__(theme, "server", _tr("The server is off"), sentence, parent)
        self.port = _port_field()
        self.button = _button(_tr("Switch on"), default=True)
        self.button.clicked.connect(self._start)
        self.note = FieldNote(theme, self)
        self._lay_out()
        self._restyle()

    def show_refusal(self, sentence: str) -> None:
        """Say why it could not be switched on; the button may be pressed again."""
        self.note.say(sentence, "error")
        self.button.setEnabled(True)

    def show_ready(self) -> None:
        """It may be switched on."""
        self.button.setEnabled(True)

    def _start(self) -> None:
        if self.button.isEnabled():
            self.note.say("")
            self.button.setEnabled(False)
            self.startWanted.emit(self.port.value())

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        label = PlainLabel(_tr("Port"), self)
        label.setProperty("tone", "text2")
        label.setBuddy(self.port)
        row.addStretch(1)
        for widget in (label, self.port, self.button):
            row.addWidget(widget)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(INSET, INSET, INSET, INSET)
        layout.setSpacing(4)
        layout.addStretch(1)
        for text in (self._icon, self._title, self._sentence):
            layout.addWidget(text, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(8)
        layout.addLayout(row)
        layout.addSpacing(4)
        layout.addWidget(self.note)
        layout.addStretch(1)


class ServerOnPage(QWidget):
    """Where it is reached, the link to copy, and how many watch."""

    def __init__(
        self, theme: Theme, copy: QAction, renew: QAction, off: QAction, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.address = self._value(selectable=True)
        self.link = self._value()
        self.viewers = self._value()
        self.fingerprint = self._value(selectable=True)
        self.note = FieldNote(theme, self)
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(GAP)
        self._form.setVerticalSpacing(6)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        for name, value in (
            (_tr("Address"), self.address),
            (_tr("Link"), self.link),
            (_tr("Pages open"), self.viewers),
            (_tr("Certificate"), self.fingerprint),
        ):
            label = PlainLabel(name, self)
            label.setProperty("tone", "text2")
            label.setBuddy(value)
            value.setAccessibleName(name)
            self._form.addRow(label, value)
        self.copy = _button(_tr("Copy link"), copy, default=True)
        self.renew = _button(_tr("New link…"), renew)
        self.off = _button(_tr("Switch off"))
        self.off.clicked.connect(off.trigger)
        self._lay_out()
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_status(self, status: ServerStatus) -> None:
        """Show how it is."""
        self.address.setText(status.url)
        self.link.setText(shown_link(status))
        self.viewers.setText(count(status.viewers) if status.viewers else _tr("none"))
        self.fingerprint.setText(f"SHA-256 {status.fingerprint}")
        self._form.setRowVisible(self.fingerprint, bool(status.fingerprint))

    def _value(self, *, selectable: bool = False) -> PlainLabel:
        value = PlainLabel(parent=self, elide=Qt.TextElideMode.ElideMiddle)
        if selectable:
            value.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
        return value

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.copy, self.renew, self.off):
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(INSET, 8, INSET, INSET)
        layout.setSpacing(GAP)
        layout.addLayout(self._form)
        layout.addLayout(buttons)
        layout.addWidget(self.note)
        layout.addStretch(1)

    def _restyle(self) -> None:
        for value in (self.address, self.link, self.fingerprint):
            value.setFont(self._theme.mono)


def _port_field() -> QSpinBox:
    port = QSpinBox()
    port.setRange(LOWEST_PORT, HIGHEST_PORT)
    port.setValue(DEFAULT_PORT)
    port.setAccessibleName(_tr("Port"))
    edit = port.lineEdit()
    assert edit is not None
    edit.setTextMargins(5, 0, 0, 0)  # the sheet's padding does not reach the text of a spin box
    return port


def _button(text: str, action: QAction | None = None, *, default: bool = False) -> QPushButton:
    """A button that is as wide as its verb; for a command it is grey while the command is."""
    button = FooterButton(text)
    button.setAutoDefault(False)
    button.setDefault(default)
    if action is not None:
        button.clicked.connect(action.trigger)
        action.enabledChanged.connect(button.setEnabled)
        button.setEnabled(action.isEnabled())
    return button
