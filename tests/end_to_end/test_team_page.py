"""A team on one hub, seen in the window and on the page in a real browser: both count the same observers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.requests import AttachObserver, Publish
from tests.end_to_end.test_hub import TOPIC, agree, attach, share
from tests.end_to_end.test_workbench import Person, play
from tests.gui.conftest import OFFSCREEN_SAYS
from tests.helpers.browser import LAPTOP, Browser, needs_chromium
from tests.helpers.server import Server
from tests.helpers.valkey import ValkeyServer
from tests.web.test_browser import enter, is_live, number

__all__ = ["play"]  # the fixture

pytestmark = [pytest.mark.slow, pytest.mark.system, needs_chromium(), pytest.mark.qt_log_ignore(OFFSCREEN_SAYS)]


async def page_agrees(browser: Browser, observers: int) -> None:
    """Wait until the page, live, shows so many observers, over all and of the topic."""

    def shows_them() -> bool:
        of_topic = browser.text("#topics tr td:nth-child(4)")
        return is_live(browser) and number(browser, "observers") == observers and of_topic == str(observers)

    await asyncio.to_thread(browser.wait, shows_them)


def test_window_and_page_count_the_same_while_instances_come_and_go(play: Callable[..., None], tmp_path: Path) -> None:
    async def scene(person: Person) -> None:
        call = person.life.context.bridge.call
        await call(Publish(topic=TOPIC, data=b"1"))
        await call(AttachObserver(definition=ObserverDefinition(name="desk", kind="counter", pattern="orders/#")))
        with ValkeyServer(appendonly="always") as valkey, Browser(tmp_path / "chromium") as browser:
            url = f"redis://{valkey.address}"
            await share(person, url)
            maria = await asyncio.to_thread(Server, tmp_path / "maria", "--hub", url, "--listen", "0")
            omar = await asyncio.to_thread(Server, tmp_path / "omar", "--hub", url)
            try:
                browser.show(*LAPTOP)
                published = await asyncio.to_thread(maria.cli, "publish", TOPIC, "2")
                assert published.returncode == 0
                await asyncio.to_thread(enter, browser, maria)
                await attach(maria, "paid")
                await attach(omar, "sold")
                await agree(person, 3, maria, omar)
                await page_agrees(browser, 3)
                omar.kill()
                await agree(person, 2, maria)
                await page_agrees(browser, 2)
                omar = await asyncio.to_thread(Server, tmp_path / "omar", "--hub", url)
                await agree(person, 3, maria, omar)
                await page_agrees(browser, 3)
                assert browser.complaints() == []
            finally:
                for server in (maria, omar):
                    server.stop()

    play(scene)
