"""Pictures of the counter page into docs/screenshots: a real server, a real Chromium, three screens, both themes."""

from __future__ import annotations

import re
import tempfile
import time
from pathlib import Path

from tests.helpers.browser import CHROMIUM, DRIVER, LAPTOP, PHONE, WALL, Browser
from tests.helpers.server import Server
from tools.pictures import FOLDER

SCREENS = {"phone": (PHONE, 2.0), "laptop": (LAPTOP, 1.0), "wall": (WALL, 1.0)}
SHOP = ("--connect", "shop=demo://?rate=400&seed=4")
GONE = ("--connect", "prod=redis://127.0.0.1:1?channels=orders.*")
SECONDS_OF_TRAFFIC = 40.0
SETTLE_SECONDS = 1.0


def take() -> list[str]:
    """Take them; the names of the files, none where there is no Chromium."""
    if CHROMIUM is None or DRIVER is None:
        print("The page was not pictured: install the system packages chromium and chromium-driver.")
        return []
    with tempfile.TemporaryDirectory(prefix="eventmon-page-") as folder:
        home = Path(folder)
        with Server(home / "home", "--listen", "0", *SHOP, *GONE) as server, Browser(home / "chromium") as browser:
            for name, pattern in (("paid", "shop/orders/+/paid"), ("everything", "shop/#")):
                server.cli("observer", "add", name, "--kind", "counter", "--pattern", pattern)
            time.sleep(SECONDS_OF_TRAFFIC)
            return [*_pages(browser, _link(server)), *_gate(browser, server)]


def _link(server: Server) -> str:
    found = re.search(r"^link +(\S+)$", server.cli("token").stdout.decode(), re.MULTILINE)
    assert found is not None
    return found[1]


def _pages(browser: Browser, link: str) -> list[str]:
    browser.open(link)
    browser.wait(lambda: browser.text("#state-word") == "Live")
    return [_picture(browser, f"page-{screen}", screen, dark=dark) for screen in SCREENS for dark in (False, True)]


def _gate(browser: Browser, server: Server) -> list[str]:
    server.cli("token", "--renew")
    browser.wait(lambda: browser.find("#gate").is_displayed())
    return [_picture(browser, "page-link-needed", "laptop", dark=dark) for dark in (False, True)]


def _picture(browser: Browser, name: str, screen: str, *, dark: bool) -> str:
    (width, height), scale = SCREENS[screen]
    browser.show(width, height, dark=dark, scale=scale)
    time.sleep(SETTLE_SECONDS)
    return browser.picture(FOLDER / f"{name}-{'dark' if dark else 'light'}.png").name


if __name__ == "__main__":
    print("\n".join(take()))
