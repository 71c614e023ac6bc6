"""What watching costs: ten open pages, and the page itself in Chromium, at 1,000 and at 50,000 events a second.

Frames are made once for all viewers and hold no events but the newest, so both have to be flat. The server's share is
the difference between watched and unwatched seconds of one run, taken in turn.
"""

from __future__ import annotations

import re
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

import psutil

from tests.benchmarks.measure import cores, limited
from tests.benchmarks.table import Row, main
from tests.helpers.browser import CHROMIUM, DRIVER, LAPTOP, Browser
from tests.helpers.server import Server

VIEWERS = 10
RATES = (1_000, 50_000)
FLAT_CORES = 0.05
"""What is called flat: so much more may fifty times the events cost. Both are so little that a ratio is noise."""
SERVER_CORES = 0.25
PAGE_CORES = 0.25


class Watched:
    """A server under load, and what it and its viewers use."""

    def __init__(self, home: Path, rate: int, stack: ExitStack) -> None:
        self._server = stack.enter_context(
            Server(home, "--listen", "0", "--connect", f"shop=demo://?rate={rate}&seed=1")
        )
        self._process = psutil.Process(self._server.process.pid)
        self.view = self._server.cli("token", "--scope", "view").stdout.decode().strip()
        self.url = str(self._server.ready["http"])

    @property
    def link(self) -> str:
        """Opens the page."""
        found = re.search(r"^link +(\S+)$", self._server.cli("token").stdout.decode(), re.MULTILINE)
        assert found is not None
        return found[1]

    def received(self) -> int:
        """Events so far."""
        return int(self._server.stats()["received"])

    def cores(self, seconds: float) -> float:
        """Processor time a second of the server."""
        before, started = sum(self._process.cpu_times()[:2]), time.monotonic()
        time.sleep(seconds)
        return float(sum(self._process.cpu_times()[:2]) - before) / (time.monotonic() - started)

    @contextmanager
    def viewers(self) -> Iterator[None]:
        """Ten pages that read what they are sent and throw it away."""
        host = self.url.partition("://")[2]
        with ExitStack() as stack:
            for _ in range(VIEWERS):
                viewer = stack.enter_context(socket.create_connection(("127.0.0.1", int(host.rpartition(":")[2]))))
                ask = f"GET /api/v1/counters HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {self.view}\r\n\r\n"
                viewer.sendall(ask.encode())
                threading.Thread(target=_read, args=(viewer,), daemon=True).start()
                stack.callback(viewer.shutdown, socket.SHUT_RDWR)
            yield


def _read(viewer: socket.socket) -> None:
    while viewer.recv(1 << 16):
        pass


def server_costs(rate: int, *, seconds: float, rounds: int) -> tuple[float, float]:
    """Cores that ten viewers cost the server, and the events a second that there were."""
    with tempfile.TemporaryDirectory() as home, ExitStack() as stack:
        watched = Watched(Path(home), rate, stack)
        watched.cores(2.0)
        before, started = watched.received(), time.monotonic()
        costs = []
        for _ in range(rounds):
            alone = watched.cores(seconds)
            with watched.viewers():
                watched.cores(1.0)
                costs.append(watched.cores(seconds) - alone)
            watched.cores(1.0)
        return median(costs), (watched.received() - before) / (time.monotonic() - started)


def page_cores(rate: int, seconds: float) -> float:
    """Cores that the page's main thread uses in Chromium."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        watched = Watched(Path(folder) / "home", rate, stack)
        browser = stack.enter_context(Browser(Path(folder) / "chromium"))
        browser.show(*LAPTOP)
        browser.command("Performance.enable", {})
        browser.open(watched.link)
        browser.wait(lambda: browser.text("#state-word") == "Live")
        time.sleep(3)
        before = _busy(browser)
        time.sleep(seconds)
        return (_busy(browser) - before) / seconds


def _busy(browser: Browser) -> float:
    metrics = browser.command("Performance.getMetrics", {})["metrics"]
    return float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))


def rows(quick: bool) -> list[Row]:
    """Both costs at both rates, and their ratios."""
    seconds, rounds = (3.0, 2) if quick else (8.0, 5)
    found: list[Row] = []
    costs = []
    for rate in RATES:
        cost, reached = server_costs(rate, seconds=seconds, rounds=rounds)
        costs.append(max(cost, 0.005))
        name = f"server, {VIEWERS} viewers, {reached:,.0f} events/s"
        found.append(limited(name, costs[-1], SERVER_CORES, show=cores))
    found.append(_flat("server", costs))
    if CHROMIUM is None or DRIVER is None:
        return [*found, Row(name="page: Chromium is not installed", value="not measured")]
    pages = [page_cores(rate, seconds) for rate in RATES]
    found += [
        limited(f"page in Chromium, {rate:,} events/s asked for", cost, PAGE_CORES, show=cores)
        for rate, cost in zip(RATES, pages, strict=True)
    ]
    return [*found, _flat("page", pages)]


def _flat(name: str, costs: list[float]) -> Row:
    low, high = costs
    title = f"{name}: what {RATES[1]:,} in the place of {RATES[0]:,} events/s add"
    return limited(title, max(0.0, high - low), FLAT_CORES, show=cores, ratio=high / low)


if __name__ == "__main__":
    main("page_load", rows)
