"""Sessions as files: new ones and others open in a window of their own, this one is saved as another file."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QObject, QProcess
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from eventmon.core.errors import UserError
from eventmon.engine.frame import Frame
from eventmon.engine.paths import Paths
from eventmon.engine.recent_sessions import forget_sessions, recent_sessions, remember_session
from eventmon.engine.requests import SaveSessionAs
from eventmon.gui.context import PanelContext
from eventmon.gui.formatting import one_line, short_path, size
from eventmon.gui.widgets.plain_text import message
from eventmon.gui.window_tasks import WindowTasks

ENDING: Final = ".eventmon"
Start = Callable[[Sequence[str]], bool]
"""Starts Eventmon again with these arguments; whether it could be started."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Session", text)


def start_again(arguments: Sequence[str]) -> bool:
    """Start this program once more, as a process that outlives this one."""
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "eventmon"]
    return bool(QProcess.startDetached(program[0], [*program[1:], *arguments])[0])


class SessionCommands(QObject):
    """Binds the commands of sessions and keeps the list of recent ones."""

    def __init__(self, context: PanelContext, paths: Paths, window: QWidget, *, start: Start = start_again) -> None:
        super().__init__(window)
        self.setObjectName("sessionCommands")
        self._context = context
        self._paths = paths
        self._window = window
        self._start = start
        self._tasks = WindowTasks(window)
        self._recent: QMenu | None = None
        commands = context.commands
        commands.bind("session.new", self._ask_new)
        commands.bind("session.open", self._ask_open)
        commands.bind("session.save_as", self._ask_save)
        self._seen = ""
        context.bridge.frameReady.connect(self._frame_ready)
        commands.set_enabled("session.save_as", False)
        self._follow_recent()

    def list_in(self, menu: QMenu) -> None:
        """Show recent sessions in a menu."""
        self._recent = menu
        menu.aboutToShow.connect(self._fill)
        self._fill()

    def open_session(self, path: Path) -> None:
        """Open a session to look only, in a window of its own."""
        self._tasks.begin(self._open(path.absolute()), _tr("The session cannot be opened"))

    def new_session(self, path: Path) -> None:
        """Begin a session in a window of its own."""
        self._tasks.begin(self._new(path.absolute()), _tr("The session cannot be begun"))

    def save_as(self, path: Path) -> None:
        """Save the session of this window as another file."""
        self._tasks.begin(self._save(path.absolute()), _tr("The session is not saved"))

    async def wait(self) -> None:
        """Wait for what is under way."""
        await self._tasks.wait()

    async def _open(self, path: Path) -> None:
        import asyncio

        if str(path) == self._seen:
            raise UserError(_tr("{name} is open in this window already.").format(name=one_line(path.name, 80)))
        await asyncio.to_thread(_prove, path)
        self._begin_window(path, "--read-only")

    async def _new(self, path: Path) -> None:
        if path.suffix != ENDING:
            path = path.with_name(path.name + ENDING)
        if path.exists():
            raise UserError(
                _tr("There is a file {name} already. Choose another name, or open it.").format(
                    name=one_line(path.name, 80)
                )
            )
        self._begin_window(path)

    async def _save(self, path: Path) -> None:
        commands = self._context.commands
        commands.set_enabled("session.save_as", False)
        try:
            written = await self._context.bridge.call(SaveSessionAs(path=str(path)))
        finally:
            commands.set_enabled("session.save_as", True)
        path = path if path.suffix == ENDING else path.with_name(path.name + ENDING)
        self._remember(path)
        sentence = _tr("{name} holds everything stored until now, {size}.").format(
            name=one_line(path.name, 80), size=size(written)
        )
        message(self._window, _tr("Session saved"), sentence, severity="info")

    def _begin_window(self, path: Path, *more: str) -> None:
        if not self._start([str(path), *more, "--profile", self._paths.profile]):
            raise UserError(_tr("Another window could not be started. Open the file with `eventmon` in a terminal."))
        self._remember(path)

    def _frame_ready(self, frame: Frame) -> None:
        """A session that is not the default one is worth remembering, however it was opened."""
        if frame.log.path == self._seen:
            return
        self._seen = frame.log.path
        self._context.commands.set_enabled("session.save_as", True)
        here = Path(self._seen)
        if here.is_absolute() and here != self._paths.default_session.absolute():
            self._remember(here)

    def _remember(self, path: Path) -> None:
        remember_session(self._paths, path)
        self._follow_recent()

    def _forget(self) -> None:
        forget_sessions(self._paths)
        self._follow_recent()

    def _follow_recent(self) -> None:
        """The menu is there while there is something in it."""
        if recent_sessions(self._paths):
            self._context.commands.bind("session.clear_recent", self._forget)
        else:
            self._context.commands.unbind("session.clear_recent")

    def _fill(self) -> None:
        menu = self._recent
        assert menu is not None
        clear = self._context.commands.bare_action("session.clear_recent")
        for action in menu.actions():
            if action is not clear:
                menu.removeAction(action)
                action.deleteLater()
        for path in recent_sessions(self._paths):
            menu.insertAction(clear, self._entry(path, menu))
        menu.insertSeparator(clear)

    def _entry(self, path: Path, menu: QMenu) -> QAction:
        there = path.is_file()
        texts = _tr("{name} in {folder}") if there else _tr("{name} in {folder}: the file is not there any more")
        text = texts.format(name=one_line(path.name, 60), folder=one_line(short_path(str(path.parent), 60), 60))
        action = QAction(text.replace("&", "&&"), menu)
        action.setEnabled(there)
        action.triggered.connect(lambda: self.open_session(path))
        return action

    # ── asking for a file ────────────────────────────────────────────────────────────────────────────────────────

    def _ask_open(self) -> None:
        dialog = self._dialog(_tr("Open session"), QFileDialog.AcceptMode.AcceptOpen)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self.open_session(Path(path)))
        dialog.open()

    def _ask_new(self) -> None:
        dialog = self._dialog(_tr("New session"), QFileDialog.AcceptMode.AcceptSave)
        dialog.fileSelected.connect(lambda path: self.new_session(Path(path)))
        dialog.open()

    def _ask_save(self) -> None:
        dialog = self._dialog(_tr("Save session as"), QFileDialog.AcceptMode.AcceptSave)
        dialog.fileSelected.connect(lambda path: self.save_as(Path(path)))
        dialog.open()

    def _dialog(self, title: str, mode: QFileDialog.AcceptMode) -> QFileDialog:
        """A dialog for files; it promises to replace none, for none is ever replaced."""
        last = next(iter(recent_sessions(self._paths)), None)
        folder = str(last.parent) if last is not None and last.parent.is_dir() else str(Path.home())
        kinds = ";;".join((_tr("Sessions (*{ending})").format(ending=ENDING), _tr("All files (*)")))
        dialog = QFileDialog(self._window, title, folder, kinds)
        dialog.setObjectName("sessionDialog")
        dialog.setAcceptMode(mode)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.setDefaultSuffix(ENDING)
        dialog.finished.connect(dialog.deleteLater)
        return dialog


def _prove(path: Path) -> None:
    """UserError unless it is a session that can be read; the other window could tell nobody."""
    from eventmon.engine.offline import SessionFile

    with SessionFile(path):
        pass
