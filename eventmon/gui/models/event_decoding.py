"""A payload as the value a tree shows: at once when it is small, on demand when it is big."""

from __future__ import annotations

import threading
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QObject, Signal

from eventmon.core.secret_names import secret_bytes
from eventmon.engine.requests import EventDetail
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.formatting import size
from eventmon.gui.models.event_json import (
    MOST_AT_ONCE,
    JsonValue,
    NotReadable,
    let_go,
    most_values,
    read_big_json,
    read_json,
)
from eventmon.gui.models.event_text import is_text
from eventmon.gui.models.event_work import EventWork


def _tr(text: str) -> str:
    return QCoreApplication.translate("Event", text)


class Decoded(NamedTuple):
    """What became of a payload.

    Attributes:
        value: of the tree.
        why_not: why there is no tree; empty when there is one.
        decodable: there is none because the payload is big, but one can be made.
        soon: all of it is at hand, but it holds so much that the tree is better made outside the window's thread.
        secrets: some of it is hidden.
    """

    value: JsonValue
    why_not: str
    decodable: bool = False
    secrets: bool = False
    soon: bool = False


def decode_small(detail: EventDetail) -> Decoded:
    """What can be had at once."""
    if not detail.size:
        return Decoded(None, _tr("The event has no payload."))
    if not is_text(detail.data):
        return Decoded(None, _tr("The payload is not text. Hex shows every byte."))
    if detail.size > len(detail.data):
        much = _tr("The payload has {size}. Raw and Hex show it page by page; a tree of it is made when you ask.")
        return Decoded(None, much.format(size=size(detail.size)), decodable=True)
    if most_values(detail.data) > MOST_AT_ONCE:
        return Decoded(None, _tr("A tree of the payload is being made."), decodable=True, soon=True)
    try:
        return Decoded(read_json(detail.data), "")
    except NotReadable as why:
        return _unreadable(why)


def decode_big(data: bytes) -> Decoded:
    """All of a payload, outside the window's thread."""
    try:
        return Decoded(read_big_json(data), "", secrets=bool(secret_bytes(data)))
    except NotReadable as why:
        return _unreadable(why)


def _unreadable(why: NotReadable) -> Decoded:
    return Decoded(None, _tr("The payload cannot be shown as a tree. {why}").format(why=why))


class EventDecoder(QObject):
    """Makes trees of big payloads and gives them back.

    Attributes:
        decoded: a tree was made, or could not be (Decoded).
        failed: why the payload could not be read (a sentence, str as object).
    """

    decoded = Signal(object)
    failed = Signal(object)

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.work = EventWork(bridge, self)
        self._value: JsonValue = None

    @property
    def holds_tree(self) -> bool:
        """Whether there is a big tree."""
        return self._value is not None

    def decode(self, detail: EventDetail) -> None:
        """Read all of the payload and make a tree of it."""
        doing = _tr("Decoding {size}").format(size=size(detail.size))
        self.work.read(detail, doing, decode_big, self._take, self.failed.emit)

    def let_go(self) -> None:
        """Stop what is under way and give the tree back; taking it apart at once would hold the window up."""
        self.work.stop()
        value, self._value = self._value, None
        if value is not None:
            threading.Thread(target=let_go, args=(value,), name="event-let-go", daemon=True).start()

    def _take(self, tree: Decoded) -> None:
        self._value = tree.value
        self.decoded.emit(tree)
