"""The Qt platforms that a window is measured on: offscreen always, X where there is a screen for it.

Where Xvfb is installed it is a fresh one, so that nobody's window manager is measured too; else the screen of the
session, if there is one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from tests.helpers.screen import VirtualScreen

OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen", "DISPLAY": ""}


@contextmanager
def platforms() -> Iterator[dict[str, dict[str, str]]]:
    """What the environment of a window's process needs, by the name of the platform."""
    if shutil.which("Xvfb"):
        with VirtualScreen() as screen:
            yield {"offscreen": OFFSCREEN, "xcb": _xcb(screen.display)}
    elif display := os.environ.get("DISPLAY"):
        yield {"offscreen": OFFSCREEN, "xcb": _xcb(display)}
    else:
        yield {"offscreen": OFFSCREEN}


def _xcb(display: str) -> dict[str, str]:
    return {"QT_QPA_PLATFORM": "xcb", "DISPLAY": display}
