"""The last values of the topics in view: read from the log a few at a time, at most once a second.

A frame says which event of a topic is the newest, not what is in it. So only the rows in sight cost a question, all of
them together one, and the next is not asked before the last was answered.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Final

from PySide6.QtCore import QObject, Signal

from eventmon.engine.requests import ReadRowsAt, Rows
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.models import log_texts
from eventmon.gui.models.log_inquiry import Inquiry
from eventmon.gui.models.topic_tree import TopicNode

SECOND: Final = 1.0
MOST_ASKED: Final = 200
MOST_KEPT: Final = 2_000


class LastValues(QObject):
    """Values by topic.

    Attributes:
        changed: some of them are new.
    """

    changed = Signal()

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lastValues")
        self._inquiry = Inquiry(bridge, self)
        self._seqs: OrderedDict[str, int] = OrderedDict()
        self._texts: dict[str, str] = {}
        self._asking = False
        self._asked_at = float("-inf")

    @property
    def texts(self) -> Mapping[str, str]:
        """What is known."""
        return self._texts

    def want(self, nodes: Iterable[TopicNode], now: float) -> None:
        """Ask for the values of these topics that are not known; ``now`` in monotonic seconds."""
        if self._asking or now - self._asked_at < SECOND:
            return
        wanted: dict[int, str] = {}
        for node in nodes:
            own = node.own
            if own is not None and own.last_seq and self._seqs.get(own.topic) != own.last_seq:
                wanted[own.last_seq] = own.topic
            if len(wanted) >= MOST_ASKED:
                break
        if wanted:
            self._asking = True
            self._asked_at = now
            self._inquiry.ask(ReadRowsAt(seqs=sorted(wanted)), lambda rows: self._take(wanted, rows), self._failed)

    def _take(self, wanted: Mapping[int, str], answer: Rows) -> None:
        self._asking = False
        found = {row.seq: row for row in answer.rows}
        for seq, topic in wanted.items():
            row = found.get(seq)
            if row is not None:
                self._texts[topic] = log_texts.data(row)
            elif seq < answer.first_seq:
                self._texts.pop(topic, None)  # no longer kept
            else:
                continue  # not committed yet
            self._seqs[topic] = seq
            self._seqs.move_to_end(topic)
        while len(self._seqs) > MOST_KEPT:
            topic, _ = self._seqs.popitem(last=False)
            self._texts.pop(topic, None)
        self.changed.emit()

    def _failed(self, _sentence: str) -> None:
        self._asking = False
