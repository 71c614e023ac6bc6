"""Scenes of connections: the Connect dialog in its states, connections in theirs, a gap after an interruption."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from tools.pictures import SETTLE_SECONDS, SIZES, THEMES, each_theme_and_size, opened_by, over_the_window, show_theme

if TYPE_CHECKING:
    import redis
    from PySide6.QtWidgets import QWidget

    from eventmon.gui.application import WindowLife
    from eventmon.gui.dialogs.connect import ConnectDialog
    from tests.helpers.valkey import ValkeyServer

ORDERS = ("created", "paid", "shipped")


async def connect(life: WindowLife) -> None:
    """The Connect dialog: as it opens, with a name that is not found, with names to tick."""
    from tests.helpers.valkey import ValkeyServer

    await asyncio.sleep(2.0)
    async with ValkeyServer() as server:
        fill(server)
        for theme in THEMES:
            show_theme(life, theme)
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
    """Open the Connect dialog by a command."""
    return cast("ConnectDialog", opened_by(life, command))


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
