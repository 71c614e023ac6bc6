"""`eventmon topic list`: the topics of the running engine with their counters."""

from __future__ import annotations

import click
import msgspec

from eventmon.cli.escaping import padded, shown, width
from eventmon.cli.options import common_options
from eventmon.core.counters import TopicStatistics
from eventmon.engine.http_client import ControlClient
from eventmon.engine.paths import Paths


@click.group("topic")
def COMMAND() -> None:
    """List topics."""


@COMMAND.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@common_options
def list_topics(as_json: bool, profile: str) -> None:
    """List the topics of the running Eventmon: events, rate, bytes, observers and the types seen."""
    with ControlClient(Paths.for_profile(profile).socket_path) as client:
        document = client.get("/api/v1/topics")
    if as_json:
        click.echo(document)
        return
    topics = sorted(msgspec.json.decode(document, type=list[TopicStatistics]), key=lambda topic: topic.topic)
    names = [shown(topic.topic) for topic in topics]
    cells = max((width(name) for name in names), default=0)
    cells = max(cells, len("topic"))
    click.echo(f"{padded('topic', cells)} {'events':>12} {'rate/s':>8} {'bytes':>14} {'observers':>9}  types")
    for name, topic in zip(names, topics, strict=True):
        types = shown(", ".join(topic.types))
        numbers = f"{topic.events:>12,} {topic.rate:>8,.0f} {topic.bytes:>14,} {topic.observers:>9,}"
        click.echo(f"{padded(name, cells)} {numbers}  {types}".rstrip())
