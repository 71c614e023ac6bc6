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

import msgspec

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
    from PySide6.QtCore import Qt, QTimer  # the benchmark's own imports are not what is measured

    from eventmon.engine.engine import EngineOptions
    from eventmon.gui import application

    figures: list[Figures] = []
    original = application.WindowLife.live

    async def live(life: application.WindowLife) -> int:
        asyncio.get_running_loop().call_later(WARM_UP_SECONDS, probe, life)
        return await original(life)

    def probe(life: application.WindowLife) -> None:
        late: list[float] = []
        timer = QTimer(life.window)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        due = [time.perf_counter() + PROBE_MS / 1000]

        def tick() -> None:
            now = time.perf_counter()
            late.append(max(0.0, now - due[0]) * 1000)
            due[0] = now + PROBE_MS / 1000

        timer.timeout.connect(tick)
        timer.start(PROBE_MS)
        start = time.perf_counter(), time.thread_time(), time.process_time(), stored(life)
        asyncio.get_running_loop().call_later(MEASURED_SECONDS, finish, life, timer, late, start)

    def finish(
        life: application.WindowLife, timer: QTimer, late: list[float], start: tuple[float, float, float, int]
    ) -> None:
        timer.stop()
        wall = time.perf_counter() - start[0]
        own = time.thread_time() - start[1]
        late.sort()
        figures.append(
            Figures(
                late_p50=late[len(late) // 2],
                late_p99=late[int(len(late) * 0.99)],
                late_max=late[-1],
                window_cores=own / wall,
                other_cores=(time.process_time() - start[2] - own) / wall,
                events_a_second=(stored(life) - start[3]) / wall,
                resident_megabytes=resident_bytes() / 1e6,
            )
        )
        life.window.close()

    application.WindowLife.live = live  # type: ignore[method-assign]
    application.run(EngineOptions(connections=(("shop", f"demo://?rate={rate}"),)))
    return figures[0]


def stored(life: object) -> int:
    """Events stored, as the window's last frame says."""
    frame = life._context.bridge.last_frame  # type: ignore[attr-defined]
    return int(frame.accounting.stored)


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
