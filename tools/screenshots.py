"""Pictures of the running program into docs/screenshots: the real window, the real engine, the demo shop, a Valkey.

Both themes, the sizes people have, every layout, panel and dialog, and the states that matter. Look at them beside the
design before they are committed. Names of scenes as arguments take these alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tools.connection_scenes import connect, connections
from tools.deletion_scenes import deletion
from tools.detail_scenes import details, welcome_large
from tools.hub_scenes import hub
from tools.pictures import FOLDER
from tools.workbench_scenes import panels, welcome, workbench
from tools.workspace_scenes import workspace, write_team

if TYPE_CHECKING:
    from eventmon.gui.application import WindowLife

SHOP = ("shop", "demo://?rate=600&seed=4")
Scene = Callable[["WindowLife"], Awaitable[None]]
SCENES: dict[str, tuple[tuple[tuple[str, str], ...], Scene]] = {
    "welcome": ((), welcome),
    "workbench": ((SHOP,), workbench),
    "panels": ((SHOP,), panels),
    "details": ((SHOP,), details),
    "welcome-large": ((), welcome_large),
    "connect": ((), connect),
    "connections": ((SHOP,), connections),
    "deletion": ((SHOP,), deletion),
    "workspace": ((SHOP,), workspace),
    "hub": ((SHOP,), hub),
}


def main() -> int:
    """Take the pictures; each scene in a home of its own."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[1:] or SCENES:
        with tempfile.TemporaryDirectory(prefix="eventmon-pictures-") as home:
            os.environ["EVENTMON_HOME"] = home
            live_and_picture(*SCENES[name], workspace=write_team(Path(home)) if name == "workspace" else None)
    if not sys.argv[1:]:
        from tools.page_pictures import take

        take()
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER}")
    return 0


def live_and_picture(opened: tuple[tuple[str, str], ...], scene: Scene, *, workspace: Path | None = None) -> None:
    """Run one window with these connections while the scene takes its pictures."""
    import qasync

    from eventmon.engine.options import EngineOptions
    from eventmon.gui.application import WindowLife, make_application

    with qasync.QEventLoop(make_application()) as loop:
        asyncio.set_event_loop(loop)
        life = WindowLife(EngineOptions(connections=opened, workspace=workspace), None)
        pictures = loop.create_task(scene(life))
        pictures.add_done_callback(lambda _task: life.window.close())
        loop.run_until_complete(life.live())
        pictures.result()
        asyncio.set_event_loop(None)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
