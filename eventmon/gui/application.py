"""The life of the window: shown first, the engine after it, and an end in order whatever ends it.

Nothing slow is imported before the first paint: the engine, its HTTP and database libraries and the plots come
after it, so that the window stands as fast as an empty one.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import qasync
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from eventmon.core.errors import UserError
from eventmon.engine.paths import Paths
from eventmon.engine.settings import Settings, load_settings, save_settings
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.commands import Commands
from eventmon.gui.context import PanelContext
from eventmon.gui.errors import ErrorBorder
from eventmon.gui.layout import load_layout, save_layout
from eventmon.gui.main_window import MainWindow
from eventmon.gui.resources import resources_folder
from eventmon.gui.selection import Selection
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.plain_text import message

if TYPE_CHECKING:
    from eventmon.engine.client import EngineClient
    from eventmon.engine.engine import EngineOptions

log = logging.getLogger(__name__)

SWITCH_INTERVAL = 0.0005
"""Seconds a busy thread keeps the interpreter from the window; Python's own 5 ms can be felt."""
SCREENLESS = {"offscreen", "minimal", "vnc"}


def run(options: EngineOptions, *, viewer_socket: Path | None = None) -> int:
    """Show the window until it is closed; gives the exit code.

    Args:
        options: for the engine this window runs.
        viewer_socket: show the engine behind this control socket instead.
    """
    sys.setswitchinterval(SWITCH_INTERVAL)
    application = make_application()
    with qasync.QEventLoop(application) as loop:
        asyncio.set_event_loop(loop)
        life = WindowLife(options, viewer_socket)
        try:
            return int(loop.run_until_complete(life.live()))
        finally:
            asyncio.set_event_loop(None)


def make_application() -> QApplication:
    """The QApplication with the names desktops know us by."""
    QCoreApplication.setApplicationName("eventmon")
    QGuiApplication.setApplicationDisplayName("")
    QGuiApplication.setDesktopFileName("eventmon")
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = QApplication(sys.argv[:1])
    application.setStyle("fusion")
    application.setQuitOnLastWindowClosed(False)
    return application


class WindowLife:
    """One run of the window, from the first paint to the closed log."""

    def __init__(self, options: EngineOptions, viewer_socket: Path | None) -> None:
        self._options = options
        self._viewer_socket = viewer_socket
        self._paths = Paths.for_profile(options.profile)
        self._border = ErrorBorder()
        self._client: EngineClient | None = None
        self._failed = ""
        self._stopping = asyncio.Event()
        self._troubles: list[str] = []
        self._settings = self._load_settings()
        self.window = self._make_window()

    async def live(self) -> int:
        """Show the window, start the engine, wait for the end, close in order."""
        loop = asyncio.get_running_loop()
        self._border.install()
        loop.set_exception_handler(self._border.loop_failed)
        signals = SignalWatch(loop, self._stopping.set)
        try:
            self._restore_layout()
            self.window.show()
            await self._start()
            await self._stopping.wait()
        finally:
            await self._close()
            signals.close()
            self._border.remove()
        return 1 if self._failed else 0

    def _make_window(self) -> MainWindow:
        theme = Theme()
        theme.apply(self._settings.theme, self._settings.text_percent)
        self.context = PanelContext(
            bridge=EngineBridge(),
            commands=Commands(theme),
            theme=theme,
            selection=Selection(),
            settings=self._settings,
        )
        window = MainWindow(self.context)
        window.setWindowIcon(QIcon(str(resources_folder() / "eventmon.svg")))
        window.closeAsked.connect(self._stopping.set)
        window.appearanceChanged.connect(self._save_settings)
        self._border.caught.connect(window.problems.report)
        for trouble in self._troubles:
            window.problems.report("settings", trouble, "warning")
        return window

    async def _start(self) -> None:
        """Everything slow, once the window is on the screen."""
        painted = asyncio.Event()
        self.window.firstPainted.connect(painted.set)
        first = [asyncio.ensure_future(event.wait()) for event in (painted, self._stopping)]
        await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
        for waiting in first:
            waiting.cancel()
        if self._stopping.is_set():
            return
        self.window.open_panels_gently()
        try:
            self._client = await asyncio.to_thread(self._make_client)
            self.context.bridge.attach(self._client)
        except UserError as error:
            self._refuse(str(error))

    def _make_client(self) -> EngineClient:
        """In a thread of its own: imports the engine's libraries and waits until the engine runs."""
        if self._viewer_socket is not None:
            from eventmon.engine.remote import RemoteEngine

            return RemoteEngine(self._viewer_socket)
        from eventmon.engine.host import LocalEngine

        client = LocalEngine(self._options, self._paths)
        try:
            client.start().result()
        except BaseException:
            client.close()
            raise
        return client

    def _refuse(self, sentence: str) -> None:
        """No session, no window: say why, where somebody looks, and end with 1."""
        self._failed = sentence
        sys.stderr.write(f"eventmon: {sentence}\n")
        self.window.say(sentence)
        if not wants_box():
            self._stopping.set()
            return
        box = message(self.window, QCoreApplication.translate("Application", "Eventmon cannot start"), sentence)
        box.finished.connect(self._stopping.set)

    async def _close(self) -> None:
        """Layout first, then the engine; the window is gone at once, the log closed before the process ends."""
        await self.window.controller.wait()
        self._save_layout()
        self.context.bridge.detach()
        self.window.allow_close()
        if self._client is not None:
            await asyncio.to_thread(self._client.close)

    def _load_settings(self) -> Settings:
        try:
            return load_settings(self._paths)
        except UserError as error:
            self._troubles.append(str(error))
            return Settings()

    def _save_settings(self) -> None:
        theme = self.context.theme
        utc = self.context.commands.bare_action("view.utc").isChecked()
        self._settings = msgspec.structs.replace(
            self._settings, theme=theme.mode, text_percent=theme.text_percent, utc=utc
        )
        try:
            save_settings(self._paths, self._settings)
        except UserError as error:
            self.window.problems.report("settings", str(error), "warning")

    @property
    def _layout_file(self) -> Path:
        return self._paths.layout_file.with_suffix(".json")

    def _restore_layout(self) -> None:
        try:
            layout = load_layout(self._layout_file)
        except UserError as error:
            self.window.problems.report("layout", str(error), "warning")
            return
        if layout is not None:
            self.window.restore(layout)

    def _save_layout(self) -> None:
        if self._failed:
            return
        try:
            save_layout(self._layout_file, self.window.save())
        except UserError as error:
            log.warning("%s", error)


class SignalWatch:
    """SIGTERM and SIGINT as a call in the loop: Python's own handlers wait for the next bytecode, Qt may idle."""

    def __init__(self, loop: asyncio.AbstractEventLoop, stop: object) -> None:
        assert callable(stop)
        self._loop = loop
        self._read, self._write = os.pipe()
        os.set_blocking(self._write, False)
        os.set_blocking(self._read, False)
        self._wakeup = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        self._before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGTERM, signal.SIGINT)}
        loop.add_reader(self._read, stop)

    def close(self) -> None:
        """Give the signals back."""
        self._loop.remove_reader(self._read)
        signal.set_wakeup_fd(self._wakeup)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        os.close(self._read)
        os.close(self._write)


def wants_box() -> bool:
    """Whether somebody without a terminal sits before a screen: only a box reaches them."""
    return QGuiApplication.platformName() not in SCREENLESS and not sys.stderr.isatty()
