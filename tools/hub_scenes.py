"""Scenes of a team on a hub: who is here and what runs where, the hub lost, two versions of one observer."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.helpers.server import Server
from tests.helpers.valkey import ValkeyServer
from tools.pictures import (
    FOLDER,
    SETTLE_SECONDS,
    SIZES,
    THEMES,
    each_theme_and_size,
    opened_by,
    over_the_window,
    show_theme,
)

if TYPE_CHECKING:
    from eventmon.engine.definitions import ObserverDefinition
    from eventmon.gui.application import WindowLife

THEIRS = (
    ("Refunds of the day", "counter", "shop/payments/#"),
    ("Stock per warehouse", "counter", "shop/stock/+"),
    ("Fraud desk", "counter", "shop/payments/+/refused"),
)


def counter(name: str, pattern: str) -> ObserverDefinition:
    """A counter, as everybody attaches some."""
    from eventmon.engine.definitions import ObserverDefinition

    return ObserverDefinition(name=name, kind="counter", pattern=pattern)


async def hub(life: WindowLife) -> None:
    """The team at work, a late edit, and the hub gone."""
    with tempfile.TemporaryDirectory() as home, ValkeyServer() as valkey:
        url = f"redis://{valkey.address}"
        colleague = await asyncio.to_thread(Server, Path(home), "--hub", url, "--connect", "shop=demo://?rate=40")
        with colleague:
            for name, kind, pattern in THEIRS:
                more = ("observer", "add", name, "--kind", kind, "--pattern", pattern)
                await asyncio.to_thread(colleague.cli, *more)
            await share(life, url)
            await each_theme_and_size(life, "hub", SIZES)
            await late(life)
            valkey.kill()
            await until(life.hubs.lost.bar.isVisible)
            life.window.resize(*SIZES[0])
            for theme in THEMES:
                show_theme(life, theme)
                await asyncio.sleep(SETTLE_SECONDS)
                life.window.grab().save(str(FOLDER / f"hub-lost-{theme}-1280.png"))
            valkey.start()


async def share(life: WindowLife, url: str) -> None:
    """Share what is here, by the dialog and with observers of one's own."""
    from eventmon.engine.requests import AttachObserver, ShareWorkspace
    from eventmon.gui.dialogs.share_workspace import ShareDialog

    call = life.context.bridge.call
    for name, pattern in (("Paid orders", "shop/orders/+/paid"), ("All orders", "shop/orders/#")):
        await call(AttachObserver(definition=counter(name, pattern)))
    for theme in THEMES:
        show_theme(life, theme)
        dialog = opened_by(life, "hub.share")
        assert isinstance(dialog, ShareDialog)
        dialog.edit.setText(url)
        dialog.test.click()
        await until(lambda dialog=dialog: dialog.outcome.tone == "ok")
        await over_the_window(life, dialog, f"hub-share-{theme}-1280")
        dialog.reject()
    await call(ShareWorkspace(url=url))
    await until(lambda: life.context.commands.is_bound("hub.leave"))
    life.window.docks.go_to("observers")
    await asyncio.sleep(3.0)


async def late(life: WindowLife) -> None:
    """An edit that is made from a version that is not the newest any more."""
    from eventmon.core.errors import UserError
    from eventmon.engine.requests import EditObserver, ListObservers, ResolveConflict
    from eventmon.gui.dialogs.hub_conflict import ConflictDialog

    call = life.context.bridge.call
    (seen,) = [each.version for each in await call(ListObservers()) if each.name == "Paid orders"]
    await call(EditObserver(name="Paid orders", definition=counter("Paid orders", "shop/orders/eu/paid"), seen=seen))
    try:
        await call(EditObserver(name="Paid orders", definition=counter("Paid orders", "shop/orders/#"), seen=seen))
    except UserError:
        await until(lambda: life.context.commands.is_bound("hub.compare"))
    for theme in THEMES:
        show_theme(life, theme)
        life.hubs.compare()
        await life.hubs.wait()
        await asyncio.sleep(SETTLE_SECONDS)
        dialogs: list[ConflictDialog] = [each for each in life.window.findChildren(ConflictDialog) if each.isVisible()]
        await over_the_window(life, dialogs[0], f"hub-conflict-{theme}-1280")
        dialogs[0].reject()
    assert life.hubs.hub is not None
    await call(ResolveConflict(id=life.hubs.hub.conflicts[0].id, mine=False))
    await until(lambda: not life.hubs.late.bar.isVisible())


async def until(condition: object) -> None:
    """Wait until something holds."""
    assert callable(condition)
    while not condition():  # noqa: ASYNC110 - a window, an engine and a server tell nobody together
        await asyncio.sleep(0.05)
