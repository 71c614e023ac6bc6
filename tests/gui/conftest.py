"""What every test of the window gets: no screen needed, one event loop, and the services a panel is made with."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
import qasync
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QWidget

from eventmon.engine.settings import Settings
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.commands import Commands
from eventmon.gui.context import PanelContext
from eventmon.gui.selection import Selection
from eventmon.gui.theme.theme import Theme
from tests.helpers.scripted_engine import ScriptedEngine

Screenshot = Callable[[QWidget, str], Path]

OFFSCREEN_SAYS = "This plugin does not support (propagateSizeHints|raise|setMask|window)"
"""What the offscreen platform says of windows it cannot place; no screen, no meaning."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Qt's other warnings fail a test."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore(OFFSCREEN_SAYS))


def _windows() -> set[QWidget]:
    application = QApplication.instance()
    return set(application.topLevelWidgets()) if isinstance(application, QApplication) else set()


@pytest.fixture(autouse=True)
def leaves_no_window() -> Iterator[None]:
    """What a test leaves behind is deleted: it would be styled anew with every theme, and take the pointer."""
    before = _windows()
    yield
    for window in _windows() - before:
        window.hide()
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def loop(qapp: QApplication) -> Iterator[asyncio.AbstractEventLoop]:
    """The window's event loop; use ``loop.run_until_complete``."""
    qapp.setQuitOnLastWindowClosed(False)
    with qasync.QEventLoop(qapp) as event_loop:
        asyncio.set_event_loop(event_loop)
        yield event_loop
        asyncio.set_event_loop(None)


@pytest.fixture
def engine() -> ScriptedEngine:
    """The engine behind ``context``: script its answers and frames."""
    return ScriptedEngine()


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    """The light theme, applied."""
    theme = Theme()
    theme.apply("light")
    yield theme
    theme.deleteLater()


@pytest.fixture
def context(theme: Theme, engine: ScriptedEngine) -> Iterator[PanelContext]:
    """Everything a panel is made with, attached to the scripted engine."""
    context = PanelContext(
        bridge=EngineBridge(),
        commands=Commands(theme),
        theme=theme,
        selection=Selection(),
        settings=Settings(),
    )
    context.bridge.attach(engine)
    yield context
    context.bridge.detach()
    for service in (context.bridge, context.commands, context.selection):
        service.deleteLater()


@pytest.fixture
def save_screenshot(tmp_path: Path) -> Screenshot:
    """Save a picture of a widget as ``<name>.png`` in ``$EVENTMON_SCREENSHOTS``, or in the test's own folder."""
    folder = Path(os.environ.get("EVENTMON_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)

    def save(widget: QWidget, name: str) -> Path:
        path = folder / f"{name}.png"
        QApplication.processEvents()
        assert widget.grab().save(str(path)), path
        return path

    return save
