"""What the topic tree says in words: cells, what is read aloud, what a tooltip tells. Full texts, never cut."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from eventmon.gui.connection_texts import about_connection
from eventmon.gui.formatting import NOT_APPLICABLE, clock, count, day, one_line, rate, size
from eventmon.gui.models.topic_marks import TopicMarks
from eventmon.gui.models.topic_rows import TopicRows
from eventmon.gui.models.topic_tree import TopicNode, TopicTree
from eventmon.gui.phases import CONNECTED, phase_word

TOPIC, EVENTS, RATE, BYTES, OBSERVERS, TYPES, VALUE, FIRST, LAST = range(9)
NAME_LIMIT = 4_096


def _tr(text: str) -> str:
    return QCoreApplication.translate("Topics", text)


class TopicTexts:
    """Texts of the nodes of one tree.

    Attributes:
        utc: times are shown in UTC.
        values: what is known of the last values, by topic.
    """

    def __init__(self, tree: TopicTree, rows: TopicRows, marks: TopicMarks) -> None:
        self.utc = False
        self.values: Mapping[str, str] = {}
        self._tree = tree
        self._rows = rows
        self._marks = marks

    def title(self, node: TopicNode) -> str:
        """The name of a node as shown: an empty level says so."""
        hidden = self._rows.hidden(node)
        if hidden:
            return _tr("{number} more topics").format(number=count(hidden))
        return one_line(node.name, NAME_LIMIT) if node.name else _tr("(empty)")

    def text(self, node: TopicNode, column: int) -> str:
        """What a cell says."""
        if column == TOPIC:
            return self.title(node)
        if self._rows.hidden(node):
            return ""
        return self._figure(node, column) if column <= OBSERVERS else self._of_topic(node, column)

    @staticmethod
    def _figure(node: TopicNode, column: int) -> str:
        """A total of a topic and all below it."""
        if column == EVENTS:
            return count(node.events) if node.events else NOT_APPLICABLE
        if column == RATE:
            return rate(node.rate) if node.millirate else NOT_APPLICABLE
        if column == BYTES:
            return size(node.bytes) if node.bytes else NOT_APPLICABLE
        return count(node.observers) if node.observers else NOT_APPLICABLE

    def _of_topic(self, node: TopicNode, column: int) -> str:
        """What only a topic has, and no level above it."""
        own = node.own
        if own is None:
            return NOT_APPLICABLE
        if column == TYPES:
            return one_line(", ".join(own.types), NAME_LIMIT) or NOT_APPLICABLE
        if column == VALUE:
            return self.values.get(own.topic, NOT_APPLICABLE)
        moment = own.first_received if column == FIRST else own.last_received
        return f"{day(moment, self.utc)} {clock(moment, self.utc)[:8]}" if moment > 0 else NOT_APPLICABLE

    def spoken(self, node: TopicNode) -> str:
        """What assistive tools read for a row."""
        if self._rows.hidden(node):
            return self.title(node)
        figures = _tr("{events} events, {rate}").format(events=count(node.events), rate=rate(node.rate))
        status = self._tree.status(node)
        name = one_line(self._tree.path(node), NAME_LIMIT) or self.title(node)
        state = [] if status is None or status.phase == CONNECTED else [phase_word(status.phase)]
        state += [_tr("read-only")] if status is not None and status.publishes and status.read_only else []
        return ", ".join([name, *state, *self._marks_of(node), figures])

    def _marks_of(self, node: TopicNode) -> list[str]:
        marks = [_tr("pinned")] if self._marks.is_pinned(node) else []
        marks += [_tr("muted")] if self._marks.is_muted(node) else []
        return marks + ([] if self._marks.is_recorded(node) else [_tr("not recorded")])

    def details(self, node: TopicNode) -> str:
        """Lines for a tooltip: path, state, totals, types, first and last."""
        if self._rows.hidden(node):
            return _tr("The next of them appear when you scroll here or press Enter.")
        status = self._tree.status(node)
        path = one_line(self._tree.path(node), 300) or self.title(node)
        lines = [path] if status is None else [about_connection(status)]
        figures = _tr("{events} events, {bytes}, {rate}").format(
            events=count(node.events), bytes=size(node.bytes), rate=rate(node.rate)
        )
        lines.append(figures if status is None else _tr("In this session: {figures}").format(figures=figures))
        if self._marks.is_muted(node):
            lines.append(_tr("Muted: its events are stored, and the log does not show them."))
        if not self._marks.is_recorded(node):
            lines.append(_tr("Not recorded: its events are counted and reach observers, and are not stored."))
        own = node.own
        if own is not None:
            lines.append(_tr("Types: {types}").format(types=one_line(", ".join(own.types), 200) or NOT_APPLICABLE))
            lines.append(
                _tr("First {first}, last {last}").format(
                    first=self._moment(own.first_received), last=self._moment(own.last_received)
                )
            )
        return "\n".join(lines)

    def _moment(self, microseconds: int) -> str:
        return clock(microseconds, self.utc) if microseconds > 0 else NOT_APPLICABLE
