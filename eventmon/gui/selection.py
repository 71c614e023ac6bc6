"""What the panels agree on: the topic filter that the tree sets and the log obeys, and the connection selected."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Selection(QObject):
    """Shared choices of the window; a panel sets them, any other may listen.

    Attributes:
        topicFilter: the new pattern (str). Sent as an object, because Qt empties a text with a lone surrogate.
        mutedChanged: the patterns whose topics the log does not show (tuple of str).
        connectionChanged: the name of the connection selected (str as object); empty for none.
        publishWanted: an event is to be published, perhaps edited first (``PublishDraft``).
        attachWanted: an observer is to be attached to a pattern (str as object); empty for one not known yet.
        eventChanged: the seq of the event that was selected (int as object, which has no 32 bit limit); 0 for none.
    """

    topicFilter = Signal(object)
    mutedChanged = Signal(object)
    connectionChanged = Signal(object)
    publishWanted = Signal(object)
    attachWanted = Signal(object)
    eventChanged = Signal(object)

    subtree = ""
    """The pattern of the topic selected in the tree and of all below it; empty for none."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("selection")
        self._topic_filter = ""
        self._muted: tuple[str, ...] = ()
        self._connection = ""
        self._event = 0

    @property
    def topic_filter(self) -> str:
        """The pattern the log is narrowed to; empty when it is not."""
        return self._topic_filter

    def setTopicFilter(self, pattern: str) -> None:
        """Narrow the log to a pattern; empty shows all topics. Tells only of a change."""
        if pattern != self._topic_filter:
            self._topic_filter = pattern
            self.topicFilter.emit(pattern)

    @property
    def muted(self) -> tuple[str, ...]:
        """Patterns of the topics that the log does not show; their events are stored and counted all the same."""
        return self._muted

    def setMuted(self, patterns: tuple[str, ...]) -> None:
        """Hide these topics from the log, and show all others. Tells only of a change."""
        if patterns != self._muted:
            self._muted = patterns
            self.mutedChanged.emit(patterns)

    @property
    def connection(self) -> str:
        """The connection whose heading is selected; empty for none."""
        return self._connection

    def setConnection(self, name: str) -> None:
        """Select a connection; empty for none. Tells only of a change."""
        if name != self._connection:
            self._connection = name
            self.connectionChanged.emit(name)

    @property
    def current_event(self) -> int:
        """The seq of the event selected; 0 for none."""
        return self._event

    def setEvent(self, seq: int) -> None:
        """Select an event by its seq; 0 for none. Tells only of a change."""
        if seq != self._event:
            self._event = seq
            self.eventChanged.emit(seq)
