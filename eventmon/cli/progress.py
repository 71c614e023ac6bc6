"""How far long work has come, on one line of a terminal that is written over; nothing where there is no terminal."""

from __future__ import annotations

import sys
import time

from eventmon.cli.notices import notify

SHOW_SECONDS = 0.5
_CLEAR_LINE = "\r\x1b[K"


class Progress:
    """Counts events on standard error."""

    def __init__(self) -> None:
        self._shows = sys.stderr is not None and sys.stderr.isatty()
        self._events = 0
        self._shown_at = time.monotonic()
        self._on_screen = False

    def show(self, events: int) -> None:
        """So many events so far."""
        passed = time.monotonic() - self._shown_at
        if not self._shows or passed < SHOW_SECONDS:
            return
        rate = (events - self._events) / passed
        self._events, self._shown_at, self._on_screen = events, time.monotonic(), True
        sys.stderr.write(f"{_CLEAR_LINE}{events:,} events, {rate:,.0f}/s; Ctrl+C ends")
        sys.stderr.flush()

    def say(self, sentence: str) -> None:
        """Show a sentence without a mix-up with the progress."""
        self.clear()
        notify(sentence)

    def clear(self) -> None:
        """Take the line away."""
        if self._on_screen:
            self._on_screen = False
            sys.stderr.write(_CLEAR_LINE)
            sys.stderr.flush()
