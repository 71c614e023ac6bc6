"""The window: bars round a field of docks. No feature lives here; panels and commands bring them all."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QStyle, QTabWidget

from eventmon.engine.frame import Frame
from eventmon.gui.actions import MainToolBar, MenuFiller
from eventmon.gui.alerts import Alerts
from eventmon.gui.context import PanelContext
from eventmon.gui.docks import Docks
from eventmon.gui.formatting import one_line
from eventmon.gui.known_topics import known_topics
from eventmon.gui.layout import Layout
from eventmon.gui.layout_commands import LayoutCommands, layout_title
from eventmon.gui.panels.base import PanelDescription
from eventmon.gui.panels.registry import PANELS
from eventmon.gui.problem_list import ProblemList
from eventmon.gui.session_controller import SessionController
from eventmon.gui.status_bar import StatusBar
from eventmon.gui.widgets.banner import Banner, strip_bar
from eventmon.gui.widgets.steady_frame import SteadyFrame
from eventmon.gui.window_commands import WindowCommands
from eventmon.gui.window_layouts import WindowLayouts

DEFAULT_SIZE = QSize(1280, 800)
DOCK_OPTIONS = (
    QMainWindow.DockOption.AllowNestedDocks
    | QMainWindow.DockOption.AllowTabbedDocks
    | QMainWindow.DockOption.GroupedDragging
)


class MainWindow(QMainWindow):
    """The one window of a session.

    Attributes:
        firstPainted: the window is on the screen; what is slow may begin.
        closeAsked: the user wants to quit; the window waits for ``allow_close``.
        appearanceChanged: theme, text size or time zone was chosen.
        painted: whether the window was on the screen yet.
    """

    firstPainted = Signal()
    closeAsked = Signal()
    appearanceChanged = Signal()

    def __init__(self, context: PanelContext, *, panels: Sequence[PanelDescription] = PANELS) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setDockOptions(DOCK_OPTIONS)
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.setDocumentMode(True)
        self.resize(DEFAULT_SIZE)
        self._context = context
        self.painted = False
        self._may_close = False
        self._laid_out = False
        self._lost = ""
        self.problems = ProblemList(context.bridge, self)
        known_topics(context.bridge)  # hears the first frame, which holds all topics, whenever panels are made
        self.docks = Docks(self, context, panels)
        for dock in self.docks:
            dock.failed.connect(lambda why, name=dock.description.id: self.problems.report(f"panel {name}", why))
        self.layouts = WindowLayouts(self, self.docks)
        self.controller = SessionController(context, self)
        self.controller.opened.connect(self._focus_first)
        self._commands = WindowCommands(context, self.problems, self)
        self._commands.appearanceChanged.connect(self.appearanceChanged)
        self._make_bars()
        self._show_title("")
        context.bridge.frameReady.connect(self._frame_ready)
        context.bridge.engineLost.connect(self._engine_lost)
        context.bridge.raiseRequested.connect(self.come_forward)

    def open_panels(self) -> None:
        """Make all panels now; ``open_panels_gently`` makes one a turn of the event loop."""
        for dock in self.docks:
            self.docks.open_panel(dock.description.id)
        self._focus_first()

    def open_panels_gently(self) -> None:
        """Make the panels one after the other, so that the window answers in between."""
        waiting = [dock.description.id for dock in self.docks if dock.panel is None]
        if not waiting:
            self._focus_first()
            return
        self._open_next(waiting)

    def _open_next(self, waiting: list[str]) -> None:
        self.docks.open_panel(waiting.pop(0))
        QTimer.singleShot(0, self, (lambda: self._open_next(waiting)) if waiting else self._focus_first)

    def _focus_first(self) -> None:
        """The keyboard begins in the middle, not in whatever Qt finds first."""
        for dock in [dock for dock in self.docks if dock.description.area == "centre" and not dock.isHidden()][:1]:
            dock.take_focus()

    def save(self) -> Layout:
        """The layout of now."""
        return self.layouts.save()

    def restore(self, layout: Layout) -> None:
        """Put back a layout; call it before the window is shown and the panels are made."""
        self.layouts.restore(layout)

    def menu(self, name: str) -> QMenu:
        """A menu of the menu bar by its name in ``MENUS``."""
        return self._menus.menu(name)

    def come_forward(self) -> None:
        """Show the window above others."""
        self.setWindowState((self.windowState() & ~Qt.WindowState.WindowMinimized) | Qt.WindowState.WindowActive)
        self.show()
        self.raise_()
        self.activateWindow()

    def say(self, sentence: str, severity: str = "error") -> None:
        """Show a sentence over the panels; an empty one takes it away."""
        if sentence != self._banner.text:
            self._banner.show_sentence(sentence, severity)
        if self._banner_bar.isVisibleTo(self) != bool(sentence):
            self._banner_bar.setVisible(bool(sentence))

    @property
    def banner_text(self) -> str:
        """The sentence over the panels."""
        return self._banner.text

    def allow_close(self) -> None:
        """Close for real."""
        self._may_close = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask for an orderly end first."""
        if self._may_close:
            event.accept()
        else:
            event.ignore()
            self.closeAsked.emit()

    def event(self, event: QEvent) -> bool:
        """Notice the first paint and the first layout."""
        done = super().event(event)
        if event.type() == QEvent.Type.Paint and not self.painted:
            QTimer.singleShot(0, self, self._has_painted)
        elif event.type() == QEvent.Type.Show and not self._laid_out:
            self._laid_out = True
            self.layouts.place()
            self.alerts.place()
        return done

    def _has_painted(self) -> None:
        """Whatever was painted is on the screen by now."""
        if not self.painted:
            self.painted = True
            self.firstPainted.emit()

    def _make_bars(self) -> None:
        context = self._context
        self._menus = MenuFiller(self.menuBar(), context.commands)
        self.toolbar = MainToolBar(context.theme, context.commands, self)
        self.toolbar.connect_menu.aboutToShow.connect(lambda: self.controller.fill_menu(self.toolbar.connect_menu))
        self.addToolBar(self.toolbar)
        of_layouts = LayoutCommands(context, self.layouts, self)
        of_layouts.list_in(self._menus.menu("view/layout"))
        of_layouts.list_in(self.toolbar.panels_menu)
        self.layouts.changed.connect(lambda: self.toolbar.name_layout(layout_title(self.layouts.chosen)))
        self.layouts.changed.emit()
        self._banner = Banner(context.theme)
        self._banner_bar = strip_bar(self, self.tr("Notice"), "noticeBar", self._banner)
        self.alerts = Alerts(self, context)
        show_problems = context.commands.bare_action("help.problems")
        self.status = StatusBar(context.theme, context.bridge, self.problems, show_problems, self)
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.setContentsMargins(0, -3, 0, -2)  # QStatusBar adds as much, whatever is asked for
        frame = SteadyFrame(bar)
        frame.hold(self.status)
        bar.addPermanentWidget(frame, 1)

    def createPopupMenu(self) -> None:
        """No menu of bars on right-click: a hidden toolbar is hard to find again."""

    def _frame_ready(self, frame: Frame) -> None:
        if frame.number == 1:  # empty pages give way to what the session holds, or the other way round
            QTimer.singleShot(0, self, self._focus_first)
        self._context.commands.set_recording(not frame.log.read_only)
        self._show_title(frame.log.name, read_only=frame.log.read_only)
        self.say(self._lost or frame.log.blocked, "error" if self._lost else "warning")

    def _engine_lost(self, sentence: str) -> None:
        self._lost = self.tr("The engine does not answer any more. Nothing stored is lost. {why}").format(why=sentence)
        self.say(self._lost)

    def _show_title(self, session: str, *, read_only: bool = False) -> None:
        name = one_line(session, 120)
        shown = self.tr("{name} (read-only)").format(name=name) if read_only else name
        title = f"{shown} – Eventmon" if session else "Eventmon"
        if title != self.windowTitle():
            self.setWindowTitle(title)


def fit_screen(window: QMainWindow, room: QSize) -> None:
    """Let a window begin as large as the screen where the usual size and a title bar would not fit on it."""
    title = window.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
    if room.width() < DEFAULT_SIZE.width() or room.height() < DEFAULT_SIZE.height() + title:
        window.setWindowState(window.windowState() | Qt.WindowState.WindowMaximized)
