"""The status bar: connections, the hub, ingest, the log, the accounting that must come out even, and problems.

Where the window is too narrow for all of it, parts shorten and leave in a fixed order; none is ever cut.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from eventmon.engine.frame import Accounting, ConnectionStatus, Frame, LogStatus
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.connection_texts import about_connection
from eventmon.gui.formatting import count, one_line, rate, storage
from eventmon.gui.phases import MARKS, phase_word
from eventmon.gui.problem_list import ProblemList
from eventmon.gui.status_hub import HubPart
from eventmon.gui.status_parts import FillBar, Part, Tag
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.looks import set_look
from eventmon.gui.widgets.plain_text import PlainLabel, plain_tooltip

HEIGHT = 26
REFRESH_MS = 200
SPACING = 20
MAX_CONNECTIONS = 6
MAX_NAMED = 12


def _tr(text: str) -> str:
    return QCoreApplication.translate("StatusBar", text)


class ConnectionsPart(Part):
    """``● local`` and each connection with the icon of its phase."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(16)
        self._theme = theme
        self._statuses: list[ConnectionStatus] = []
        self._running = False
        self._tags: list[Tag] = []
        self._rest = Tag(theme, "", ("plug", "text2"), "")
        self.levels = MAX_CONNECTIONS + 1
        self.restyle()

    def show_connections(self, statuses: Sequence[ConnectionStatus], *, running: bool) -> None:
        """Show these, as many as the level allows."""
        before = self._look()
        self._statuses = list(statuses)
        self._running = running
        if self._look() != before:
            self.restyle()
            return
        for tag, status in zip(self._tags[1:], self._statuses, strict=False):
            tag.describe(about_connection(status))
        self.set_level(self.level)

    def _look(self) -> tuple[object, ...]:
        """What the tags are made of; all else is in their tooltips."""
        shown = [(status.name, status.phase) for status in self._statuses[:MAX_CONNECTIONS]]
        failed = any(status.phase == "failed" for status in self._statuses)
        return self._running, failed, shown

    def set_level(self, level: int) -> None:
        """Each level names one connection less."""
        self.level = level
        room = max(0, MAX_CONNECTIONS - level)
        for number, tag in enumerate(self._tags):
            tag.setVisible(number <= room)
        hidden = self._statuses[room:]
        self._rest.setVisible(bool(hidden))
        self._rest.name.setText(f"+{len(hidden)}")
        named = [f"{one_line(status.name, 40)}: {phase_word(status.phase)}" for status in hidden[:MAX_NAMED]]
        more = [_tr("and {n} more").format(n=len(hidden) - MAX_NAMED)] if len(hidden) > MAX_NAMED else []
        self._rest.describe("\n".join([*named, *more]))

    def restyle(self) -> None:
        """Make the tags anew, in the colours and fonts of now."""
        for tag in (*self._tags, self._rest):
            self.box.removeWidget(tag)
            tag.hide()
            tag.deleteLater()
        local = _tr("local") if self._running else _tr("starting…")
        token = "ok" if self._running else "text3"
        self._tags = [Tag(self._theme, local, ("", token), _tr("Topics of this machine"))]
        for status in self._statuses[:MAX_CONNECTIONS]:
            tag = Tag(self._theme, status.name, MARKS[status.phase], about_connection(status))
            if status.phase == "closed":
                tag.name.setProperty("tone", "text3")
            self._tags.append(tag)
        _, failed, _ = self._look()
        self._rest = Tag(self._theme, "", ("plug", "error" if failed else "text2"), "")
        for tag in (*self._tags, self._rest):
            self.box.addWidget(tag)
        self.set_level(self.level)


class FigurePart(Part):
    """A label and a heavier value: ``Ingest 3,412/s``."""

    def __init__(self, theme: Theme, label: str, sample: str) -> None:
        super().__init__()
        self._theme = theme
        self._sample = sample
        self._label = PlainLabel(label)
        self._label.setProperty("tone", "text2")
        self._value = PlainLabel()
        self.box.addWidget(self._label)
        self.box.addWidget(self._value)
        self.restyle()

    def set_value(self, value: str) -> None:
        """Show a value."""
        self._value.setText(value)

    def restyle(self) -> None:
        """Take the fonts of now."""
        heavy = self._theme.number_font(self._theme.small_pixels)
        self._label.setFont(self._theme.small)
        self._value.setFont(heavy)
        self._value.setMinimumWidth(self._value.fontMetrics().horizontalAdvance(self._sample))


class LogPart(FigurePart):
    """Size of the log and its limit, with a bar."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _tr("Log"), "")
        self.levels = 2
        self._bar = FillBar(theme)
        self._limited = False
        self.box.addWidget(self._bar)

    def set_level(self, level: int) -> None:
        """First the bar goes, then all."""
        self._bar.setVisible(level == 0 and self._limited)
        super().set_level(level)

    def show_log(self, log: LogStatus) -> None:
        """Show how big the log is."""
        self._limited = bool(log.limit_bytes) and not log.read_only
        used = storage(log.bytes)
        shown = _tr("{used} of {limit}").format(used=used, limit=storage(log.limit_bytes)) if log.limit_bytes else used
        self.set_value(_tr("{used}, read-only").format(used=used) if log.read_only else shown)
        self._bar.set_share(log.bytes / log.limit_bytes if log.limit_bytes else 0.0)
        self._bar.setVisible(self.level == 0 and self._limited)
        plain_tooltip(self, log.path)


def accounting_text(accounting: Accounting) -> str:
    """The whole law: ``Received 12 = stored 9 + not recorded 2 + dropped 1``; rare terms only where they count."""
    terms = [
        (_tr("stored {n}"), accounting.stored, True),
        (_tr("not recorded {n}"), accounting.not_recorded, True),
        (_tr("duplicates {n}"), accounting.duplicates, False),
        (_tr("dropped {n}"), accounting.dropped, True),
        (_tr("in flight {n}"), accounting.in_flight, False),
    ]
    shown = [text.format(n=count(n)) for text, n, always in terms if n or always]
    return _tr("Received {n}").format(n=count(accounting.received)) + " = " + " + ".join(shown)


def short_accounting_text(accounting: Accounting) -> str:
    """What the whole law comes down to where there is no room for it."""
    received = _tr("Received {n}").format(n=count(accounting.received))
    if accounting.dropped:
        return received + ", " + _tr("dropped {n}").format(n=count(accounting.dropped))
    return received


class AccountingPart(Part):
    """Where every event went; red once one was dropped."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.levels = 2
        self._accounting = Accounting()
        self._icon = PlainLabel()
        self._text = PlainLabel()
        self.box.addWidget(self._icon)
        self.box.addWidget(self._text)
        self._token = ""
        self.show_accounting(self._accounting)

    def set_level(self, level: int) -> None:
        """First the terms go, then all; what was dropped stays to the last."""
        super().set_level(level)
        self.show_accounting(self._accounting)

    def show_accounting(self, accounting: Accounting) -> None:
        """Show where every event went."""
        self._accounting = accounting
        full = accounting_text(accounting)
        self._text.setText(full if self.level == 0 else short_accounting_text(accounting))
        self.setAccessibleName(full)
        plain_tooltip(self, full)
        token = "error" if accounting.dropped else "ok"
        if token != self._token:
            self._token = token
            self.restyle()

    def restyle(self) -> None:
        """Take the colours and fonts of now."""
        icon = "check" if self._token == "ok" else "circle-alert"
        self._icon.setPixmap(self._theme.pixmap(icon, self._token, 14, self.devicePixelRatioF()))
        self._text.setFont(self._theme.small)
        set_look(self._text, "tone", "error" if self._token == "error" else "text2")


class StatusBar(QWidget):
    """All parts in one row; lives in the window's ``QStatusBar``."""

    def __init__(
        self, theme: Theme, bridge: EngineBridge, problems: ProblemList, show_problems: QAction, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._problems = problems
        self._frame: Frame | None = None
        self._drawn: Frame | None = None
        self._statuses: Sequence[ConnectionStatus] = ()
        self._fitted: tuple[object, ...] = ()
        self.connections = ConnectionsPart(theme)
        self.hub = HubPart(theme)
        self.ingest = FigurePart(theme, _tr("Ingest"), "3,412/s")
        self.log = LogPart(theme)
        self.accounting = AccountingPart(theme)
        self.problems = self._problems_button(show_problems)
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()
        bridge.frameReady.connect(self._frame_ready)
        bridge.connectionsChanged.connect(self._connections_changed)
        problems.changed.connect(self._show_problems)
        theme.changed.connect(self._restyle)
        self._restyle()

    def refresh(self) -> None:
        """Show the newest frame; costs nothing when there is no newer one."""
        frame = self._frame
        if frame is None or frame is self._drawn:
            return
        if self._drawn is None:
            self.connections.show_connections(self._statuses, running=True)
        self._drawn = frame
        self.hub.show_hub(frame.hub)
        self.ingest.set_value(rate(frame.rate))
        self.log.show_log(frame.log)
        self.accounting.show_accounting(frame.accounting)
        self.fit()

    def fit(self) -> None:
        """Shorten and leave out until the rest has room; where nothing takes more or less room, all stays."""
        if self._sizes() == self._fitted:
            return
        steps = self._steps()
        self.connections.set_level(0)
        for shown in (self.hub, self.ingest, self.log, self.accounting):
            shown.set_level(0 if self._drawn is not None else shown.levels)
        while self._drawn is not None and self._needed() > self.width() and steps:
            part, level = steps.pop(0)
            part.set_level(level)
        self._fitted = self._sizes()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, another choice."""
        super().resizeEvent(event)
        self.fit()

    def minimumSizeHint(self) -> QSize:
        """Never a reason for the window to be wider."""
        return QSize(0, self._height())

    def sizeHint(self) -> QSize:
        """As high as the font needs."""
        return QSize(640, self._height())

    def _steps(self) -> list[tuple[Part, int]]:
        """What goes first: (part, level) in order."""
        accounting, log, ingest, connections = self.accounting, self.log, self.ingest, self.connections
        hub = (self.hub, self.hub.levels)
        names = [(connections, level) for level in range(1, MAX_CONNECTIONS + 1)]
        return [(log, 1), (accounting, 1), *names[:4], (log, 2), hub, (ingest, 1), *names[4:], (accounting, 2)]

    def _sizes(self) -> tuple[object, ...]:
        parts = (self.connections, self.hub, self.ingest, self.log, self.accounting, self.problems)
        whole_law = len(self.accounting.accessibleName())  # it may fit again while its short form stays as it is
        return self._drawn is not None, self.width(), whole_law, *(part.sizeHint().width() for part in parts)

    def _needed(self) -> int:
        parts = (self.connections, self.hub, self.ingest, self.log, self.accounting)
        shown = [part.sizeHint().width() for part in parts if not part.isHidden()]
        return sum(shown) + self.problems.sizeHint().width() + SPACING * len(shown) + 24

    def _height(self) -> int:
        return max(HEIGHT, self.fontMetrics().height() + 12)

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 0, 4, 0)
        layout.setSpacing(SPACING)
        layout.addWidget(self.connections)
        layout.addWidget(self.hub)
        layout.addStretch(1)
        for widget in (self.ingest, self.log, self.accounting, self.problems):
            layout.addWidget(widget)

    def _problems_button(self, show_problems: QAction) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("problemsButton")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIconSize(QSize(14 + 5, 14))
        button.setProperty("flat", "true")
        button.clicked.connect(show_problems.trigger)
        plain_tooltip(button, _tr("Show what went wrong"))
        return button

    def _frame_ready(self, frame: Frame) -> None:
        self._frame = frame
        if self._drawn is None:
            self.refresh()

    def _connections_changed(self, statuses: list[ConnectionStatus]) -> None:
        self._statuses = statuses
        self.connections.show_connections(statuses, running=True)
        self.fit()

    def _show_problems(self) -> None:
        n = self._problems.count()
        worst = self._problems.worst()
        icon, token = ("circle-check", "text2") if n == 0 else ("circle-alert", "error")
        if n and worst == "warning":
            icon, token = "triangle-alert", "warn"
        texts = {0: _tr("No problems"), 1: _tr("1 problem")}
        self.problems.setText(texts.get(n) or _tr("{n} problems").format(n=count(n)))
        self.problems.setIcon(self._theme.icon(icon, token, 14, gap=5))
        self.fit()

    def _restyle(self) -> None:
        self.problems.setFont(self._theme.small)
        for part in (self.connections, self.hub, self.ingest, self.log, self.accounting):
            part.restyle()
        self._show_problems()
