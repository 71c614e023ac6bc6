"""The server switched on in a real window: a browser's requests are answered, watched, cut off, and nothing stays."""

from __future__ import annotations

import asyncio
import http.client
import json
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from eventmon.gui.panels.server import ServerPanel
from eventmon.gui.widgets.plain_text import Question
from tests.end_to_end.test_workbench import Person, play, until
from tests.gui.conftest import OFFSCREEN_SAYS
from tests.helpers.free_port import free_port

__all__ = ["play"]  # the fixture

pytestmark = [pytest.mark.slow, pytest.mark.qt_log_ignore(OFFSCREEN_SAYS)]


class Page:
    """A browser's connection to the server."""

    def __init__(self, link: str) -> None:
        address, _, self.token = link.partition("/#token=")
        self.port = int(address.rpartition(":")[2])
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    async def ask(self, path: str) -> http.client.HTTPResponse:
        """The answer to a question with the token of the link, of which the headers are here."""
        return await asyncio.to_thread(self._ask, path)

    def _ask(self, path: str) -> http.client.HTTPResponse:
        self._connection.request("GET", path, headers={"Authorization": f"Bearer {self.token}"})
        return self._connection.getresponse()

    def close(self) -> None:
        self._connection.close()


def test_the_page_is_served_watched_renewed_and_gone(play: Callable[..., None]) -> None:
    async def scene(person: Person) -> None:
        dock = person.window.docks.dock("server")
        assert dock.isHidden()
        person.press(Qt.Key.Key_7, Qt.KeyboardModifier.ControlModifier)
        panel = person.find(ServerPanel)
        await until(panel.isVisible, "the dock")
        panel.off.port.setValue(free_port())
        panel.off.button.click()
        await until(lambda: panel.switch.status.on, "the server")
        panel.on.copy.click()
        page = Page(QGuiApplication.clipboard().text())
        await until(lambda: person.stored > 10, "events")
        stats = json.loads((await page.ask("/api/v1/stats")).read())
        assert 10 < stats["stored"] <= person.stored + 1_000
        watching = await page.ask("/api/v1/counters")
        assert watching.status == 200
        await until(lambda: panel.on.viewers.text() == "1", "the viewer")
        await renew(panel)
        await until(lambda: panel.switch.status.link != f"http://127.0.0.1:{page.port}/#token={page.token}", "new ones")
        await until(lambda: panel.on.viewers.text() == "none", "the end of the old page")
        page.close()
        assert (await page.ask("/api/v1/stats")).status == 401
        page.close()
        panel.on.off.click()
        await until(lambda: not panel.switch.status.on, "the end of the server")
        with pytest.raises(ConnectionRefusedError):
            await page.ask("/")
        page.close()

    play(scene, ("shop", "demo://?rate=500&seed=4"))


async def renew(panel: ServerPanel) -> None:
    panel.on.renew.click()
    await until(lambda: panel.findChild(Question) is not None, "the question")
    question = panel.findChild(Question)
    assert question is not None
    question.yes.click()


def test_a_server_that_is_on_ends_with_the_window(play: Callable[..., None]) -> None:
    ports = []

    async def scene(person: Person) -> None:
        panel = person.find(ServerPanel)
        panel.off.port.setValue(free_port())
        person.life.context.commands.action("server.on").trigger()
        await until(lambda: panel.switch.status.on, "the server")
        ports.append(panel.off.port.value())

    play(scene, ("shop", "demo://?rate=500&seed=4"))
    connection = http.client.HTTPConnection("127.0.0.1", ports[0], timeout=5)
    with pytest.raises(ConnectionRefusedError):
        connection.request("GET", "/")
