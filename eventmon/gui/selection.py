"""What the panels agree on: today the topic filter that the tree sets and the log obeys."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Selection(QObject):
    """Shared choices of the window; a panel sets them, any other may listen.

    Attributes:
        topicFilter: the new pattern (str). Sent as an object, because Qt empties a text with a lone surrogate.
    """

    topicFilter = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("selection")
        self._topic_filter = ""

    @property
    def topic_filter(self) -> str:
        """The pattern the log is narrowed to; empty when it is not."""
        return self._topic_filter

    def setTopicFilter(self, pattern: str) -> None:
        """Narrow the log to a pattern; empty shows all topics. Tells only of a change."""
        if pattern != self._topic_filter:
            self._topic_filter = pattern
            self.topicFilter.emit(pattern)
