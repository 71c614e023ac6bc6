"""The connection that the topic of a draft belongs to: shown, and asked about before anything reaches it.

A session that is only looked at takes nothing from anybody; that is said in the same place.
"""

from __future__ import annotations

from concurrent.futures import Future

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtWidgets import QWidget

from eventmon.core.errors import UserError
from eventmon.engine.frame import ConnectionStatus, Frame
from eventmon.engine.requests import EditConnection
from eventmon.gui.arrivals import arrivals
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.connection_commands import foreign_host
from eventmon.gui.connection_texts import lift_question, short_name
from eventmon.gui.models.publish_plan import DraftError
from eventmon.gui.widgets.plain_text import Question
from eventmon.gui.widgets.publish_actions import PublishActions
from eventmon.gui.widgets.publish_form import PublishForm


def _tr(text: str) -> str:
    return QCoreApplication.translate("Publish", text)


class PublishConnection(QObject):
    """Keeps the form and its buttons in step with the connection."""

    def __init__(self, bridge: EngineBridge, form: PublishForm, row: PublishActions, panel: QWidget) -> None:
        super().__init__(panel)
        self._bridge = bridge
        self._form = form
        self._row = row
        self._panel = panel
        self._statuses: dict[str, ConnectionStatus] = {}
        frame = bridge.last_frame
        self._only_looked_at = frame is not None and frame.log.read_only
        bridge.frameReady.connect(self._take_frame)
        bridge.connectionsChanged.connect(self.take)
        form.topicEdited.connect(self.show)
        row.liftWanted.connect(self._ask_to_lift)

    @property
    def owner(self) -> ConnectionStatus | None:
        """The connection that the topic belongs to; None for a local topic."""
        return self._statuses.get(self._form.topic.text().partition("/")[0])

    def take(self, statuses: list[ConnectionStatus]) -> None:
        """All connections, because one changed."""
        self._statuses = {status.name: status for status in statuses}
        self.show()

    def show(self) -> None:
        """Show whose topic it is, and whether something can be fired at it."""
        status = self.owner
        if status != self._form.target.status:
            self._form.target.show_status(status)
        if self._only_looked_at:
            self._row.refuse(_tr("This session is read-only. Open another to publish."))
        elif status is not None and status.phase == "connected" and not status.publishes:
            self._row.refuse(_tr("{name} only receives.").format(name=short_name(status.name)))
        elif status is not None and status.read_only:
            self._row.refuse(_tr("{name} is read-only.").format(name=short_name(status.name)), liftable=True)
        else:
            self._row.refuse("")

    def _take_frame(self, frame: Frame) -> None:
        if frame.log.read_only != self._only_looked_at:
            self._only_looked_at = frame.log.read_only
            self.show()

    def _ask_to_lift(self) -> None:
        status = self.owner
        if status is not None:
            host = foreign_host(status.url) or _tr("this machine")
            text = lift_question(status.name, host)
            question = Question(self._panel, _tr("Read-only"), text, _tr("Lift read-only"))
            question.answered.connect(lambda yes: self._lift(status.name) if yes else None)

    def _lift(self, name: str) -> None:
        future = self._bridge.submit(EditConnection(name=name, read_only=False))
        future.add_done_callback(arrivals().expect(self, self._take_lifted))

    def _take_lifted(self, future: Future[ConnectionStatus]) -> None:
        try:
            status = future.result()
        except UserError as error:
            self._form.show_error(DraftError("topic", str(error)))
            return
        self.take([*(self._statuses | {status.name: status}).values()])
