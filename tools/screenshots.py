"""Pictures of the running program into docs/screenshots: the real window, the real engine, the demo shop.

Both themes, two sizes, and the states that matter. Look at them beside the design before they are committed.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eventmon.gui.application import WindowLife

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
SIZES = ((1280, 800), (1920, 1080))
WARM_UP_SECONDS = 64.0
"""A minute, so that plots and sparklines are full."""
SETTLE_SECONDS = 0.7
SHOP = ("shop", "demo://?rate=600&seed=4")


def main() -> int:
    """Take all pictures; each scene in a home of its own."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for connections, scene in (((), welcome), ((SHOP,), workbench)):
        with tempfile.TemporaryDirectory(prefix="eventmon-pictures-") as home:
            os.environ["EVENTMON_HOME"] = home
            live_and_picture(connections, scene)
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER}")
    return 0


def live_and_picture(connections: tuple[tuple[str, str], ...], scene: Callable[..., Awaitable[None]]) -> None:
    """Run one window with these connections while the scene takes its pictures."""
    import qasync

    from eventmon.engine.options import EngineOptions
    from eventmon.gui.application import WindowLife, make_application

    with qasync.QEventLoop(make_application()) as loop:
        asyncio.set_event_loop(loop)
        life = WindowLife(EngineOptions(connections=connections), None)
        pictures = loop.create_task(scene(life))
        pictures.add_done_callback(lambda _task: life.window.close())
        loop.run_until_complete(life.live())
        pictures.result()
        asyncio.set_event_loop(None)


async def welcome(life: WindowLife) -> None:
    """The first start."""
    await asyncio.sleep(2.0)
    await each_theme_and_size(life, "welcome", SIZES[:1])


async def workbench(life: WindowLife) -> None:
    """The demo shop running, then paused, filtered, and with a filter that is not valid."""
    await asyncio.sleep(WARM_UP_SECONDS)
    life.context.commands.action("topics.expand_all").trigger()
    await each_theme_and_size(life, "main", SIZES)
    commands, selection = life.context.commands, life.context.selection
    selection.setTopicFilter("shop/payments/#")
    await each_theme_and_size(life, "filtered", SIZES[:1])
    commands.action("log.pause").trigger()
    await asyncio.sleep(2.0)
    await each_theme_and_size(life, "paused", SIZES[:1])


async def each_theme_and_size(life: WindowLife, name: str, sizes: tuple[tuple[int, int], ...]) -> None:
    """One picture a theme and size."""
    for theme in ("light", "dark"):
        life.context.commands.action(f"view.theme_{theme}").trigger()
        for width, height in sizes:
            life.window.resize(width, height)
            await asyncio.sleep(SETTLE_SECONDS)
            life.window.grab().save(str(FOLDER / f"{name}-{theme}-{width}.png"))


if __name__ == "__main__":
    sys.exit(main())
