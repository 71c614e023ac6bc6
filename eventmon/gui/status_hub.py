"""The hub in the status bar: how many are here, who they are in the tooltip, and whether it can be reached."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from eventmon.engine.frame import HubInstance, HubStatus
from eventmon.gui.formatting import count, one_line
from eventmon.gui.status_parts import Part, Tag
from eventmon.gui.theme.theme import Theme

MAX_LISTED = 20
HOST_LIMIT = 60
DETAIL_LIMIT = 300
ICON, REACHED, NOT_REACHED = "users", "text2", "warn"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Hub", text)


class HubPart(Part):
    """Nothing without a hub."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("hubPart")
        self._theme = theme
        self._hub: HubStatus | None = None
        self._tag: Tag | None = None
        self.set_level(0)

    def show_hub(self, hub: HubStatus | None) -> None:
        """Show who is here."""
        if hub == self._hub:
            return
        before, self._hub = self._look(), hub
        if self._look() != before:
            self.restyle()
        elif self._tag is not None and hub is not None:
            self._tag.describe(about_hub(hub))

    def set_level(self, level: int) -> None:
        """The last level is nothing, and so is no hub."""
        super().set_level(level)
        if self._hub is None:
            self.hide()

    def restyle(self) -> None:
        """Make the tag anew, in the colours and fonts of now."""
        if self._tag is not None:
            self.box.removeWidget(self._tag)
            self._tag.hide()
            self._tag.deleteLater()
            self._tag = None
        if self._hub is not None:
            mark = (ICON, REACHED if self._hub.phase == "connected" else NOT_REACHED)
            self._tag = Tag(self._theme, word_of(self._hub), mark, about_hub(self._hub))
            self.box.addWidget(self._tag)
        self.set_level(self.level)

    def _look(self) -> tuple[object, ...]:
        return (self._hub.phase, word_of(self._hub)) if self._hub is not None else ()


def word_of(hub: HubStatus) -> str:
    """What stands in the bar."""
    if hub.phase == "connecting":
        return _tr("hub…")
    if hub.phase != "connected":
        return _tr("hub lost")
    number = len(hub.instances)
    return _tr("1 here") if number == 1 else _tr("{n} here").format(n=count(number))


def about_hub(hub: HubStatus) -> str:
    """Lines for a tooltip: the hub, what is the matter with it, and who is here."""
    lines = [_tr("Hub {url}").format(url=one_line(hub.url, DETAIL_LIMIT))]
    if hub.detail:
        lines.append(one_line(hub.detail, DETAIL_LIMIT))
    if hub.waiting:
        lines.append(waiting_sentence(hub.waiting))
    lines += [about_instance(instance) for instance in hub.instances[:MAX_LISTED]]
    more = len(hub.instances) - MAX_LISTED
    return "\n".join([*lines, _tr("and {n} more").format(n=count(more))] if more > 0 else lines)


def about_instance(instance: HubInstance) -> str:
    """One line: where it runs, what it is, and how much it does."""
    text = _tr("{host} (this one): {role}, {observers}") if instance.own else _tr("{host}: {role}, {observers}")
    observers = (
        _tr("1 active observer")
        if instance.observers == 1
        else _tr("{n} active observers").format(n=count(instance.observers))
    )
    return text.format(
        host=one_line(instance.host, HOST_LIMIT),
        role=_tr("{role} {version}, process {pid}").format(
            role=one_line(instance.role, 20), version=one_line(instance.version, 20), pid=instance.pid
        ),
        observers=observers,
    )


def waiting_sentence(waiting: int) -> str:
    """How many edits the hub has not yet."""
    return _tr("1 edit waits.") if waiting == 1 else _tr("{n} edits wait.").format(n=count(waiting))
