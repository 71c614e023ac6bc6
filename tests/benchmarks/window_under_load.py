"""How the whole window behaves under load: its timer's lateness and the CPU of its thread, demo into log and panels.

Each rate runs in a process of its own with a fresh log. The floor is the same window at 1,000 events a second, in the
same run. Run: ``python -m tests.benchmarks.window_under_load``.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from PySide6.QtCore import QTimer

    from eventmon.gui.application import WindowLife

WARM_UP_SECONDS = 4.0
MEASURED_SECONDS = 8.0
PROBE_MS = 5
CALM_RATE = 1_000
LOAD_RATE = 100_000


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What one window measured of itself.

    Attributes:
        late_p50: milliseconds by which half of the probe timer's ticks came too late.
        late_p99: the same for 99 of 100.
        late_max: the latest tick.
        window_cores: CPU of the window's thread, in cores.
        other_cores: CPU of all other threads of the process.
        events_a_second: stored, over the measured time.
        resident_megabytes: memory at the end.
    """

    late_p50: float
    late_p99: float
    late_max: float
    window_cores: float
    other_cores: float
    events_a_second: float
    resident_megabytes: float


def measured(rate: int, *, platform: str = "offscreen") -> Figures:
    """Run one window at a rate of events per second, in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="eventmon-bench-") as home:
        environment = os.environ | {"EVENTMON_HOME": home, "QT_QPA_PLATFORM": platform}
        answer = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.window_under_load", str(rate)],
            env=environment,
            capture_output=True,
            check=True,
            timeout=120,
        )
    return msgspec.json.decode(answer.stdout.splitlines()[-1], type=Figures)


def measure_here(rate: int) -> Figures:
    """Live as the window for some seconds and measure."""
    import qasync

    from eventmon.engine.options import EngineOptions
    from eventmon.gui.application import SWITCH_INTERVAL, WindowLife, make_application

    sys.setswitchinterval(SWITCH_INTERVAL)
    with qasync.QEventLoop(make_application()) as loop:
        asyncio.set_event_loop(loop)
        life = WindowLife(EngineOptions(connections=(("shop", f"demo://?rate={rate}"),)), None)
        measuring: asyncio.Task[Figures] = loop.create_task(measure_window(life))
        measuring.add_done_callback(lambda _task: life.window.close())
        loop.run_until_complete(life.live())
        asyncio.set_event_loop(None)
    return measuring.result()


async def measure_window(life: WindowLife) -> Figures:
    """Let the window warm up, then watch it."""
    await asyncio.sleep(WARM_UP_SECONDS)
    late: list[float] = []
    timer = probe_timer(life, late)
    wall, own, all_threads, before = time.perf_counter(), time.thread_time(), time.process_time(), stored(life)
    await asyncio.sleep(MEASURED_SECONDS)
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
        resident_megabytes=resident_bytes() / 1e6,
    )


def probe_timer(life: WindowLife, late: list[float]) -> QTimer:
    """A running timer that notes by how many milliseconds each of its ticks came too late."""
    from PySide6.QtCore import Qt, QTimer

    timer = QTimer(life.window)
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    due = time.perf_counter() + PROBE_MS / 1000

    def tick() -> None:
        nonlocal due
        now = time.perf_counter()
        late.append(max(0.0, now - due) * 1000)
        due = now + PROBE_MS / 1000

    timer.timeout.connect(tick)
    timer.start(PROBE_MS)
    return timer


def stored(life: WindowLife) -> int:
    """Events stored, as the window's last frame says."""
    frame = life.context.bridge.last_frame
    return 0 if frame is None else frame.accounting.stored


def resident_bytes() -> int:
    """Resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.stdout.write(msgspec.json.encode(measure_here(int(sys.argv[1]))).decode() + "\n")
    else:
        for events_a_second in (CALM_RATE, LOAD_RATE):
            print(events_a_second, measured(events_a_second))
