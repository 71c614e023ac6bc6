"""Alerts of observers are seen once, at a calm rate, as plain text, with or without a desktop that shows notices."""

from __future__ import annotations

from typing import ClassVar

import pytest
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow, QSystemTrayIcon, QWidget
from pytestqt.qtbot import QtBot

from eventmon.engine.frame import Alert
from eventmon.gui import alerts
from eventmon.gui.alerts import NOTICE_EVERY, Alerts, Notices, notice_of
from eventmon.gui.context import PanelContext
from tests.gui.conftest import Screenshot
from tests.helpers.hostile import HOSTILE_TEXTS
from tests.helpers.scripted_engine import TAKEN, ScriptedEngine


class Desktop(Notices):
    """A desktop that keeps its notices."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.shown: list[tuple[str, str, str]] = []
        self.has_tray = True

    def show_notice(self, title: str, text: str, severity: str, icon: QIcon) -> bool:
        if self.has_tray:
            self.shown.append((title, text, severity))
        return self.has_tray


class Tray(QSystemTrayIcon):
    """A tray that is there on every desktop and keeps what it shows."""

    shown: ClassVar[list[tuple[object, ...]]] = []

    @staticmethod
    def isSystemTrayAvailable() -> bool:
        return True

    @staticmethod
    def supportsMessages() -> bool:
        return True

    def show(self) -> None:
        """Nothing: the screen of tests has no place for it."""

    def showMessage(self, *said: object) -> None:
        self.shown.append(said)


class Bench:
    """Alerts over a window, with a clock that stands."""

    def __init__(self, context: PanelContext, engine: ScriptedEngine, qtbot: QtBot) -> None:
        self.window = QMainWindow()
        qtbot.addWidget(self.window)
        self.window.resize(900, 300)
        self.window.show()
        self.now = 100.0
        self.sounds = 0
        self.desktop = Desktop(self.window)
        self.marked: list[QWidget] = []
        self.alerts = Alerts(
            self.window,
            context,
            clock=lambda: self.now,
            notices=self.desktop,
            sound=self._sound,
            mark=self.marked.append,
        )
        self._context = context
        self._engine = engine
        self._number = 0

    def _sound(self) -> None:
        self.sounds += 1

    def alert(self, *texts: str, severity: str = "warning", observer: str = "Large refunds") -> None:
        """Alerts of one frame."""
        alerts = []
        for text in texts:
            self._number += 1
            alerts.append(Alert(number=self._number, observer=observer, severity=severity, text=text, at=TAKEN))
        frame = self._context.bridge.last_frame
        assert frame is not None
        self._engine.set(alerts=alerts)
        self._context.bridge._ask_for_frame()

    @property
    def said(self) -> str:
        """What the strip says."""
        return self.alerts.strip.text


@pytest.fixture
def bench(context: PanelContext, engine: ScriptedEngine, qtbot: QtBot) -> Bench:
    context.commands.set_checked("view.utc", True)
    return Bench(context, engine, qtbot)


def test_nothing_is_shown_before_the_first_alert(bench: Bench) -> None:
    assert not bench.alerts.bar.isVisible()
    assert bench.desktop.shown == []


def test_an_alert_is_said_over_the_panels_and_to_the_desktop(bench: Bench, save_screenshot: Screenshot) -> None:
    bench.alert("A refund of 1,204 EUR.")
    assert bench.alerts.bar.isVisible()
    assert bench.said == "14:07:28  Large refunds: A refund of 1,204 EUR."
    assert bench.desktop.shown == [("Large refunds", "A refund of 1,204 EUR.", "warning")]
    assert bench.sounds == 0
    save_screenshot(bench.window, "alert_strip")


def test_an_alert_is_shown_once_however_often_a_frame_holds_it(bench: Bench) -> None:
    bench.alert("A refund of 1,204 EUR.")
    bench._number = 0
    bench.now += 60
    bench.alert("A refund of 1,204 EUR.")
    assert len(bench.desktop.shown) == 1
    assert "before" not in bench.said


def test_the_strip_counts_what_came_before_and_goes_by_a_click(bench: Bench) -> None:
    bench.alert("first", "second")
    bench.alert("third")
    assert bench.said == "14:07:28  Large refunds: third (and 2 before)"
    QTest.mouseClick(bench.alerts.strip.button, Qt.MouseButton.LeftButton)
    assert not bench.alerts.bar.isVisible()
    bench.alert("fourth")
    assert bench.said == "14:07:28  Large refunds: fourth"


def test_alerts_that_no_frame_held_are_counted(bench: Bench) -> None:
    bench.alert("first")
    bench._number += 30
    bench.alert("last")
    assert bench.said.endswith("last (and 31 before)")


def test_the_desktop_hears_of_a_flood_at_most_every_few_seconds(bench: Bench) -> None:
    bench.alert("first")
    for number in range(50):
        bench.now += 0.05
        bench.alert(f"refund {number}")
    assert len(bench.desktop.shown) == 1
    timer = bench.alerts.findChild(QTimer, "noticeLater")
    assert timer is not None
    assert timer.isActive()
    bench.now += NOTICE_EVERY
    timer.timeout.emit()
    assert bench.desktop.shown[1:] == [("Large refunds", "refund 49 And 49 more.", "warning")]


def test_an_error_makes_one_sound_at_a_time_and_leads_the_notice(bench: Bench) -> None:
    bench.alert("first")
    for number in range(10):
        bench.alert(f"refund {number}", severity="error")
    bench.alert("last")
    assert bench.sounds == 1
    bench.now += NOTICE_EVERY
    bench.alerts._notice()
    assert bench.desktop.shown[1] == ("Large refunds", "refund 9 And 10 more.", "error")


def test_a_layout_that_is_restored_neither_hides_an_alert_nor_shows_an_empty_strip(bench: Bench, qtbot: QtBot) -> None:
    without = bench.window.saveState()
    bench.alert("A refund of 1,204 EUR.")
    with_alert = bench.window.saveState()
    bench.window.restoreState(without)
    qtbot.waitUntil(bench.alerts.bar.isVisible)
    bench.alerts.dismiss()
    bench.window.restoreState(with_alert)
    qtbot.waitUntil(lambda: not bench.alerts.bar.isVisible())


def test_a_desktop_without_a_tray_is_no_reason_to_fail(bench: Bench) -> None:
    assert not Notices(bench.window).show_notice("Large refunds", "A refund", "error", QIcon())


def test_without_a_tray_the_strip_says_it_and_the_taskbar_marks_the_window(bench: Bench) -> None:
    bench.desktop.has_tray = False
    bench.alert("A refund of 1,204 EUR.")
    assert bench.said == "14:07:28  Large refunds: A refund of 1,204 EUR."
    assert bench.marked == [bench.window]
    bench.alert("another")
    assert bench.marked == [bench.window], "no more often than notices"
    bench.now += NOTICE_EVERY
    bench.alert("a third")
    assert bench.marked == [bench.window] * 2


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_with_a_tray_it_shows_the_notice_and_a_click_on_it_brings_the_window(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts, "QSystemTrayIcon", Tray)
    monkeypatch.setattr(Tray, "shown", [])
    notices = Notices(bench.window)
    clicked: list[bool] = []
    notices.clicked.connect(lambda: clicked.append(True))
    for severity, icon in (
        ("error", QSystemTrayIcon.MessageIcon.Critical),
        ("info", QSystemTrayIcon.MessageIcon.Information),
    ):
        assert notices.show_notice("Large refunds", "A refund", severity, QIcon())
        assert Tray.shown[-1] == ("Large refunds", "A refund", icon)
    (tray,) = notices.findChildren(QSystemTrayIcon)
    tray.messageClicked.emit()
    assert clicked == [True]
    bench.window.showMinimized()
    bench.desktop.clicked.emit()
    assert not bench.window.isMinimized()


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_hostile_alerts_are_shown_as_they_are_and_hold_no_markup(bench: Bench, name: str) -> None:
    text = HOSTILE_TEXTS[name]
    bench.alert(text, observer=text, severity=text)
    bench.window.grab()
    (notice,) = bench.desktop.shown
    for shown in notice[:2]:
        assert not {"<", ">", "&", "\n", "\x00"} & set(shown)
        assert len(shown) < 400
    assert bench.alerts.strip.height() < 120


def test_secrets_in_alerts_stay_hidden(bench: Bench) -> None:
    bench.alert('{"customer":"Zoë Martin","password":"hunter2"}')
    assert "hunter2" not in bench.said
    assert "hunter2" not in str(bench.desktop.shown)
    assert "Zoë Martin" in bench.said


def test_a_notice_is_short(bench: Bench) -> None:
    title, text = notice_of(Alert(number=1, observer="x" * 900, severity="info", text="y" * 9_000, at=TAKEN), more=3)
    assert len(title) <= 80
    assert len(text) <= 260
