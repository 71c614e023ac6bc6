"""The way from "Delete events…" to the notice about the space that came back; refused where nothing can be deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from eventmon.engine.frame import Frame, LogStatus
from eventmon.gui import formatting
from eventmon.gui.context import PanelContext
from eventmon.gui.dialogs.delete_events import DeleteEventsDialog
from eventmon.gui.models.log_deletion import (
    DeletionScope,
    EventDeletion,
    deleted_sentence,
    filter_scope,
    session_scope,
    topic_scope,
)
from eventmon.gui.models.log_feed import LogFeed

DELETE: Final = "log.delete"
QUIET_FRAMES: Final = 60
"""So many frames without a smaller file mean that it stays as it is."""
PATIENCE_FRAMES: Final = 900


class LogDeletion(QObject):
    """Binds the command of one log; ``note`` says what was done."""

    def __init__(self, context: PanelContext, feed: LogFeed, note: Callable[[str], None], window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("logDeletion")
        self._context = context
        self._feed = feed
        self._note = note
        self._window = window
        self._dialog: DeleteEventsDialog | None = None
        self._space: SpaceWatch | None = None
        self._bytes_before = 0
        context.commands.bind(DELETE, self.ask)
        context.bridge.frameReady.connect(self._take)
        self._show_reason(None)

    def ask(self) -> None:
        """Open the dialog, or bring the one that is open to the front."""
        frame = self._context.bridge.last_frame
        if frame is None:
            return
        if self._dialog is None:
            self._open(frame.log)
        elif self._dialog.isVisible():
            self._dialog.raise_()
            self._dialog.activateWindow()

    def _open(self, status: LogStatus) -> None:
        scopes = list(self._scopes(status))
        utc = self._feed.model.utc
        dialog = DeleteEventsDialog(self._context.theme, self._context.bridge, scopes, self._window.window(), utc=utc)
        self._dialog = dialog
        self._bytes_before = status.bytes
        dialog.work.ended.connect(lambda: self._ended(dialog.work.deletion))
        dialog.finished.connect(lambda _code: self._closed())
        dialog.show()

    def _scopes(self, status: LogStatus) -> Iterator[DeletionScope]:
        search = self._feed.search
        if search is not None and search.filter.typed:
            yield filter_scope(search.filter)
        if self._context.selection.subtree:
            yield topic_scope(self._context.selection.subtree)
        yield session_scope(status.name)

    def _closed(self) -> None:
        self._dialog = None

    def _ended(self, deletion: EventDeletion | None) -> None:
        if deletion is not None:
            sentence = deleted_sentence(deletion)
            self._note(sentence)
            self._space = SpaceWatch(self._bytes_before, sentence) if deletion.deleted else None

    def _take(self, frame: Frame) -> None:
        self._show_reason(frame.log)
        if self._space is not None:
            sentence = self._space.take(frame.log.bytes)
            if sentence:
                self._note(sentence)
            if self._space.done:
                self._space = None

    def _show_reason(self, status: LogStatus | None) -> None:
        reason = ""
        if status is None or not status.events:
            reason = self.tr("the log is empty")
        elif status.read_only:
            reason = self.tr("open to look only")
        self._context.commands.refuse(DELETE, reason)


class SpaceWatch:
    """Waits until the file has become as small as it gets: space is given back in idle moments, not at once.

    Attributes:
        done: the file does not become smaller any more.
    """

    def __init__(self, before: int, sentence: str) -> None:
        self._before = self._least = before
        self._sentence = sentence
        self._quiet = self._frames = 0
        self.done = False

    def take(self, size: int) -> str:
        """Take the size of the file from a frame; a sentence as soon as it is known what came of the space."""
        self._frames += 1
        self._quiet = 0 if size < self._least else self._quiet + 1
        self._least = min(size, self._least)
        self.done = self._quiet >= QUIET_FRAMES or self._frames >= PATIENCE_FRAMES
        given = self._before - self._least
        if not self.done:
            return ""
        if given <= 0:
            return f"{self._sentence} Their space in the file is free for new events."
        return f"{self._sentence} The disk got {formatting.size(given)} back."
