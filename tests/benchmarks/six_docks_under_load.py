"""The whole window with all six docks at work, under load: its thread's CPU, its timer's lateness, and real clicks.

Run: ``python -m tests.benchmarks.six_docks_under_load``. Each rate runs in a process of its own with a fresh log:
sixteen shops (240 topics), a filter in force, counter, alert and publish observers attached, an event in the Event
dock. The floor is the same window in which nothing happens any more. What is asked for holds at 10,000 events a second.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from statistics import median
from typing import TYPE_CHECKING

import msgspec

from tests.benchmarks.measure import compared, cores, duration, limited
from tests.benchmarks.platforms import OFFSCREEN
from tests.benchmarks.table import Row, main
from tests.benchmarks.window_under_load import Figures, measured_for

if TYPE_CHECKING:
    from eventmon.gui.application import WindowLife

SHOPS = 16
LEAST_TOPICS = 200
RATES = (0, 1_000, 10_000)
LOAD_RATE = RATES[-1]
WARM_UP_RATE = 2_000
WARM_UP_EVENTS = 5_000
MEASURED_SECONDS = 8.0
QUICK_SECONDS = 2.0
ROUNDS, QUICK_ROUNDS = 3, 1
CLICKS, QUICK_CLICKS = 12, 3
"""Of each kind, in each process."""
PATIENCE_SECONDS = 60.0
MOST_CORES = 0.4
MOST_LATE, LATEST = 0.020, 0.100
SLOWEST_CLICK = 0.100
WINDOW_SIZE = (1600, 1000)
FILTER = "order"


class DockFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What one window measured of itself.

    Attributes:
        window: CPU, lateness and rates while nobody touches it.
        topics: in the tree.
        clicks: seconds from posting each click until it was handled and painted, on the wall and in processor time of
            the window's thread, by what was clicked.
        slow: handlers that took longer than they may, seconds by their names; empty where they were not timed.
    """

    window: Figures
    topics: int
    clicks: dict[str, list[tuple[float, float]]]
    slow: list[tuple[str, float]]


def measured(rate: int, seconds: float, clicks: int, *, handlers: bool = False) -> DockFigures:
    """Run one window in a process of its own, with a home of its own."""
    with tempfile.TemporaryDirectory(prefix="eventmon-bench-") as home:
        arguments = f"{rate}, {seconds}, {clicks}, {handlers}"
        script = f"from tests.benchmarks.six_docks_under_load import tell; tell({arguments})"
        answer = subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"EVENTMON_HOME": home} | OFFSCREEN,
            stdout=subprocess.PIPE,
            check=True,
            timeout=300,
        )
    return msgspec.json.decode(answer.stdout.splitlines()[-1], type=DockFigures)


def tell(rate: int, seconds: float, clicks: int, handlers: bool) -> None:
    """The whole life of a measured window's process: the figures go to standard output."""
    sys.stdout.write(msgspec.json.encode(measure_here(rate, seconds, clicks, handlers)).decode() + "\n")


def measure_here(rate: int, seconds: float, clicks: int, handlers: bool) -> DockFigures:
    """Live as the window for some seconds and measure."""
    import qasync

    from eventmon.engine.options import EngineOptions
    from eventmon.gui.application import SWITCH_INTERVAL, WindowLife, make_application

    if handlers:
        from tests.benchmarks.slow_handlers import TimingApplication

        timing = TimingApplication()
    sys.setswitchinterval(SWITCH_INTERVAL)
    shop_rate = max(1, (rate or WARM_UP_RATE) // SHOPS)
    shops = tuple((f"shop-{number:02}", f"demo://?rate={shop_rate}&seed={number}") for number in range(SHOPS))
    with qasync.QEventLoop(make_application()) as loop:
        asyncio.set_event_loop(loop)
        life = WindowLife(EngineOptions(connections=shops), None)
        life.window.resize(*WINDOW_SIZE)
        measuring: asyncio.Task[DockFigures] = loop.create_task(measure(life, rate, seconds, clicks))
        measuring.add_done_callback(lambda _task: life.window.close())
        loop.run_until_complete(life.live())
        asyncio.set_event_loop(None)
    figures = measuring.result()
    return msgspec.structs.replace(figures, slow=timing.slow) if handlers else figures


async def measure(life: WindowLife, rate: int, seconds: float, clicks: int) -> DockFigures:
    """Bring all docks to work, watch the window alone, then click."""
    from PySide6.QtCore import QCoreApplication

    from eventmon.gui.panels.topics import TopicsPanel
    from tests.benchmarks.real_clicks import Person, found
    from tests.benchmarks.slow_handlers import TimingApplication

    await bring_to_work(life, rate)
    application = QCoreApplication.instance()
    if isinstance(application, TimingApplication):
        application.forget()
    window = await measured_for(life, seconds)
    person = Person(life.window)
    await person.click_through(clicks)
    topics = found(life.window, TopicsPanel).model.tree.topics
    return DockFigures(window=window, topics=topics, clicks=dict(person.seconds), slow=[])


async def bring_to_work(life: WindowLife, rate: int) -> None:
    """All six docks filled: a filter in force, three observers at work, an event in the Event dock."""
    from eventmon.engine.requests import CloseConnection
    from eventmon.gui.panels.event import EventPanel
    from eventmon.gui.panels.event_log import EventLogPanel
    from eventmon.gui.panels.topics import TopicsPanel
    from tests.benchmarks.real_clicks import found

    window, context = life.window, life.context
    await until(lambda: all(dock.panel is not None for dock in window.docks), "all panels")
    await until(lambda: stored(life) > WARM_UP_EVENTS, "events")
    await attach_observers(life)
    topics, log, event = found(window, TopicsPanel), found(window, EventLogPanel), found(window, EventPanel)
    await until(lambda: topics.model.tree.topics >= LEAST_TOPICS, "the topics")
    topics.view.expand(topics.model.index(1, 0))
    log.filter_bar.set_text(FILTER)
    await until(lambda: log.model.rowCount() > 100, "rows of the filter")
    context.selection.setEvent(log.model.seq_at(log.model.rowCount() - 1) or 1)
    await until(lambda: event.view.detail is not None, "the event")
    if rate == 0:
        for number in range(SHOPS):
            await context.bridge.call(CloseConnection(name=f"shop-{number:02}"))
    await asyncio.sleep(2.0)


async def attach_observers(life: WindowLife) -> None:
    """A counter of everything, an alert and a publish rule of some orders."""
    from eventmon.engine.definitions import ObserverDefinition
    from eventmon.engine.requests import AttachObserver

    for definition in (
        ObserverDefinition(name="All orders", kind="counter", pattern="+/orders/#", settings={"sum": "total"}),
        ObserverDefinition(name="Failed", kind="alert", pattern="shop-01/payments/failed"),
        ObserverDefinition(
            name="Mirror", kind="publish", pattern="shop-02/orders/#", settings={"topic": "mirror/{{topic}}"}
        ),
    ):
        await life.context.bridge.call(AttachObserver(definition=definition))


async def until(condition: Callable[[], bool], what: str) -> None:
    """Let the window live until something is true."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > give_up:
            raise TimeoutError(f"never came: {what}")
        await asyncio.sleep(0.02)


def stored(life: WindowLife) -> int:
    """Events stored, as the window's last frame says."""
    frame = life.context.bridge.last_frame
    return 0 if frame is None else frame.accounting.stored


def rows(quick: bool = False) -> list[Row]:
    """All rates in turn, some rounds of them, and one more for the handlers."""
    seconds, clicks = (QUICK_SECONDS, QUICK_CLICKS) if quick else (MEASURED_SECONDS, CLICKS)
    rounds = [
        {rate: measured(rate, seconds, clicks) for rate in RATES} for _ in range(QUICK_ROUNDS if quick else ROUNDS)
    ]
    timed = measured(LOAD_RATE, seconds, clicks, handlers=True)
    return [*window_rows(rounds), *click_rows(rounds), *handler_rows(timed)]


def window_rows(rounds: list[dict[int, DockFigures]]) -> list[Row]:
    """The window while nobody touches it; the window at rest is the floor."""
    lines = []
    floor = median(one[0].window.window_cores for one in rounds)
    for rate in RATES:
        windows = [one[rate].window for one in rounds]
        name = f"{rate:,}/s"
        busy = median(window.window_cores for window in windows)
        if rate == LOAD_RATE:
            lines.append(limited(f"{name}: window's thread", busy, MOST_CORES, show=cores, ratio=busy / floor))
        else:
            lines.append(compared(f"{name}: window's thread", cores(busy), busy / floor))
        late_p50, late_p99, late_max = (
            median(getattr(window, figure) for window in windows) for figure in ("late_p50", "late_p99", "late_max")
        )
        lines += [
            Row(name=f"{name}: timer late, median", value=duration(late_p50)),
            limited(f"{name}: timer late, p99", late_p99, MOST_LATE, show=duration),
            limited(f"{name}: timer late, most", late_max, LATEST, show=duration),
            Row(name=f"{name}: stored", value=f"{median(w.events_a_second for w in windows):,.0f}/s"),
            Row(name=f"{name}: frames", value=f"{median(w.frames_a_second for w in windows):.1f}/s"),
            Row(name=f"{name}: all other threads", value=cores(median(w.other_cores for w in windows))),
        ]
    return lines


def click_rows(rounds: list[dict[int, DockFigures]]) -> list[Row]:
    """Each kind of click, at each rate: the median, p99 of all rounds, and the slowest."""
    lines = []
    for rate in RATES:
        for kind in rounds[0][rate].clicks:
            both = [times for one in rounds for times in one[rate].clicks[kind]]
            times = sorted(wall for wall, _ in both)
            p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
            cpu = median(own for _, own in both)
            said = f"{duration(p50)} / {duration(p99)} / {duration(times[-1])}, of it own CPU {duration(cpu)}"
            met = times[-1] <= SLOWEST_CLICK if rate == LOAD_RATE else None
            target = f"<= {duration(SLOWEST_CLICK)}" if rate == LOAD_RATE else ""
            lines.append(Row(name=f"{rate:,}/s: {kind}, p50/p99/most", value=said, target=target, met=met))
    return lines


def handler_rows(timed: DockFigures) -> list[Row]:
    """Handlers over 4 ms of processor time, the worst first."""
    worst: dict[str, float] = {}
    for name, seconds in timed.slow:
        worst[name] = max(seconds, worst.get(name, 0.0))
    often = Counter(name for name, _ in timed.slow)
    return [
        Row(name=f"{LOAD_RATE:,}/s: handler {name}", value=f"{often[name]} times over 4 ms, most {duration(seconds)}")
        for name, seconds in sorted(worst.items(), key=lambda item: -item[1])
    ]


if __name__ == "__main__":
    main("six docks under load", rows)
