"""Scenes of details: every view of an event, every kind of observer being attached, and the window with larger text."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tools.pictures import FOLDER, SETTLE_SECONDS, THEMES, alone, opened_by, over_the_window, show_theme
from tools.workbench_scenes import attach_observers, choose_event, draft_order

if TYPE_CHECKING:
    from eventmon.gui.application import WindowLife

LARGE_TEXT = 150
"""Percent of the system's size."""
FILLED = {"publish": ("topic", "audit/{{type}}"), "file": ("path", "/var/log/shop/orders.jsonl")}
"""What a kind needs before it can be tried: a field and its text."""


async def details(life: WindowLife) -> None:
    """Views of one event, and kinds of observers with their dry run on it."""
    await attach_observers(life)
    await asyncio.sleep(8.0)
    life.window.resize(1280, 800)
    life.context.commands.action("topics.expand_all").trigger()
    await choose_event(life)
    draft_order(life)
    for theme in THEMES:
        show_theme(life, theme)
        await views_of_event(life, theme)
        await kinds_of_observer(life, theme)
    await larger_text(life, "large-text")


async def welcome_large(life: WindowLife) -> None:
    """The first start of somebody who reads large text."""
    await asyncio.sleep(2.0)
    life.window.resize(1280, 800)
    await larger_text(life, "welcome-large-text")


async def views_of_event(life: WindowLife, theme: str) -> None:
    """Each tab of the Event panel."""
    from eventmon.gui.panels.event import EventPanel
    from eventmon.gui.widgets.event_pages import TABS

    panel = life.window.findChild(EventPanel)
    assert panel is not None
    for tab in TABS[1:]:
        panel.pages.go_to_tab(tab)
        await alone(life.window.docks.dock("event"), f"event-{tab}-{theme}")
    panel.pages.go_to_tab(TABS[0])


async def kinds_of_observer(life: WindowLife, theme: str) -> None:
    """The dialog of every kind but the first, which stands for itself."""
    from PySide6.QtWidgets import QLineEdit

    from eventmon.gui.dialogs.attach_observer import AttachObserverDialog

    dialog = opened_by(life, "observer.attach")
    assert isinstance(dialog, AttachObserverDialog)
    for row in range(1, dialog.kinds.count()):
        dialog.kinds.setCurrentRow(row)
        kind = dialog.kinds.chosen()
        field, text = FILLED.get(kind, ("", ""))
        if field:
            line = dialog.entry.findChild(QLineEdit, f"field.{field}")
            if line is not None:
                line.setText(text)
        await over_the_window(life, dialog, f"attach-observer-{kind}-{theme}-1280")
    dialog.reject()


async def larger_text(life: WindowLife, name: str) -> None:
    """The window with larger text, in both themes."""
    for theme in THEMES:
        show_theme(life, theme)
        life.context.theme.apply("dark" if theme == "dark" else "light", LARGE_TEXT)
        life.window.resize(1280, 800)
        await asyncio.sleep(2 * SETTLE_SECONDS)
        life.window.grab().save(str(FOLDER / f"{name}-{theme}-1280.png"))
