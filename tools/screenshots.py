"""Pictures of the running program into docs/screenshots: the real window, the real engine, the demo shop, a Valkey.

Both themes, two sizes, and the states that matter. Look at them beside the design before they are committed.
Names of scenes as arguments take these alone.
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

if TYPE_CHECKING:
    import redis
    from PySide6.QtGui import QPixmap
    from PySide6.QtWidgets import QWidget

    from eventmon.gui.application import WindowLife
    from eventmon.gui.dialogs.connect import ConnectDialog
    from tests.helpers.valkey import ValkeyServer

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "screenshots"
SIZES = ((1280, 800), (1920, 1080))
WARM_UP_SECONDS = 64.0
"""A minute, so that plots and sparklines are full."""
SETTLE_SECONDS = 0.7
SHOP = ("shop", "demo://?rate=600&seed=4")
ORDERS = ("created", "paid", "shipped")


def main() -> int:
    """Take the pictures; each scene in a home of its own."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.path.insert(0, str(ROOT))
    FOLDER.mkdir(parents=True, exist_ok=True)
    scenes: dict[str, tuple[tuple[tuple[str, str], ...], Callable[[WindowLife], Awaitable[None]]]] = {
        "welcome": ((), welcome),
        "workbench": ((SHOP,), workbench),
        "connect": ((), connect),
        "connections": ((SHOP,), connections),
    }
    for name in sys.argv[1:] or scenes:
        with tempfile.TemporaryDirectory(prefix="eventmon-pictures-") as home:
            os.environ["EVENTMON_HOME"] = home
            live_and_picture(*scenes[name])
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER}")
    return 0


def live_and_picture(opened: tuple[tuple[str, str], ...], scene: Callable[[WindowLife], Awaitable[None]]) -> None:
    """Run one window with these connections while the scene takes its pictures."""
    import qasync

    from eventmon.engine.options import EngineOptions
    from eventmon.gui.application import WindowLife, make_application

    with qasync.QEventLoop(make_application()) as loop:
        asyncio.set_event_loop(loop)
        life = WindowLife(EngineOptions(connections=opened), None)
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


async def connect(life: WindowLife) -> None:
    """The Connect dialog: as it opens, with a name that is not found, with names to tick."""
    from tests.helpers.valkey import ValkeyServer

    await asyncio.sleep(2.0)
    async with ValkeyServer() as server:
        fill(server)
        for theme in ("light", "dark"):
            life.context.commands.action(f"view.theme_{theme}").trigger()
            await connect_in(life, server, theme)


async def connect_in(life: WindowLife, server: ValkeyServer, theme: str) -> None:
    """The dialog in one theme."""
    from eventmon.gui.dialogs.browse_names import BrowseNames

    dialog = open_dialog(life, "connect.open")
    await over_the_window(life, dialog, f"connect-{theme}-1280")
    address = dialog.entry.address
    type_into(address.line, "redis://watcher:secret@redis.shop.internl:6379?channels=orders:*")
    address.settle()
    dialog.test.click()
    await until_free(dialog)
    await over_the_window(life, dialog, f"connect-error-{theme}-1280")
    type_into(address.line, f"redis://{server.address}?channels=orders:*")
    address.settle()
    dialog.test.click()
    await until_free(dialog)
    await over_the_window(life, dialog, f"connect-tested-{theme}-1280")
    dialog.entry.form.browse.click()
    await asyncio.sleep(2 * SETTLE_SECONDS)
    (names,) = dialog.findChildren(BrowseNames)
    await over_the_window(life, names, f"connect-browse-{theme}-1280")
    names.reject()
    dialog.reject()
    await asyncio.sleep(SETTLE_SECONDS)
    follow = open_dialog(life, "connect.follow_file")
    await over_the_window(life, follow, f"connect-file-{theme}-1280")
    follow.reject()
    await asyncio.sleep(SETTLE_SECONDS)


async def connections(life: WindowLife) -> None:
    """Connections in every state, with their colours, and what an interruption leaves in the log."""
    from eventmon.engine.requests import CloseConnection, OpenConnection
    from eventmon.gui.panels.topics import TopicsPanel
    from tests.helpers.free_port import free_port
    from tests.helpers.valkey import ValkeyServer

    call = life.context.bridge.call
    async with ValkeyServer(appendonly="everysec") as server, ValkeyServer(password="hunter2") as guarded:
        fill(server)
        nowhere = f"redis://127.0.0.1:{free_port()}?channels=sensors.*"
        await asyncio.sleep(2.0)
        prod = f"redis://{server.address}?channels=orders:*&streams=audit,refunds&from=start"
        await call(OpenConnection(url=prod, name="prod", read_only=True, color="red"))
        await call(OpenConnection(url=nowhere, name="edge", color="amber"))
        await call(OpenConnection(url=f"redis://:wrong@{guarded.address}?channels=*", name="legacy"))
        await call(OpenConnection(url=f"redis://{server.address}?channels=jobs.*", name="staging", color="green"))
        await call(CloseConnection(name="staging"))
        with server.client() as client:
            await publish(client, seconds=4.0)
        server.kill()
        await asyncio.sleep(2.4)
        await server.start_async()
        await asyncio.sleep(3.0)
        with server.client() as client:
            await publish(client, seconds=0.2)
        topics = life.window.findChild(TopicsPanel)
        assert topics is not None
        topics.expansion.close_below(None)
        topics.expansion.open_below([topics.model.tree.mounts["prod"]])
        life.context.selection.setTopicFilter("prod/#")
        await each_theme_and_size(life, "connections", SIZES)


async def publish(client: redis.Redis, seconds: float) -> None:
    """What a shop says on its channels and writes to its streams."""
    for number in range(int(seconds * 20)):
        step = ORDERS[number % 3]
        client.publish(
            f"orders:eu:{step}", f'{{"order":{48_000 + number},"total":{19.9 + number:.2f},"currency":"EUR"}}'
        )
        client.xadd("audit", {"who": "watcher", "what": f"order {48_000 + number} {step}"})
        await asyncio.sleep(0.05)


def fill(server: ValkeyServer) -> None:
    """Streams to browse, and somebody who listens to channels while the server runs."""
    with server.client() as client:
        for stream in ("audit", "refunds", "orders:eu", "orders:us"):
            for number in range(12):
                client.xadd(stream, {"order": str(48_000 + number)})


def open_dialog(life: WindowLife, command: str) -> ConnectDialog:
    """Open the dialog by its command."""
    from eventmon.gui.dialogs.connect import ConnectDialog

    life.context.commands.action(command).trigger()
    (dialog,) = [dialog for dialog in life.window.findChildren(ConnectDialog) if dialog.isVisible()]
    return dialog


def type_into(line: QWidget, text: str) -> None:
    """Type over what a line holds."""
    from PySide6.QtTest import QTest

    line.setFocus()
    line.selectAll()  # type: ignore[attr-defined]
    QTest.keyClicks(line, text)


async def until_free(dialog: ConnectDialog) -> None:
    """Wait until the engine has answered the dialog."""
    await asyncio.sleep(0.1)
    while not dialog.test.isEnabled():  # noqa: ASYNC110 - a picture may wait
        await asyncio.sleep(0.05)


async def over_the_window(life: WindowLife, dialog: QWidget, name: str) -> None:
    """A picture of the window with a dialog over it, as a desktop shows them."""
    from PySide6.QtGui import QPainter

    await asyncio.sleep(SETTLE_SECONDS)
    picture: QPixmap = life.window.grab()
    shown = dialog.grab()
    painter = QPainter(picture)
    left, top = (picture.width() - shown.width()) // 2, (picture.height() - shown.height()) // 2
    painter.drawPixmap(left, top, shown)
    painter.setPen(life.context.theme.color("outline"))
    painter.drawRect(left - 1, top - 1, shown.width() + 1, shown.height() + 1)
    painter.end()
    picture.save(str(FOLDER / f"{name}.png"))


async def each_theme_and_size(life: WindowLife, name: str, sizes: tuple[tuple[int, int], ...]) -> None:
    """One picture a theme and size."""
    for theme in ("light", "dark"):
        life.context.commands.action(f"view.theme_{theme}").trigger()
        for width, height in sizes:
            life.window.resize(width, height)
            await asyncio.sleep(SETTLE_SECONDS)
            life.window.grab().save(str(FOLDER / f"{name}-{theme}-{width}.png"))


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
