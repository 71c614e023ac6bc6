"""Scenes of deletion: the hits of a filter and a topic with what hangs on it, each counted before anything is asked."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from tools.pictures import SETTLE_SECONDS, SIZES, THEMES, opened_by, over_the_window, show_theme

if TYPE_CHECKING:
    from eventmon.gui.application import WindowLife
    from eventmon.gui.dialogs.delete_topic import DeleteTopicDialog
    from eventmon.gui.panels.event_log import EventLogPanel
    from eventmon.gui.panels.topics import TopicsPanel


async def deletion(life: WindowLife) -> None:
    """Both dialogs over the workbench, in both themes and sizes."""
    await asyncio.sleep(4.0)
    await fill(life)
    log, topics = panels(life)
    select(topics, "orders")
    log.filter_bar.set_text("order.created")
    log.filter_bar.field.edit.returnPressed.emit()
    for theme in THEMES:
        show_theme(life, theme)
        for width, height in SIZES:
            life.window.resize(width, height)
            await asyncio.sleep(SETTLE_SECONDS)
            await both(life, f"{theme}-{width}")
        select(topics, "shop/orders")
        refused = opened_by(life, "topics.delete")
        await over_the_window(life, refused, f"delete-topic-refused-{theme}-{SIZES[-1][0]}")
        refused.reject()
        select(topics, "orders")


async def fill(life: WindowLife) -> None:
    """Orders of our own beside those of the demo."""
    from eventmon.engine.requests import Publish

    for number in range(120):
        topic = ("orders/eu/created", "orders/us/created", "orders/eu/paid")[number % 3]
        data = f'{{"order":"{48_000 + number}","total":{12 + number}.90}}'.encode()
        await life.context.bridge.call(Publish(topic=topic, type=f"order.{topic.rpartition('/')[2]}", data=data))
    await asyncio.sleep(SETTLE_SECONDS)


def select(topics: TopicsPanel, path: str) -> None:
    """Make a topic the selected one."""
    node = topics.model.tree.find(path)
    assert node is not None
    topics.finder.select(node)


async def both(life: WindowLife, name: str) -> None:
    """The dialogs as they are when the count is done."""
    dialog = opened_by(life, "log.delete")
    await over_the_window(life, dialog, f"delete-events-{name}")
    dialog.reject()
    await asyncio.sleep(SETTLE_SECONDS)
    topic = cast("DeleteTopicDialog", opened_by(life, "topics.delete"))
    await asyncio.sleep(SETTLE_SECONDS)
    topic.tick.click()
    await over_the_window(life, topic, f"delete-topic-{name}")
    topic.reject()
    await asyncio.sleep(SETTLE_SECONDS)


def panels(life: WindowLife) -> tuple[EventLogPanel, TopicsPanel]:
    """The two docks."""
    from eventmon.gui.panels.event_log import EventLogPanel
    from eventmon.gui.panels.topics import TopicsPanel

    log, topics = life.window.findChild(EventLogPanel), life.window.findChild(TopicsPanel)
    assert log is not None
    assert topics is not None
    return log, topics
