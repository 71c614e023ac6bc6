"""The border where unexpected errors end: logged once each and shown as a problem, and the window lives.

They come from slots and model calls (``sys.excepthook``), threads, ``__del__`` methods, coroutines of the window's
loop, and Qt's own messages. The hooks may be called in any thread, so they only emit a signal.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from types import TracebackType
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler

if TYPE_CHECKING:
    import asyncio

log = logging.getLogger(__name__)

MAX_KNOWN = 1_000
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class ErrorBorder(QObject):
    """Catches what nobody else did.

    Attributes:
        caught: where (str) and what (str) of every unexpected error.
    """

    caught = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("errorBorder")
        self._known: set[tuple[object, ...]] = set()
        self._inside = threading.local()
        self._before: tuple[Any, Any, Any] | None = None

    def install(self) -> None:
        """Become the last border of this process."""
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook = self._slot_failed
        threading.excepthook = self._thread_failed
        sys.unraisablehook = self._unraisable
        qInstallMessageHandler(self._qt_said)

    def remove(self) -> None:
        """Give the hooks back."""
        if self._before is not None:
            sys.excepthook, threading.excepthook, sys.unraisablehook = self._before
            self._before = None
            qInstallMessageHandler(None)

    def loop_failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Exception handler for the window's event loop."""
        error = context.get("exception")
        if isinstance(error, BaseException):
            self.record("background task", error, error.__traceback__)
        else:
            self._tell("background task", str(context.get("message", "")), None)

    def record(self, where: str, error: BaseException, trace: TracebackType | None) -> None:
        """Log an error the first time it is seen at its place, and tell of it every time."""
        last = traceback.extract_tb(trace)[-1] if trace is not None else None
        place = f"{last.filename}:{last.lineno}" if last else ""
        self._tell(where, f"{type(error).__name__}: {error}" + (f" ({place})" if place else ""), (error, trace))

    def _tell(self, where: str, text: str, error: tuple[BaseException, TracebackType | None] | None) -> None:
        if getattr(self._inside, "busy", False):  # an error while telling of an error goes no further
            return
        self._inside.busy = True
        try:
            self._log_once(where, text, error)
            self.caught.emit(where, text)
        finally:
            self._inside.busy = False

    def _log_once(self, where: str, text: str, error: tuple[BaseException, TracebackType | None] | None) -> None:
        key = (where, text)
        if key in self._known or len(self._known) >= MAX_KNOWN:
            return
        self._known.add(key)
        trace = (type(error[0]), error[0], error[1]) if error is not None else None
        log.error("Unexpected error in %s: %s", where, text, exc_info=trace)

    def _slot_failed(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return  # Ctrl+C is handled as a signal
        self.record("window", error, trace)

    def _thread_failed(self, failed: threading.ExceptHookArgs) -> None:
        if failed.exc_value is not None and not issubclass(failed.exc_type, SystemExit):
            name = failed.thread.name if failed.thread is not None else "a thread"
            self.record(f"thread {name}", failed.exc_value, failed.exc_traceback)

    def _unraisable(self, failed: sys.UnraisableHookArgs) -> None:
        if failed.exc_value is not None:
            self.record("clean-up", failed.exc_value, failed.exc_traceback)

    def _qt_said(self, kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        level = _LEVELS.get(kind, logging.WARNING)
        if level >= logging.ERROR:
            self._tell("Qt", text, None)
        elif (kind, text) not in self._known and len(self._known) < MAX_KNOWN:
            self._known.add((kind, text))
            log.log(level, "Qt: %s", text)
