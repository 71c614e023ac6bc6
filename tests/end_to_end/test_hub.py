"""A team on one hub: a window and two servers, whose counts agree while instances come and go by kill -9."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.requests import AttachObserver, ListObservers, Publish
from eventmon.gui.dialogs.share_workspace import ShareDialog
from eventmon.gui.panels.topics import TopicsPanel
from eventmon.gui.widgets.big_number import BigNumbers
from tests.end_to_end.test_workbench import Person, play, until
from tests.gui.conftest import OFFSCREEN_SAYS
from tests.helpers.server import Server
from tests.helpers.valkey import ValkeyServer

__all__ = ["play"]  # the fixture

pytestmark = [pytest.mark.slow, pytest.mark.qt_log_ignore(OFFSCREEN_SAYS)]

TOPIC = "orders/eu/paid"


async def attach(server: Server, name: str, pattern: str = "orders/#") -> None:
    arguments = ("observer", "add", name, "--kind", "counter", "--pattern", pattern)
    added = await asyncio.to_thread(server.cli, *arguments)
    assert added.returncode == 0, added.stderr


async def observers_of(server: Server) -> int:
    observers: int = (await asyncio.to_thread(server.stats))["observers"]
    return observers


def big_number(person: Person) -> str:
    """What stands over “observers” in the panel of counters."""
    spoken = person.find(BigNumbers).accessibleName()
    (found,) = [part for part in spoken.split(", ") if part.endswith(" observers")]
    return str(found.removesuffix(" observers"))


def of_topic(person: Person) -> int:
    """How many observers the tree of topics shows for the topic."""
    node = person.find(TopicsPanel).model.tree.find(TOPIC)
    return -1 if node is None else int(node.observers)


async def agree(person: Person, number: int, *servers: Server) -> None:
    """Wait until the window, its topic and every server count so many observers."""
    await until(lambda: big_number(person) == str(number), f"{number} observers in the window")
    await until(lambda: of_topic(person) == number, f"{number} observers of the topic")
    for server in servers:
        while await observers_of(server) != number:  # noqa: ASYNC110 - a server of its own process
            await asyncio.sleep(0.02)


async def share(person: Person, url: str) -> None:
    person.life.context.commands.action("hub.share").trigger()
    dialog = person.find(ShareDialog)
    QTest.keyClicks(dialog.edit, url)
    QTest.keyClick(dialog.edit, Qt.Key.Key_Return)
    await until(lambda: person.window.findChild(ShareDialog) is None, "shared")


def test_counts_agree_while_instances_come_and_go_by_kill(play: Callable[..., None], tmp_path: Path) -> None:
    async def scene(person: Person) -> None:
        call = person.life.context.bridge.call
        await call(Publish(topic=TOPIC, data=b"1"))
        await call(AttachObserver(definition=ObserverDefinition(name="desk", kind="counter", pattern="orders/#")))
        with ValkeyServer(appendonly="always") as valkey:
            url = f"redis://{valkey.address}"
            await share(person, url)
            maria = await asyncio.to_thread(Server, tmp_path / "maria", "--hub", url)
            omar = await asyncio.to_thread(Server, tmp_path / "omar", "--hub", url)
            try:
                await attach(maria, "paid")
                await attach(omar, "sold")
                await attach(omar, "counted")
                await agree(person, 4, maria, omar)
                omar.kill()
                await agree(person, 2, maria)
                states = {each.name: each.state for each in await call(ListObservers())}
                assert states == {"desk": "active", "paid": "active", "sold": "stopped", "counted": "stopped"}
                maria.kill()
                await agree(person, 1)
                omar = await asyncio.to_thread(Server, tmp_path / "omar", "--hub", url)
                await agree(person, 3, omar)
                maria = await asyncio.to_thread(Server, tmp_path / "maria", "--hub", url)
                await agree(person, 4, maria, omar)
                valkey.kill()
                await until(person.life.hubs.lost.bar.isVisible, "the strip")
                assert big_number(person) == "4"
                await asyncio.to_thread(valkey.start)
                await until(lambda: not person.life.hubs.lost.bar.isVisible(), "the hub is back")
                await agree(person, 4, maria, omar)
            finally:
                for server in (maria, omar):
                    server.stop()
            await agree(person, 1)

    play(scene)
