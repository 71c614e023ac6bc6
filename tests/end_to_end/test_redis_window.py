"""Somebody connects to a running Valkey by the dialog, with mouse and keys, and watches it die and come back."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from eventmon.engine.frame import ConnectionStatus
from eventmon.engine.requests import ListConnections, ReadGaps
from eventmon.gui.dialogs.browse_names import BrowseNames
from eventmon.gui.dialogs.connect import ConnectDialog
from eventmon.gui.panels.topics import TopicsPanel
from tests.end_to_end.test_workbench import Person, play, topic_names, until
from tests.gui.conftest import OFFSCREEN_SAYS
from tests.gui.connect_script import answer, line, retype
from tests.helpers.valkey import ValkeyServer

__all__ = ["play"]  # the fixture

pytestmark = [pytest.mark.slow, pytest.mark.qt_log_ignore(OFFSCREEN_SAYS)]

ENTRIES = 3_000
WRITE = f"""
import sys, redis, time
from redis.backoff import NoBackoff
from redis.retry import Retry
port = int(sys.argv[1])
client = redis.Redis(port=port, retry=Retry(NoBackoff(), 0))
step = 0
while step < {ENTRIES}:
    try:
        client.xadd("audit", {{"order": step}}, id=f"{{step + 1}}-0")
    except redis.exceptions.ResponseError:
        pass  # it was written, and the answer lost
    except redis.exceptions.ConnectionError:
        time.sleep(0.02)
        continue
    step += 1
    try:
        client.publish("orders:eu:created", step)
    except redis.exceptions.ConnectionError:
        pass
"""


async def connections(person: Person) -> list[ConnectionStatus]:
    return await person.life.context.bridge.call(ListConnections())


async def dialog_of(person: Person) -> ConnectDialog:
    person.press(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    await until(lambda: person.window.findChild(ConnectDialog) is not None, "the dialog")
    return person.find(ConnectDialog)


def events_of(person: Person, topic: str) -> int:
    node = person.find(TopicsPanel).model.tree.find(topic)
    return 0 if node is None else node.events


def test_a_valkey_is_connected_dies_under_load_and_its_stream_is_complete(play: Callable[..., None]) -> None:
    async def scene(person: Person) -> None:
        async with ValkeyServer(appendonly="always") as server:
            dialog = await dialog_of(person)
            retype(dialog.entry.address.line, f"redis://{server.address}?channels=orders:*&streams=audit&from=start")
            retype(dialog.entry.name_line, "prod")
            person.click(dialog.test)
            await until(lambda: dialog.outcome.tone == "ok", "the test")
            QTest.keyClick(line(dialog, "host"), Qt.Key.Key_Return)
            await until(lambda: person.window.findChild(ConnectDialog) is None, "connected")
            writer = await asyncio.create_subprocess_exec(sys.executable, "-c", WRITE, str(server.port))
            await until(lambda: events_of(person, "prod/audit") > 200, "entries of the stream")
            await until(lambda: events_of(person, "prod/orders/eu/created") > 100, "messages of the channel")
            server.kill()
            await until(lambda: phase_in_tree(person) == "waiting", "the loss is seen in the tree")
            await server.start_async()
            await until(lambda: phase_in_tree(person) == "connected", "back again")
            assert await writer.wait() == 0
            await until(lambda: events_of(person, "prod/audit") == ENTRIES, "the whole stream")
            gaps = await person.life.context.bridge.call(ReadGaps())
            assert [gap.connection for gap in gaps] == ["prod"]
            await until(lambda: gap_rows(person) == 1, "the gap row in the log")

    play(scene)


def phase_in_tree(person: Person) -> str:
    status = person.find(TopicsPanel).model.tree.statuses.get("prod")
    return "" if status is None else status.phase


def gap_rows(person: Person) -> int:
    model = person.log.model
    return sum(1 for row in range(model.rowCount()) if model.seq_at(row) is None)


def test_names_are_browsed_and_ticked(play: Callable[..., None]) -> None:
    async def scene(person: Person) -> None:
        async with ValkeyServer() as server:
            with server.client() as client:
                for name in (b"audit", b"orders:eu", b"a/b", b"\xff\x00 odd", b"#general"):
                    client.xadd(name, {"order": "48348"})
            dialog = await dialog_of(person)
            retype(dialog.entry.address.line, f"redis://{server.address}?from=start")
            dialog.entry.address.settle()
            person.click(dialog.entry.form.browse)
            await until(lambda: dialog.findChild(BrowseNames) is not None, "the list")
            names = dialog.findChild(BrowseNames)
            assert names is not None
            await until(lambda: not names.running, "all names")
            assert names.names.rowCount() == 5
            for row in range(5):
                place = names.view.visualRect(names.names.index(row, 0)).center()
                QTest.mouseClick(names.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, place.y()))
            person.click(names.use)
            person.click(dialog.connect_button)
            await until(lambda: person.window.findChild(ConnectDialog) is None, "connected")
            await until(lambda: person.stored == 5, "an entry of each stream")
            topics = set(topic_names(person.find(TopicsPanel)))
            assert topics >= {"local", "redis"}

    play(scene)


def test_mistakes_are_said_at_their_fields_and_mended_without_losing_anything(play: Callable[..., None]) -> None:
    async def scene(person: Person) -> None:
        async with ValkeyServer(password="hunter2") as server:
            dialog = await dialog_of(person)
            retype(dialog.entry.address.line, f"redis://{server.address}?channels=orders:*")
            dialog.entry.address.settle()
            person.click(dialog.connect_button)
            await until(lambda: fault(dialog, "password"), "a password is wanted")
            retype(line(dialog, "password"), "wrong")
            person.click(dialog.connect_button)
            await until(lambda: fault(dialog, "password"), "another password is wanted")
            retype(line(dialog, "password"), "hunter2")
            retype(line(dialog, "port"), "1")
            person.click(dialog.connect_button)
            await until(lambda: dialog.connect_button.text() == "Connect anyway", "nobody listens there")
            retype(line(dialog, "port"), str(server.port))
            person.click(dialog.connect_button)
            await until(lambda: person.window.findChild(ConnectDialog) is None, "connected")
            (status,) = await connections(person)
            assert status.phase == "connected"
            assert "hunter2" not in status.url

    play(scene)


def fault(dialog: ConnectDialog, field: str) -> bool:
    place = dialog.entry.form.place_of(field)
    return place is not None and place.faulty and dialog.connect_button.isEnabled()


def test_a_connection_comes_back_is_edited_disconnected_and_forgotten(
    play: Callable[..., None], tmp_path: Path
) -> None:
    server = ValkeyServer(password="hunter2")
    server.start()

    async def first(person: Person) -> None:
        dialog = await dialog_of(person)
        retype(dialog.entry.address.line, f"redis://:hunter2@{server.address}?channels=orders:*")
        retype(dialog.entry.name_line, "prod")
        person.click(dialog.entry.safety.color.swatches["red"])
        person.click(dialog.connect_button)
        await until(lambda: person.window.findChild(ConnectDialog) is None, "connected")

    async def second(person: Person) -> None:
        await until(lambda: phase_in_tree(person) == "connected", "it is back, with its password")
        topics = person.find(TopicsPanel)
        node = topics.model.tree.mounts["prod"]
        view = topics.view
        person.click(view.viewport(), view.visualRect(topics.model.index_of(node)).center())
        commands = person.life.context.commands
        commands.action("connection.edit").trigger()
        dialog = person.find(ConnectDialog)
        assert line(dialog, "password").placeholderText() == "Unchanged"
        retype(line(dialog, "channels"), "orders:*, payments:*")
        person.click(dialog.connect_button)
        await until(lambda: person.window.findChild(ConnectDialog) is None, "changed")
        with server.client() as client:
            await until(lambda: client.publish("payments:failed", "48348") == 1, "the new channel is watched")
        await until(lambda: events_of(person, "prod/payments/failed") > 0, "its message")
        commands.action("connection.disconnect").trigger()
        await until(lambda: phase_in_tree(person) == "closed", "disconnected")
        person.window.activateWindow()
        view.setFocus()
        await until(view.hasFocus, "the keyboard is in the tree")
        person.press(Qt.Key.Key_Delete)
        answer(person.window, yes=True)
        await until(lambda: phase_in_tree(person) == "", "forgotten")
        assert await connections(person) == []
        assert "prod" in topic_names(topics), "its events stay"

    try:
        play(first)
        play(second)
    finally:
        server.dispose()
