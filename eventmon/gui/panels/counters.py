"""The Counters dock: big live numbers, those of counter observers, and a plot of the last minute or ten.

Frames come thirty times a second; numbers change four times, the plot twice. pyqtgraph takes a while to import, so the
plot comes in after the window was painted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from eventmon.core.errors import UserError
from eventmon.core.pattern import Pattern
from eventmon.engine.frame import Frame, ObserverStatus
from eventmon.gui import formatting
from eventmon.gui.context import PanelContext
from eventmon.gui.formatting import count, number
from eventmon.gui.models.rate_groups import RateGroups
from eventmon.gui.models.rate_lines import LineChoice, RateLine
from eventmon.gui.panels.base import Panel
from eventmon.gui.widgets.big_number import BigNumbers, Figure
from eventmon.gui.widgets.counter_tiles import CounterArea
from eventmon.gui.widgets.empty_state import EmptyState
from eventmon.gui.widgets.plot_choices import PlotChoices

if TYPE_CHECKING:
    from eventmon.gui.widgets.rate_plot import RatePlot

NUMBERS_MS: Final = 250
COUNTER: Final = "counter"
COUNT: Final = "count"
"""The kind of observers whose figures are shown, and the figure that needs no word beside the observer's name."""
MOST_NAMES: Final = 20
PLOT_EVERY: Final = 2
"""Ticks of the numbers between two of the plot."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Counters", text)


def figures_of(frame: Frame | None) -> list[Figure]:
    """The numbers of a frame, zeros quiet, what went wrong red."""
    received = frame.accounting.received if frame is not None else 0
    rate = formatting.rate(frame.rate).removesuffix("/s") if frame is not None else "0"
    observers = frame.observers if frame is not None else 0
    failed = frame.failed if frame is not None else 0
    dropped = frame.accounting.dropped if frame is not None else 0
    return [
        Figure(count(received), _tr("events"), "text" if received else "text3", 0),
        Figure(rate, _tr("events/s"), "accent_text" if rate != "0" else "text3", 1),
        Figure(count(observers), _tr("observers"), "text" if observers else "text3", 4),
        Figure(count(failed), _tr("failed"), "error" if failed else "text3", 2),
        Figure(count(dropped), _tr("dropped"), "error" if dropped else "text3", 3),
    ]


def counter_figures_of(statuses: Sequence[ObserverStatus]) -> list[Figure]:
    """What counter observers have counted and summed, each by its name."""
    figures = []
    for status in statuses:
        if status.kind != COUNTER:
            continue
        for place, (name, value) in enumerate(status.values.items()):
            label = status.name if name == COUNT else f"{status.name}, {name}"
            quiet = not value or status.state != "active"
            figures.append(Figure(number(value), label, "text3" if quiet else "text", place))
    return figures


class CountersPanel(Panel):
    """Content of the Counters dock."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.numbers = BigNumbers(context.theme, self)
        self.plot: RatePlot | None = None
        self.groups = RateGroups()
        self.counters = CounterArea(context.theme, self)
        self._choice = LineChoice(self.groups)
        self.choices = PlotChoices(context.theme, lambda by: self._choice.names(by, MOST_NAMES), self)
        self._lines: list[RateLine] = []
        self._frame: Frame | None = None
        self._attached: Sequence[ObserverStatus] = ()
        self._second = 0
        self._paused = False
        self._lost = False
        self._ticks = 0
        self._note = ""
        self._lay_out()
        self._connect()
        self._timer = QTimer(self)
        self._timer.setObjectName("counterTick")
        self._timer.setInterval(NUMBERS_MS)
        self._timer.timeout.connect(self.tick)
        self._timer.start()
        if context.bridge.last_frame is not None:
            self.take(context.bridge.last_frame)
        self._show_numbers()

    def title_actions(self) -> list[QAction]:
        """What to plot, pause it, export the picture."""
        action = self.context.commands.action
        return [self.choices.action, action("counters.pause_plot"), action("counters.export_image")]

    def save_state(self) -> dict[str, Any]:
        """What is plotted."""
        choices = self.choices
        return {"grouping": choices.grouping, "seconds": choices.seconds, "picked": choices.save_picked()}

    def restore_state(self, state: dict[str, Any]) -> None:
        """Take it back."""
        self.choices.restore_picked(state.get("picked"))
        self.choices.choose(grouping=state.get("grouping"), seconds=state.get("seconds"))

    def showEvent(self, event: QShowEvent) -> None:
        """Show what changed while the panel was hidden; the plot a moment later."""
        super().showEvent(event)
        self._show_numbers()
        QTimer.singleShot(0, self, self.show_plot)

    def take(self, frame: Frame) -> None:
        """Take a frame in."""
        self._lost = False
        self._frame = frame
        if frame.attached is not None:
            self._attached = frame.attached
        self.groups.take(frame)

    def lose_engine(self) -> None:
        """The engine does not answer: what is shown is the last that was known, and looks so."""
        self._lost = True
        self._show_numbers()
        if self.plot is not None:
            self.plot.show_stale(True)
        self._tell_note()

    def tick(self) -> None:
        """Show what changed: the numbers now, the plot every second time."""
        if not self.isVisible():
            return
        self._ticks += 1
        self._show_numbers()
        if self._ticks % PLOT_EVERY == 0 and not self._lost:
            self.show_plot()

    def show_plot(self) -> None:
        """Show the lines as they are now, unless the plot is paused."""
        if self._paused and self.plot is not None:
            return
        second = self.groups.history.second
        self._lines = self._choice.lines(self.choices.grouping, self.choices.seconds, self.choices.picked)
        self._tell_note()
        if second is None or not self._lines:
            self._nothing.setMinimumHeight(0)
            self._pages.setCurrentWidget(self._nothing)
            self._enable(False)
            return
        self._second = second
        plot = self._the_plot()
        plot.utc = self.context.commands.bare_action("view.utc").isChecked()
        self._nothing.setMinimumHeight(1)  # a page that is not shown needs no room: it would push the other docks
        self._pages.setCurrentWidget(plot)
        plot.show_stale(self._lost)
        plot.show_lines(self._lines, self._names(), second)
        self._enable(True)

    def pause(self, paused: bool) -> None:
        """Hold the plot still, or let it go on; rates are followed meanwhile."""
        self._paused = paused
        self.context.commands.set_checked("counters.pause_plot", paused)
        self.show_plot()
        self._tell_note()

    # Inside

    def _lay_out(self) -> None:
        self._nothing = EmptyState(
            self.context.theme,
            "chart-line",
            _tr("Nothing to plot yet"),
            _tr("Rates appear here as soon as the first event arrives."),
            parent=self,
        )
        self._pages = QStackedLayout()
        self._pages.addWidget(self._nothing)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.numbers)
        layout.addWidget(self.counters)
        layout.addLayout(self._pages, 1)

    def _connect(self) -> None:
        context = self.context
        context.bridge.frameReady.connect(self.take)
        context.bridge.engineLost.connect(lambda _why: self.lose_engine())
        context.selection.topicFilter.connect(self._follow_filter)
        context.commands.bare_action("view.utc").toggled.connect(lambda _on: self.show_plot())
        context.theme.changed.connect(self._show_numbers)
        self.choices.changed.connect(lambda: self.pause(False))
        context.commands.bind("counters.pause_plot", self.pause)
        context.commands.bind("counters.export_image", lambda: self._export("rates.png"))
        context.commands.bind("counters.export_csv", lambda: self._export("rates.csv"))
        self._enable(False)
        self._follow_filter(context.selection.topic_filter)

    def _follow_filter(self, pattern: str) -> None:
        try:
            followed = Pattern(pattern) if pattern else None
        except UserError:
            followed = None
        self.groups.set_filter(followed)
        self.choices.set_filtered(followed is not None)

    def _the_plot(self) -> RatePlot:
        if self.plot is None:
            from eventmon.gui.widgets.rate_plot import RatePlot

            self.plot = RatePlot(self.context.theme, self)
            self._pages.addWidget(self.plot)
        return self.plot

    def _show_numbers(self) -> None:
        self.numbers.show_figures(figures_of(self._frame), stale=self._lost)
        self.counters.show_figures(counter_figures_of(self._attached), stale=self._lost)

    def _names(self) -> list[str]:
        return [_tr("all events") if line.group.grouping == "total" else line.group.name for line in self._lines]

    def _tell_note(self) -> None:
        note = self.choices.window_name()
        if self._choice.known > len(self._lines):
            texts = (
                _tr("{window}, {shown} chosen") if self.choices.picked else _tr("{window}, {shown} busiest of {known}")
            )
            note = texts.format(window=note, shown=len(self._lines), known=count(self._choice.known))
        note = _tr("plot paused") if self._paused else note
        note = _tr("stopped, last known numbers") if self._lost else note
        if note != self._note:
            self._note = note
            self.noteChanged.emit(note)

    def _enable(self, enabled: bool) -> None:
        for command in ("counters.export_image", "counters.export_csv", "counters.pause_plot"):
            self.context.commands.set_enabled(command, enabled)

    def _export(self, name: str) -> None:
        if self.plot is None:
            return
        from eventmon.gui.widgets.plot_export import PlotExport

        exporter = PlotExport(self.plot, self._lines, self._names(), self._second)
        exporter.ask(self, name)
