"""Keeps the layout on the disk: put back at the start, written soon after it changed, so that a crash costs seconds.

Panels say nothing when their state changes, so the window is asked once a second; it costs about a millisecond, and
the file is only written when something is different, in another thread.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from eventmon.core.errors import UserError
from eventmon.gui.layout import Layout, OwnLayout, load_layout, save_layout

if TYPE_CHECKING:
    from eventmon.gui.main_window import MainWindow

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 1.0


class LayoutKeeper:
    """Reads and writes the layout of one window."""

    def __init__(self, path: Path, window: MainWindow, report: Callable[[str], object]) -> None:
        self._path = path
        self._window = window
        self._report = report
        self._kept: Layout | None = None
        self._known: set[str] = set()

    def restore(self) -> bool:
        """Give the window back what was saved, if there is something; a file that cannot be used is reported."""
        try:
            layout = load_layout(self._path)
        except UserError as error:
            self._report(str(error))
            return False
        if layout is not None:
            self._known = set(layout.own)
            self._window.restore(layout)
        return layout is not None

    async def keep(self) -> None:
        """Write what changed, once a second, until cancelled."""
        import asyncio

        while True:
            await asyncio.sleep(LOOK_SECONDS)
            layout = self._window.save()
            if layout != self._kept:
                await asyncio.to_thread(self._write, layout)

    def save(self) -> None:
        """Write what is different, now."""
        layout = self._window.save()
        if layout != self._kept:
            self._write(layout)

    def _write(self, layout: Layout) -> None:
        """The same layout is not tried again when the disk refused it; the next change is."""
        self._kept = layout
        others = self._named_elsewhere()
        self._known |= set(layout.own)
        try:
            save_layout(self._path, replace(layout, own=others | layout.own))
        except UserError as error:
            log.warning("%s", error)

    def _named_elsewhere(self) -> dict[str, OwnLayout]:
        """Layouts that another window of this profile has saved meanwhile: they stay in the file."""
        try:
            found = load_layout(self._path)
        except UserError:
            return {}
        return {name: own for name, own in found.own.items() if name not in self._known} if found is not None else {}
