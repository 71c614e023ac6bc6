"""The life of the window: shown first, the engine after it, and an end in order whatever ends it.

Nothing slow is imported before the first paint: asyncio, the engine, its HTTP and database libraries and the plots
come after it, so that the window stands almost as fast as an empty one.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEventLoop
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from eventmon.core.errors import UserError
from eventmon.engine.paths import Paths
from eventmon.engine.resources import resources_folder
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.commands import Commands
from eventmon.gui.context import PanelContext
from eventmon.gui.errors import ErrorBorder
from eventmon.gui.hub_commands import HubCommands
from eventmon.gui.layout_keeper import LayoutKeeper
from eventmon.gui.main_window import MainWindow, fit_screen
from eventmon.gui.selection import Selection
from eventmon.gui.session_commands import SessionCommands
from eventmon.gui.settings_keeper import SettingsKeeper
from eventmon.gui.theme.theme import Theme
from eventmon.gui.utf8_locale import use_utf8_locale
from eventmon.gui.widgets.plain_text import message
from eventmon.gui.workspace_commands import WorkspaceCommands

if TYPE_CHECKING:
    import asyncio

    from eventmon.engine.client import EngineClient
    from eventmon.engine.options import EngineOptions

SWITCH_INTERVAL = 0.0005
"""Seconds a busy thread keeps the interpreter from the window; Python's own 5 ms can be felt."""
FIRST_PAINT_SECONDS = 2.0
"""A window that nobody sees, on another desktop, is never painted: the engine does not wait for it longer."""
END_AT_FIRST_PAINT = "EVENTMON_END_AT_FIRST_PAINT"
"""A variable of the environment with which a start is measured: the process ends as soon as the window stands."""
SCREENLESS = {"offscreen", "minimal", "vnc"}


def run(options: EngineOptions, *, viewer_socket: Path | None = None) -> int:
    """Show the window until it is closed; gives the exit code.

    Args:
        options: for the engine this window runs.
        viewer_socket: show the engine behind this control socket instead.
    """
    sys.setswitchinterval(SWITCH_INTERVAL)
    application = make_application()
    life = WindowLife(options, viewer_socket)
    life.show()

    import asyncio

    import qasync

    with qasync.QEventLoop(application) as loop:
        asyncio.set_event_loop(loop)
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
        use_utf8_locale()
        application = QApplication(sys.argv[:1])
    application.setStyle("fusion")
    application.setQuitOnLastWindowClosed(False)
    return application


class WindowLife:
    """One run of the window, from the first paint to the closed log."""

    def __init__(self, options: EngineOptions, viewer_socket: Path | None) -> None:
        self._options = options
        self._viewer_socket = viewer_socket
        self.paths = Paths.for_profile(options.profile)
        self._border = ErrorBorder()
        self._client: EngineClient | None = None
        self._failed = ""
        self._shown = False
        self._ended = False
        self._end: asyncio.Event | None = None
        self._settings = SettingsKeeper(self.paths)
        self.window = self._make_window()
        self._layout = LayoutKeeper(
            self.paths.layout_file, self.window, lambda why: self.window.problems.report("layout", why, "warning")
        )

    def show(self) -> None:
        """Put the window on the screen, painted. For before the event loop runs: its tasks must not be nested."""
        self._open()
        deadline = time.monotonic() + FIRST_PAINT_SECONDS
        while not self.window.painted and not self._ended and time.monotonic() < deadline:
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)
        if END_AT_FIRST_PAINT in os.environ:
            os._exit(0)

    def _open(self) -> None:
        self._shown = True
        if not self._layout.restore() and QGuiApplication.platformName() not in SCREENLESS:
            fit_screen(self.window, self.window.screen().availableSize())
        self.window.show()

    async def live(self) -> int:
        """Show the window unless it is shown, start the engine, wait for the end, close in order."""
        import asyncio

        from eventmon.gui.signals import SignalWatch

        loop = asyncio.get_running_loop()
        self._end = asyncio.Event()
        self._border.install()
        loop.set_exception_handler(self._border.loop_failed)
        signals = SignalWatch(loop, self._stop)
        keeping = loop.create_task(self._layout.keep())
        try:
            if not self._shown:
                self._open()
                await self._first_paint()
            if not self._ended:
                self.window.open_panels_gently()
                await self._start()
                await self._end.wait()
        finally:
            keeping.cancel()
            await self._close()
            signals.close()
            self._border.remove()
        return 1 if self._failed else 0

    async def _first_paint(self) -> None:
        import asyncio

        painted = asyncio.Event()
        self.window.firstPainted.connect(painted.set)
        with suppress(TimeoutError):
            await asyncio.wait_for(painted.wait(), FIRST_PAINT_SECONDS)

    def _stop(self) -> None:
        self._ended = True
        if self._end is not None:
            self._end.set()

    def _make_window(self) -> MainWindow:
        theme = Theme()
        theme.apply(self._settings.settings.theme, self._settings.settings.text_percent)
        self.context = PanelContext(
            bridge=EngineBridge(),
            commands=Commands(theme),
            theme=theme,
            selection=Selection(),
            settings=self._settings.settings,
            paths=self.paths,
        )
        window = MainWindow(self.context)
        window.setWindowIcon(QIcon(str(resources_folder() / "eventmon.svg")))
        window.closeAsked.connect(self._stop)
        window.appearanceChanged.connect(self._keep_appearance)
        self._border.caught.connect(window.problems.report)
        if self._settings.trouble:
            window.problems.report("settings", self._settings.trouble, "warning")
        self.context.commands.bind("edit.preferences", self._show_preferences)
        self.sessions = SessionCommands(self.context, self.paths, window)
        self.sessions.list_in(window.menu("file/recent"))
        self.workspaces = WorkspaceCommands(self.context, window)
        self.hubs = HubCommands(self.context, window)
        return window

    async def _start(self) -> None:
        """The engine, in a thread of its own until it runs; a wish to end need not wait for it."""
        import asyncio

        try:
            self._client = await asyncio.to_thread(self._make_client)
            # What stands now stays to the end: collections that look at it again and again would stop the window.
            gc.freeze()
            self.context.bridge.attach(self._client)
        except UserError as error:
            self._refuse(str(error))

    def _make_client(self) -> EngineClient:
        """In a thread of its own: imports the engine's libraries and waits until the engine runs."""
        if self._viewer_socket is not None:
            from eventmon.engine.remote import RemoteEngine

            return RemoteEngine(self._viewer_socket)
        from eventmon.engine.host import LocalEngine

        client = LocalEngine(self._options, self.paths)
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
            self._stop()
            return
        box = message(self.window, QCoreApplication.translate("Application", "Eventmon cannot start"), sentence)
        box.finished.connect(self._stop)

    async def _close(self) -> None:
        """Layout first, then the engine; the window is gone at once, the log closed before the process ends."""
        import asyncio

        await self.window.controller.end()
        await self.sessions.wait()
        await self.workspaces.wait()
        if not self._failed:
            self._layout.save()
        self.context.bridge.detach()
        self.window.allow_close()
        if self._client is not None:
            await asyncio.to_thread(self._client.close)

    def _keep_appearance(self) -> None:
        utc = self.context.commands.bare_action("view.utc").isChecked()
        try:
            self._settings.keep_appearance(self.context.theme, utc=utc)
        except UserError as error:
            self.window.problems.report("settings", str(error), "warning")

    def _show_preferences(self) -> None:
        from eventmon.gui.dialogs.preferences import PreferencesDialog

        dialog = PreferencesDialog(self.context.theme, self._settings, self.window)
        dialog.saved.connect(lambda: self._settings.show(self.context.theme, self.context.commands))
        dialog.open()


def wants_box() -> bool:
    """Whether somebody without a terminal sits before a screen: only a box reaches them."""
    return QGuiApplication.platformName() not in SCREENLESS and not sys.stderr.isatty()
