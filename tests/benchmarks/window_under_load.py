"""How the whole window behaves under load: its timer's lateness and the CPU of its thread, demo into log and panels.

Run: ``python -m tests.benchmarks.window_under_load``. Each rate runs in a process of its own with a fresh log. The
floor is the same window at 1,000 events a second, measured in turn with it. What is asked for holds at 100,000 events
a second, so that so many are stored is asked for too.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import msgspec

from eventmon.engine.options import EngineOptions
from tests.benchmarks.measure import compared, cores, duration, limited, megabytes
from tests.benchmarks.platforms import platforms
from tests.benchmarks.resident import resident_megabytes
from tests.benchmarks.table import Row, main

if TYPE_CHECKING:
    from PySide6.QtCore import QTimer

    from eventmon.gui.application import WindowLife

WARM_UP_SECONDS = 4.0
MEASURED_SECONDS = 8.0
QUICK_SECONDS = 2.0
ROUNDS = 3
PROBE_MS = 5
CALM_RATE = 1_000
LOAD_RATE = 100_000
MOST_LATE = 0.020
MOST_CORES_ADDED = 0.1
LEAST_SHARE_STORED = 0.95


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What one window measured of itself.

    Attributes:
        late_p50: seconds by which half of the probe timer's ticks came too late.
        late_p99: the same for 99 of 100.
        late_max: the latest tick.
        window_cores: CPU of the window's thread, in cores.
        other_cores: CPU of all other threads of the process.
        events_a_second: stored, over the measured time.
        frames_a_second: taken by the window; without them a low load of its thread would mean nothing.
        resident_megabytes: memory at the end.
    """

    late_p50: float
    late_p99: float
    late_max: float
    window_cores: float
    other_cores: float
    events_a_second: float
    frames_a_second: float
    resident_megabytes: float


def measured(rate: int, seconds: float, platform: dict[str, str]) -> Figures:
    """Run one window at a rate of events per second."""
    options = EngineOptions(connections=(("shop", f"demo://?rate={rate}"),))
    return measured_window(options, seconds, platform)


def measured_window(options: EngineOptions, seconds: float, platform: dict[str, str]) -> Figures:
    """Run one window in a process of its own, with a home of its own."""
    arguments = f"{str(options.session or '')!r}, {options.connections!r}, {seconds}"
    with tempfile.TemporaryDirectory(prefix="eventmon-bench-") as home:
        script = f"from tests.benchmarks.window_under_load import tell; tell({arguments})"
        answer = subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"EVENTMON_HOME": home} | platform,
            stdout=subprocess.PIPE,
            check=True,
            timeout=120,
        )
    return msgspec.json.decode(answer.stdout.splitlines()[-1], type=Figures)


def tell(session: str, connections: tuple[tuple[str, str], ...], seconds: float) -> None:
    """The whole life of a measured window's process: the figures go to standard output."""
    options = EngineOptions(session=Path(session) if session else None, connections=connections)
    sys.stdout.write(msgspec.json.encode(measure_here(options, seconds)).decode() + "\n")


def measure_here(options: EngineOptions, seconds: float) -> Figures:
    """Live as the window for some seconds and measure."""
    import qasync

    from eventmon.gui.application import SWITCH_INTERVAL, WindowLife, make_application

    sys.setswitchinterval(SWITCH_INTERVAL)
    with qasync.QEventLoop(make_application()) as loop:
        asyncio.set_event_loop(loop)
        life = WindowLife(options, None)
        measuring: asyncio.Task[Figures] = loop.create_task(measure_window(life, seconds))
        measuring.add_done_callback(lambda _task: life.window.close())
        loop.run_until_complete(life.live())
        asyncio.set_event_loop(None)
    return measuring.result()


async def measure_window(life: WindowLife, seconds: float) -> Figures:
    """Let the window warm up, then watch it."""
    await asyncio.sleep(WARM_UP_SECONDS)
    return await measured_for(life, seconds)


async def measured_for(life: WindowLife, seconds: float) -> Figures:
    """Watch the window for some seconds."""
    late: list[float] = []
    frames: list[object] = []
    timer = probe_timer(life, late)
    life.context.bridge.frameReady.connect(frames.append)
    wall, own, all_threads, before = time.perf_counter(), time.thread_time(), time.process_time(), stored(life)
    await asyncio.sleep(seconds)
    timer.stop()
    wall, own, all_threads = time.perf_counter() - wall, time.thread_time() - own, time.process_time() - all_threads
    late.sort()
    return Figures(
        late_p50=late[len(late) // 2],
        late_p99=late[int(len(late) * 0.99)],
        late_max=late[-1],
        window_cores=own / wall,
        other_cores=(all_threads - own) / wall,
        events_a_second=(stored(life) - before) / wall,
        frames_a_second=len(frames) / wall,
        resident_megabytes=resident_megabytes(),
    )


def probe_timer(life: WindowLife, late: list[float]) -> QTimer:
    """A running timer that notes by how many seconds each of its ticks came too late."""
    from PySide6.QtCore import Qt, QTimer

    timer = QTimer(life.window)
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    due = time.perf_counter() + PROBE_MS / 1000

    def tick() -> None:
        nonlocal due
        now = time.perf_counter()
        late.append(max(0.0, now - due))
        due = now + PROBE_MS / 1000

    timer.timeout.connect(tick)
    timer.start(PROBE_MS)
    return timer


def stored(life: WindowLife) -> int:
    """Events stored, as the window's last frame says."""
    frame = life.context.bridge.last_frame
    return 0 if frame is None else frame.accounting.stored


def rows(quick: bool = False) -> list[Row]:
    """The window at both rates, on each platform there is."""
    seconds, rounds = (QUICK_SECONDS, 1) if quick else (MEASURED_SECONDS, ROUNDS)
    with platforms() as there:
        return [row for name, platform in there.items() for row in rows_on(name, platform, seconds, rounds)]


def rows_on(name: str, platform: dict[str, str], seconds: float, rounds: int) -> list[Row]:
    """Medians of some rounds, calm and load in turn."""
    calm, load = [], []
    for _ in range(rounds):
        calm.append(measured(CALM_RATE, seconds, platform))
        load.append(measured(LOAD_RATE, seconds, platform))
    added = median(busy.window_cores - idle.window_cores for idle, busy in zip(calm, load, strict=True))
    return rows_of(name, medians(calm), medians(load), added)


def medians(rounds: list[Figures]) -> Figures:
    """Of each figure the median of the rounds."""
    return Figures(**{name: median(getattr(one, name) for one in rounds) for name in Figures.__struct_fields__})


def rows_of(name: str, calm: Figures, load: Figures, added: float) -> list[Row]:
    """The lines of one platform; the calm window is the floor."""
    at_rest, loaded = f"{name}, {CALM_RATE:,}/s", f"{name}, {LOAD_RATE:,}/s"
    late, busy = load.late_p99 / calm.late_p99, load.window_cores / calm.window_cores
    stored_share = load.events_a_second / LOAD_RATE
    return [
        compared(f"{loaded}: stored", f"{load.events_a_second:,.0f}/s", stored_share, at_least=LEAST_SHARE_STORED),
        compared(f"{at_rest}: timer late, p99 (floor)", duration(calm.late_p99), 1.0),
        limited(f"{loaded}: timer late, p99", load.late_p99, MOST_LATE, show=duration, ratio=late),
        Row(name=f"{loaded}: timer late, median", value=duration(load.late_p50)),
        Row(name=f"{loaded}: timer late, most", value=duration(load.late_max)),
        compared(f"{at_rest}: window's thread (floor)", cores(calm.window_cores), 1.0),
        compared(f"{loaded}: window's thread", cores(load.window_cores), busy),
        limited(f"{loaded}: window's thread takes more by", added, MOST_CORES_ADDED, show=cores),
        compared(f"{at_rest}: frames (floor)", f"{calm.frames_a_second:.1f}/s", 1.0),
        compared(f"{loaded}: frames", f"{load.frames_a_second:.1f}/s", load.frames_a_second / calm.frames_a_second),
        Row(name=f"{loaded}: all other threads", value=cores(load.other_cores)),
        Row(name=f"{loaded}: resident memory", value=megabytes(load.resident_megabytes)),
    ]


if __name__ == "__main__":
    main("window under load", rows)
