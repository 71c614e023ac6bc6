"""The hub in the window: sharing and leaving, the strips that say it is lost or an edit came too late, and choosing."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication, QObject, QTimer
from PySide6.QtWidgets import QMainWindow

from eventmon.engine.frame import Frame, HubStatus
from eventmon.engine.requests import LeaveHub, ReadConflict, ReconnectHub, Request, ResolveConflict
from eventmon.gui.context import PanelContext
from eventmon.gui.formatting import count, one_line
from eventmon.gui.status_hub import waiting_sentence
from eventmon.gui.widgets.action_button import ActionButton
from eventmon.gui.widgets.banner import Banner, strip_bar
from eventmon.gui.widgets.plain_text import Question
from eventmon.gui.window_tasks import WindowTasks

SHARE: Final = "hub.share"
LEAVE: Final = "hub.leave"
RECONNECT: Final = "hub.reconnect"
COMPARE: Final = "hub.compare"
SENTENCE_LIMIT: Final = 600


def _tr(text: str) -> str:
    return QCoreApplication.translate("Hub", text)


class HubStrip(QObject):
    """A sentence over the panels with a button, there while there is something to say."""

    def __init__(self, context: PanelContext, window: QMainWindow, name: str, command: str, verb: str) -> None:
        super().__init__(window)
        self.banner = Banner(context.theme)
        self.banner.setObjectName(f"{name}Strip")
        self.button = ActionButton(context.commands.bare_action(command), verb)
        self.banner.add_button(self.button)
        self.bar = strip_bar(window, _tr("Hub"), f"{name}Bar", self.banner)
        self.bar.visibilityChanged.connect(lambda _visible: QTimer.singleShot(0, self, self.place))

    def say(self, sentence: str, severity: str) -> None:
        """Show a sentence; an empty one takes the strip away."""
        if sentence != self.banner.text:
            self.banner.show_sentence(sentence, severity)
            self.place()

    def place(self) -> None:
        """Be shown while there is a sentence, whatever a layout that was restored knows of it."""
        if self.bar.isHidden() == bool(self.banner.text):
            self.bar.setVisible(bool(self.banner.text))


class HubCommands(QObject):
    """Binds the commands of the hub and shows the strips.

    Attributes:
        lost: says that the hub cannot be reached, or that edits wait.
        late: says that edits came too late.
        hub: how it stands with the hub, as the newest frame says; None without one.
    """

    def __init__(self, context: PanelContext, window: QMainWindow) -> None:
        super().__init__(window)
        self.setObjectName("hubCommands")
        self._context = context
        self._window = window
        self._tasks = WindowTasks(window)
        self.hub: HubStatus | None = None
        self._heard = False
        self.lost = HubStrip(context, window, "hubLost", RECONNECT, _tr("Try now"))
        self.late = HubStrip(context, window, "hubLate", COMPARE, _tr("Compare…"))
        context.commands.bind(SHARE, self.share)
        context.commands.set_enabled(SHARE, False)
        context.bridge.frameReady.connect(self._frame_ready)

    def share(self) -> None:
        """Ask on which hub the workspace is to be shared."""
        from eventmon.gui.dialogs.share_workspace import ShareDialog

        ShareDialog(self._context.theme, self._context.bridge, self._window).open()

    def leave(self) -> None:
        """Be on no hub any more, after a question."""
        question = Question(self._window, _tr("Leave hub"), leave_question(self.hub), _tr("Leave hub"))
        question.answered.connect(lambda yes: self._ask(LeaveHub(), _tr("The hub could not be left")) if yes else None)

    def reconnect(self) -> None:
        """Try to reach the hub now."""
        self._ask(ReconnectHub(), _tr("The hub cannot be reached"))

    def compare(self) -> None:
        """Show both versions of the newest edit that came too late."""
        if self.hub is not None and self.hub.conflicts:
            work = self._compare(self.hub.conflicts[-1].id)
            self._tasks.begin(work, _tr("The versions cannot be compared"))

    async def wait(self) -> None:
        """Wait for what is under way."""
        await self._tasks.wait()

    async def _compare(self, conflict: str) -> None:
        from eventmon.gui.dialogs.hub_conflict import ConflictDialog

        versions = await self._context.bridge.call(ReadConflict(id=conflict))
        dialog = ConflictDialog(self._context.theme, versions, self._window)
        dialog.chosen.connect(lambda mine: self._resolve(conflict, mine))
        dialog.open()

    def _resolve(self, conflict: str, mine: bool) -> None:
        self._ask(ResolveConflict(id=conflict, mine=mine), _tr("The version could not be chosen"))

    def _ask(self, request: Request[None], failed: str) -> None:
        self._tasks.begin(self._call(request), failed)

    async def _call(self, request: Request[None]) -> None:
        await self._context.bridge.call(request)

    def _frame_ready(self, frame: Frame) -> None:
        if self._heard and frame.hub == self.hub:
            return
        self._heard, self.hub = True, frame.hub
        self._offer()
        self.lost.say(lost_sentence(self.hub), "error" if self.hub and self.hub.phase == "refused" else "warning")
        self.late.say(late_sentence(self.hub), "warning")

    def _offer(self) -> None:
        """Offer what makes sense with the hub as it is now."""
        hub = self.hub
        self._context.commands.set_enabled(SHARE, True)
        wanted = {
            SHARE: (hub is None, self.share),
            LEAVE: (hub is not None, self.leave),
            RECONNECT: (hub is not None and hub.phase in ("lost", "refused"), self.reconnect),
            COMPARE: (hub is not None and bool(hub.conflicts), self.compare),
        }
        commands = self._context.commands
        for command, (offered, handler) in wanted.items():
            if offered != commands.is_bound(command):
                commands.bind(command, handler) if offered else commands.unbind(command)


def lost_sentence(hub: HubStatus | None) -> str:
    """What is said while the hub cannot be reached, or cannot take edits; empty while all is well."""
    if hub is None or not hub.detail:
        return ""
    parts = [one_line(hub.detail, SENTENCE_LIMIT)]
    if hub.phase != "connected":
        parts.insert(0, _tr("The hub is lost.") if hub.phase == "lost" else _tr("The hub cannot be used."))
        parts.append(_tr("Until the hub is back, everything here goes on with what was known last."))
    if hub.waiting:
        parts.append(waiting_sentence(hub.waiting))
    return " ".join(parts)


def late_sentence(hub: HubStatus | None) -> str:
    """What is said of edits that came too late; empty when there are none."""
    if hub is None or not hub.conflicts:
        return ""
    newest = one_line(hub.conflicts[-1].sentence, SENTENCE_LIMIT)
    more = len(hub.conflicts) - 1
    if not more:
        return newest
    rest = _tr("One more waits for a choice.") if more == 1 else _tr("{n} more wait for a choice.")
    return f"{newest} {rest.format(n=count(more))}"


def leave_question(hub: HubStatus | None) -> str:
    """What is asked before leaving."""
    if hub is not None and hub.phase != "connected":
        return _tr(
            "Leave the hub? It cannot be reached now, so the observers of this Eventmon stay listed there, "
            "though nobody runs them. Here they go on."
        )
    return _tr("Leave the hub? The observers of this Eventmon come back into its workspace; the others are gone here.")
