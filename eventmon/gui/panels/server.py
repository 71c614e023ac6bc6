"""The Server dock: the page and the HTTP API for browsers and programs, off until it is switched on here."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from eventmon.engine.server_status import ServerStatus
from eventmon.gui.context import PanelContext
from eventmon.gui.formatting import count
from eventmon.gui.models.server_texts import port_from
from eventmon.gui.panels.base import Panel
from eventmon.gui.server_switch import ServerSwitch
from eventmon.gui.widgets.plain_text import Question
from eventmon.gui.widgets.server_pages import ServerOffPage, ServerOnPage

SWITCH: Final = "server.on"
COPY: Final = "server.copy_link"
RENEW: Final = "server.renew"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Server", text)


class ServerPanel(Panel):
    """Content of the Server dock."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        action = context.commands.action
        self.switch = ServerSwitch(context.bridge, self)
        self.off = ServerOffPage(context.theme, self)
        self.on = ServerOnPage(context.theme, action(COPY), action(RENEW), action(SWITCH), self)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.off)
        self._pages.addWidget(self.on)
        self._note = ""
        self._connect()
        self._show(self.switch.status)
        self.switch.look()

    def focus_widget(self) -> QWidget:
        """The button that is wanted most."""
        return self.on.copy if self.switch.status.on else self.off.button

    def save_state(self) -> dict[str, Any]:
        """The port; whether it is on is not kept, so that it is never on unasked."""
        return {"port": self.off.port.value()}

    def restore_state(self, state: dict[str, Any]) -> None:
        """Take it back."""
        self.off.port.setValue(port_from(state.get("port")))

    def showEvent(self, event: QShowEvent) -> None:
        """Look how it is while somebody sees it."""
        super().showEvent(event)
        self.switch.watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody sees it."""
        super().hideEvent(event)
        self.switch.watch(False)

    # Inside

    def _connect(self) -> None:
        commands = self.context.commands
        commands.bind(SWITCH, self._turn)
        commands.bind(COPY, self._copy)
        commands.bind(RENEW, self._ask_to_renew)
        self.off.startWanted.connect(self.switch.start)
        self.switch.changed.connect(self._show)
        self.switch.refused.connect(self._refused)

    def _turn(self, wanted: bool) -> None:
        self.context.commands.set_checked(SWITCH, self.switch.status.on)  # it is on when the engine says so
        if wanted:
            self.switch.start(self.off.port.value())
        else:
            self.switch.stop()

    def _show(self, status: ServerStatus) -> None:
        commands = self.context.commands
        commands.set_checked(SWITCH, status.on)
        for command in (COPY, RENEW):
            commands.set_enabled(command, status.on)
        if self._pages.currentWidget() is not (self.on if status.on else self.off):
            self.on.note.say("")
            self.off.note.say("")
        self.off.show_ready()
        self.on.show_status(status)
        self._pages.setCurrentWidget(self.on if status.on else self.off)
        self._tell_note(status)

    def _refused(self, sentence: str) -> None:
        if self.switch.status.on:
            self.on.note.say(sentence, "error")
        else:
            self.off.show_refusal(sentence)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.switch.status.link)
        self.on.note.say(_tr("Copied. Whoever has the link can look until you make a new one."), "ok")

    def _ask_to_renew(self) -> None:
        text = _tr("Open pages close, and whoever publishes over HTTP needs the new token. Make a new link?")
        question = Question(self, _tr("New link"), text, _tr("Make new link"))
        question.answered.connect(lambda yes: self.switch.renew() if yes else None)

    def _tell_note(self, status: ServerStatus) -> None:
        note = _tr("off")
        if status.on:
            note = _tr("on, {count} watching").format(count=count(status.viewers)) if status.viewers else _tr("on")
        if note != self._note:
            self._note = note
            self.noteChanged.emit(note)
