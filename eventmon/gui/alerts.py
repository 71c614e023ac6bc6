"""What observers tell the user now: a strip over the panels, a notice of the desktop where there is a tray, a sound.

An observer may alert at any rate. The strip shows the newest and counts the rest, the desktop hears of at most one
every few seconds, and nothing here is ever markup: some desktops read it in notices. The engine lists every alert with
the problems.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QMainWindow, QSystemTrayIcon, QWidget

from eventmon.core.secret_names import masked
from eventmon.engine.frame import Alert, Frame
from eventmon.gui.context import PanelContext
from eventmon.gui.formatting import count, one_line
from eventmon.gui.widgets.alert_strip import AlertStrip
from eventmon.gui.widgets.banner import strip_bar

NOTICE_EVERY: Final = 5.0
"""Seconds between two notices of the desktop."""
SOUND_EVERY: Final = 5.0
NOTICE_LIMIT: Final = 240
NAME_LIMIT: Final = 80
_NO_MARKUP: Final = str.maketrans({"<": "‹", ">": "›", "&": "＆"})
_ICONS: Final = {
    "error": QSystemTrayIcon.MessageIcon.Critical,
    "warning": QSystemTrayIcon.MessageIcon.Warning,
}

Clock = Callable[[], float]


def _tr(text: str) -> str:
    return QCoreApplication.translate("Alerts", text)


class Notices(QObject):
    """Notices of the desktop, one at a time; without a tray there are none, and the taskbar marks the window instead.

    Attributes:
        clicked: the user clicked a notice.
    """

    clicked = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._tray: QSystemTrayIcon | None = None

    def show_notice(self, title: str, text: str, severity: str, icon: QIcon) -> bool:
        """Show one; False where the desktop cannot."""
        if not (QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages()):
            return False
        if self._tray is None:
            self._tray = QSystemTrayIcon(icon, self)
            self._tray.messageClicked.connect(self.clicked)
            self._tray.show()
        self._tray.showMessage(title, text, _ICONS.get(severity, QSystemTrayIcon.MessageIcon.Information))
        return True


class Alerts(QObject):
    """The alerts of one window."""

    def __init__(
        self,
        window: QMainWindow,
        context: PanelContext,
        *,
        clock: Clock = time.monotonic,
        notices: Notices | None = None,
        sound: Callable[[], None] = QApplication.beep,
        mark: Callable[[QWidget], None] = QApplication.alert,
    ) -> None:
        """Make it.

        Args:
            window: over whose panels the strip stands.
            context: what the window has.
            clock: gives seconds.
            notices: the desktop's.
            sound: makes one.
            mark: lets the taskbar show that the window wants to be seen; does nothing while it is in front.
        """
        super().__init__(window)
        self.setObjectName("alerts")
        self._window = window
        self._clock = clock
        self._sound = sound
        self._mark = mark
        self._seen = 0
        self._noticed_at = self._sounded_at = float("-inf")
        self._waiting: list[Alert] = []
        self.strip = AlertStrip(context.theme)
        self._utc = context.commands.bare_action("view.utc")
        self.strip.dismissed.connect(self.dismiss)
        self.bar = strip_bar(self._window, _tr("Alerts"), "alertBar", self.strip)
        self.bar.visibilityChanged.connect(lambda _visible: QTimer.singleShot(0, self, self.place))
        self.notices = notices or Notices(self)
        self.notices.clicked.connect(self._come_forward)
        self._later = QTimer(self)
        self._later.setObjectName("noticeLater")
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._notice)
        context.bridge.frameReady.connect(self.take)

    def take(self, frame: Frame) -> None:
        """Show what is new in a frame."""
        new = [alert for alert in frame.alerts if alert.number > self._seen]
        if not new:
            return
        missed = new[-1].number - self._seen - len(new) if self._seen else 0
        self._seen = new[-1].number
        self.strip.show_alert(new[-1], more=len(new) - 1 + missed, utc=self._utc.isChecked())
        self.place()
        self._waiting += new
        self._notice()
        if any(alert.severity == "error" for alert in new):
            self._make_sound()

    def dismiss(self) -> None:
        """Take the strip away until the next alert."""
        self.strip.clear()
        self.place()

    def place(self) -> None:
        """Show the bar while it says something, whatever a layout that was restored knows of it."""
        if self.bar.isHidden() == bool(self.strip.text):
            self.bar.setVisible(bool(self.strip.text))

    def _notice(self) -> None:
        """Tell the desktop of all that waits, unless it was told a moment ago."""
        wait = self._noticed_at + NOTICE_EVERY - self._clock()
        if wait > 0 or not self._waiting:
            if self._waiting and not self._later.isActive():
                self._later.start(round(wait * 1_000) + 1)
            return
        alerts, self._waiting = self._waiting, []
        self._noticed_at = self._clock()
        worst = next((alert for alert in reversed(alerts) if alert.severity == "error"), alerts[-1])
        title, text = notice_of(worst, more=len(alerts) - 1)
        if not self.notices.show_notice(title, text, worst.severity, self._window.windowIcon()):
            self._mark(self._window)

    def _make_sound(self) -> None:
        if self._clock() - self._sounded_at >= SOUND_EVERY:
            self._sounded_at = self._clock()
            self._sound()

    def _come_forward(self) -> None:
        self._window.setWindowState(self._window.windowState() & ~Qt.WindowState.WindowMinimized)
        self._window.raise_()
        self._window.activateWindow()


def notice_of(alert: Alert, more: int) -> tuple[str, str]:
    """Title and text of a notice, without anything that a desktop could take for markup."""
    title = one_line(alert.observer, NAME_LIMIT)
    text = masked(one_line(alert.text, NOTICE_LIMIT))
    if more:
        text = _tr("{text} And {n} more.").format(text=text, n=count(more))
    return title.translate(_NO_MARKUP), text.translate(_NO_MARKUP)
