"""Scenes of the workbench: the demo shop with observers, in every layout; each panel and each dialog."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from tools.pictures import SIZES, THEMES, alone, each_theme_and_size, opened_by, over_the_window, show_theme

if TYPE_CHECKING:
    from eventmon.gui.application import WindowLife

WARM_UP_SECONDS = 64.0
"""A minute, so that plots and sparklines are full."""
LARGE = (2560, 1440)
DIALOGS = {
    "preferences": "edit.preferences",
    "problems": "help.problems",
    "shortcuts": "help.shortcuts",
    "about": "help.about",
    "save-layout": "view.layout_save_as",
    "new-topic": "topics.new",
    "attach-observer": "observer.attach",
}
"""The dialogs that commands open; one whose command does not exist or opens no dialog is left out."""
ORDER = {
    "order": "{{seq}}",
    "customer": {"name": "Zoë Martin", "tier": "gold"},
    "total": "{{random 20 900}}",
    "currency": "EUR",
    "createdAt": "{{now}}",
}


async def welcome(life: WindowLife) -> None:
    """The first start."""
    await asyncio.sleep(2.0)
    await each_theme_and_size(life, "welcome", SIZES[:1])


async def workbench(life: WindowLife) -> None:
    """The demo shop running with observers, in all layouts, then paused and filtered."""
    await attach_observers(life)
    await asyncio.sleep(WARM_UP_SECONDS)
    commands, selection = life.context.commands, life.context.selection
    commands.action("topics.expand_all").trigger()
    await choose_event(life)
    draft_order(life)
    await each_theme_and_size(life, "main", (*SIZES, LARGE))
    for layout in ("watch", "publish"):
        commands.action(f"view.layout_{layout}").trigger()
        await each_theme_and_size(life, f"layout-{layout}", SIZES[:1])
    commands.action("view.layout_debug").trigger()
    selection.setTopicFilter("shop/payments/#")
    await each_theme_and_size(life, "filtered", SIZES[:1])
    commands.action("log.pause").trigger()
    await asyncio.sleep(2.0)
    await each_theme_and_size(life, "paused", SIZES[:1])


async def panels(life: WindowLife) -> None:
    """Each panel alone, and each dialog over the window."""
    await attach_observers(life)
    await asyncio.sleep(WARM_UP_SECONDS / 4)
    life.context.commands.action("topics.expand_all").trigger()
    await choose_event(life)
    draft_order(life)
    life.window.problems.report(
        "shop", "The name was not found. Check the spelling, or connect your VPN and try again."
    )
    for theme in THEMES:
        show_theme(life, theme)
        for dock in life.window.docks:
            await alone(dock, f"panel-{dock.description.id.replace('_', '-')}-{theme}")
        for name, command in DIALOGS.items():
            await picture_dialog(life, command, f"{name}-{theme}-1280")


async def picture_dialog(life: WindowLife, command: str, name: str) -> None:
    """A dialog over the window."""
    commands = life.context.commands
    if command not in commands.table or not commands.is_bound(command):
        return
    try:
        dialog = opened_by(life, command)
    except ValueError:  # a menu or a field in its panel, not a dialog
        return
    await over_the_window(life, dialog, name)
    dialog.reject()


async def attach_observers(life: WindowLife) -> None:
    """Observers of every kind: busy ones, one that fails, one that is paused."""
    from eventmon.engine.definitions import ObserverDefinition
    from eventmon.engine.requests import AttachObserver

    while life.context.bridge.last_frame is None:  # noqa: ASYNC110 - a picture may wait
        await asyncio.sleep(0.05)
    audit = life.paths.data / "payments.jsonl"
    definitions = [
        ObserverDefinition(name="All orders", kind="counter", pattern="shop/orders/#"),
        ObserverDefinition(name="Carts", kind="counter", pattern="shop/cart/#"),
        ObserverDefinition(name="Refunded", kind="counter", pattern="shop/refunds/#", settings={"sum": "amount"}),
        ObserverDefinition(
            name="Order totals", kind="counter", pattern="shop/orders/+/paid", settings={"sum": "order"}
        ),
        ObserverDefinition(
            name="Heartbeat missing", kind="alert", pattern="shop/heartbeat", settings={"text": "", "silence": 60}
        ),
        ObserverDefinition(
            name="Payments audit", kind="file", pattern="shop/payments/#", settings={"path": str(audit)}
        ),
        ObserverDefinition(
            name="Mirror to staging",
            kind="publish",
            pattern="shop/orders/eu/#",
            settings={"topic": "staging/orders", "rate": 10_000},
        ),
        ObserverDefinition(name="Night shift", kind="counter", pattern="shop/#", paused=True),
    ]
    for definition in definitions:
        await life.context.bridge.call(AttachObserver(definition=definition))


async def choose_event(life: WindowLife) -> None:
    """Select a created order of the log, so that the Event panel shows it."""
    from eventmon.gui.panels.event_log import EventLogPanel

    log = life.window.findChild(EventLogPanel)
    assert log is not None
    for row in range(log.model.rowCount() - 1, -1, -1):
        event = log.model.event_at(row)
        if event is not None and event.topic.endswith("/created"):
            log.view.setCurrentIndex(log.model.index(row, 0))
            break
    await asyncio.sleep(0.5)


def draft_order(life: WindowLife) -> None:
    """Fill the Publish panel with a draft that has placeholders."""
    from PySide6.QtWidgets import QPlainTextEdit

    from eventmon.gui.publish_draft import PublishDraft

    life.context.selection.publishWanted.emit(
        PublishDraft(
            topic="orders/eu/created",
            type="order.created",
            source="//shop.example/checkout",
            content_type="application/json",
            data=b"{}",
        )
    )
    editor = life.window.findChild(QPlainTextEdit, "publishEditor")
    assert editor is not None
    editor.setPlainText(json.dumps(ORDER, ensure_ascii=False, indent=2))
    life.window.docks.go_to("event_log")
