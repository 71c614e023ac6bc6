"""Scenes of workspaces: one of a team that is open to look only, its review, and one that is imported."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from eventmon.engine.templates import Draft, NamedTemplate
from tools.pictures import SETTLE_SECONDS, SIZES, THEMES, each_theme_and_size, over_the_window, show_theme

if TYPE_CHECKING:
    from eventmon.gui.application import WindowLife

TEAM = """format = 1

[connections.prod]
url = "rediss://checkout:keyring:prod@redis.shop.example/2?channels=orders.*&streams=audit"
color = "red"

[connections.staging]
url = "mqtt://broker.staging.example?topics=orders/%23"
read_only = false

[observers."Order archive"]
kind = "file"
pattern = "orders/#"
settings = {path = "/var/log/shop/orders.jsonl"}

[observers."Paid orders"]
kind = "counter"
pattern = "orders/+/paid"
settings = {sum = "total"}

[observers."Forward refunds"]
kind = "publish"
pattern = "payments/+/refunded"
settings = {topic = "prod/refunds"}

[observers."Fraud score"]
kind = "webhook"
pattern = "payments/#"

[templates."EU order"]
topic = "orders/eu/created"
folder = "Orders"
data = '''
{
  "order": "{{seq}}",
  "total": {{random 20 900}}
}'''

[templates."Refund"]
topic = "payments/eu/refunded"

[topics]
not_recorded = ["shop/heartbeat/#"]
known = ["refunds/eu", "refunds/us", "payments/eu", "payments/us", "reports/daily"]
"""


LEGACY = "[connections.legacy]\nread_only = false"


def write_team(home: Path) -> Path:
    """The file that a colleague sent."""
    path = home / "team.toml"
    path.write_text(TEAM, encoding="utf-8")
    return path


async def workspace(life: WindowLife) -> None:
    """What is off over the panels, the review of it, and an import."""
    from eventmon.engine.definitions import ObserverDefinition
    from eventmon.engine.requests import AttachObserver, ChangeTemplates

    call = life.context.bridge.call
    mine = ObserverDefinition(name="mine", kind="counter", pattern="shop/#")
    await asyncio.sleep(3.0)
    await call(AttachObserver(definition=mine))
    await each_theme_and_size(life, "workspace-off", SIZES)
    life.window.resize(*SIZES[0])
    assert life.context.paths is not None
    path = life.context.paths.config.parent.parent / "friday.toml"
    path.write_text(TEAM.replace("orders/+/paid", "orders/eu/paid").replace("[connections.prod]", LEGACY), "utf-8")
    await call(ChangeTemplates(put=(NamedTemplate(name="Refund", draft=Draft(topic="refunds/eu")),)))
    for theme in THEMES:
        show_theme(life, theme)
        await saving(life, f"workspace-template-{theme}-1280")
        life.workspaces.review()
        await picture(life, f"workspace-review-{theme}-1280")
        life.workspaces.look_at(path)
        await picture(life, f"workspace-import-{theme}-1280", row=7)


async def saving(life: WindowLife, name: str) -> None:
    """A template that holds a secret, before it is saved."""
    from eventmon.gui.panels.publish import PublishPanel
    from eventmon.gui.publish_templates import NameTemplateDialog

    (panel,) = life.window.findChildren(PublishPanel)
    panel.templates.save(Draft(topic="shop/login", type="login", headers=(("authorization", "Bearer 4711"),)))
    await asyncio.sleep(SETTLE_SECONDS)
    (dialog,) = [each for each in panel.findChildren(NameTemplateDialog) if each.isVisible()]
    await over_the_window(life, dialog, name)
    dialog.reject()
    await asyncio.sleep(SETTLE_SECONDS)


async def picture(life: WindowLife, name: str, *, row: int = 0) -> None:
    """The dialog that comes, over the window."""
    from eventmon.gui.dialogs.import_workspace import ReviewDialog

    await life.workspaces.wait()
    await asyncio.sleep(SETTLE_SECONDS)
    dialogs: list[ReviewDialog] = [each for each in life.window.findChildren(ReviewDialog) if each.isVisible()]
    dialogs[0].view.setCurrentIndex(dialogs[0].rows.index(row, 0))
    await over_the_window(life, dialogs[0], name)
    dialogs[0].reject()
    await asyncio.sleep(SETTLE_SECONDS)
