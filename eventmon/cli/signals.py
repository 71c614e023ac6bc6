"""The signals that end a verb in order."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable

END_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def on_end_signals(end: Callable[[], None]) -> None:
    """Call ``end`` on the running loop in the place of dying."""
    loop = asyncio.get_running_loop()
    for number in END_SIGNALS:
        loop.add_signal_handler(number, end)
