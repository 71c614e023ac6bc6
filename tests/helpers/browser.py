"""A real Chromium without a screen, driven by its own driver: the page is only true where a browser shows it.

The system's packages are used; where they are absent, and in continuous integration, the tests are skipped aloud.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

T = TypeVar("T")
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
PATIENCE_SECONDS = 60.0
PHONE, LAPTOP, WALL = (390, 844), (1280, 800), (2560, 1440)
SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--lang=en-US",
)


def needs_chromium() -> pytest.MarkDecorator:
    """Skips a test, with a line that says why, where there is no Chromium or it must not be started."""
    if os.environ.get("CI") == "true":
        return pytest.mark.skip(reason="REAL BROWSER NOT TESTED: Chromium is not started in continuous integration")
    missing = [name for name, found in (("chromium", CHROMIUM), ("chromedriver", DRIVER)) if found is None]
    reason = f"REAL BROWSER NOT TESTED: install the system packages of {' and '.join(missing)}"
    return pytest.mark.skipif(bool(missing), reason=reason)


class Browser:
    """One Chromium with a profile of its own; use it as a context manager.

    Attributes:
        driver: Selenium's.
    """

    def __init__(self, profile: Path, *, insecure: bool = False) -> None:
        options = webdriver.ChromeOptions()
        assert CHROMIUM is not None
        options.binary_location = CHROMIUM
        for switch in (*SWITCHES, f"--user-data-dir={profile}"):
            options.add_argument(switch)
        if insecure:
            options.add_argument("--ignore-certificate-errors")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        service = webdriver.ChromeService(DRIVER)
        self.driver = webdriver.Chrome(options=options, service=service)
        self.driver.set_script_timeout(PATIENCE_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.driver.quit()

    def show(self, width: int, height: int, *, dark: bool = False, scale: float = 1.0) -> None:
        """Be a screen of that size that likes light or dark."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False}
        self.command("Emulation.setDeviceMetricsOverride", metrics)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.command("Emulation.setEmulatedMedia", {"features": [scheme]})

    def command(self, name: str, parameters: dict[str, Any]) -> Any:
        """Chromium's own protocol."""
        return self.driver.execute_cdp_cmd(name, parameters)

    def open(self, address: str) -> None:
        """Go there."""
        self.driver.get(address)

    def script(self, text: str, *arguments: Any) -> Any:
        """What a script in the page returns."""
        return self.driver.execute_script(text, *arguments)

    def find(self, selector: str) -> WebElement:
        """The one element."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def text(self, selector: str) -> str:
        """What an element says, seen or not; nothing while there is none."""
        return str(self.script("return document.querySelector(arguments[0])?.textContent ?? ''", selector))

    def wait(self, condition: Callable[[], T]) -> T:
        """What a condition gives once it is true."""
        waiting = WebDriverWait(
            self.driver, PATIENCE_SECONDS, 0.05, ignored_exceptions=[StaleElementReferenceException]
        )
        found: T = waiting.until(lambda _driver: condition())
        return found

    def complaints(self) -> list[str]:
        """What the console says since it was asked last."""
        entries: list[dict[str, Any]] = self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        return [str(entry["message"]) for entry in entries]

    def picture(self, path: Path) -> Path:
        """What is on the screen."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.driver.save_screenshot(str(path))
        return path
