"""`eventmon publish`: events from the command line, a file or standard input into the running engine or to a source.

The engine answers after the commit, so what is printed as published is stored.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from eventmon.cli.connecting import require_topic_inside
from eventmon.cli.input_lines import MAX_LINE_BYTES
from eventmon.cli.notices import notify
from eventmon.cli.options import Connection, common_options, connection_option
from eventmon.cli.payload import Template
from eventmon.cli.publisher import EnginePublisher, Publisher, Say
from eventmon.core.errors import UserError
from eventmon.core.event import DEFAULT_TYPE
from eventmon.core.topic import validate_topic
from eventmon.engine.http_client import ControlClient
from eventmon.engine.paths import Paths

DEFAULT_SOURCE = "eventmon-cli"
_ATTRIBUTE_NAME = re.compile("[a-z0-9]{1,20}")
_OPTION_OF = {
    "type": "--type",
    "source": "--source",
    "subject": "--subject",
    "datacontenttype": "--content-type",
    "topic": "TOPIC",
    "data": "DATA",
    "specversion": None,
    "seq": None,
    "received": None,
}


def _read_attributes(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    attributes = {}
    for text in values:
        name, equals, value = text.partition("=")
        if not equals or not _ATTRIBUTE_NAME.fullmatch(name):
            raise click.BadParameter(f"“{text}” has to be NAME=VALUE with a name of a-z and 0-9, at most 20 of them.")
        if name in _OPTION_OF:
            use = _OPTION_OF[name]
            raise click.BadParameter(f"“{name}” is given with {use}." if use else f"“{name}” is given by Eventmon.")
        attributes[name] = value
    return attributes


@click.command("publish")
@click.argument("topic")
@click.argument("data", required=False, metavar="[DATA|@FILE|-]")
@click.option("--lines", is_flag=True, help="Each line of standard input is an event; empty ones are left out.")
@click.option("--type", "kind", default=DEFAULT_TYPE, show_default=True, metavar="T", help="The events' type.")
@click.option("--source", default=DEFAULT_SOURCE, show_default=True, metavar="S", help="The events' source.")
@click.option("--subject", metavar="S", help="The events' subject.")
@click.option("--content-type", metavar="C", help="Media type of the data; told from the data without it.")
@click.option(
    "--attr", "attributes", multiple=True, callback=_read_attributes, metavar="K=V", help="An attribute; repeatable."
)
@click.option("--count", type=click.IntRange(min=1), metavar="N", help="Publish the same data so many times.")
@click.option("--interval", type=click.FloatRange(min=0), metavar="S", help="Seconds between two of them.")
@click.option("--quiet", is_flag=True, help="Print nothing when all went well.")
@connection_option("Send straight to a broker instead of the running Eventmon.", publishing=True)
@common_options
def COMMAND(
    *,
    topic: str,
    data: str | None,
    lines: bool,
    kind: str,
    source: str,
    subject: str | None,
    content_type: str | None,
    attributes: dict[str, str],
    count: int | None,
    interval: float | None,
    quiet: bool,
    connection: Connection | None,
    profile: str,
) -> None:
    """Publish to TOPIC: DATA as it stands, the contents of @FILE, or standard input with -.

    Prints the seq of the event once it is stored. With --connect NAME=URL it goes straight to the broker, TOPIC is
    NAME/…, and nothing is stored here; type, source and attributes go along only where the URL asks for an envelope,
    such as envelope=cloudevents.
    """
    if lines and (data not in (None, "-") or count is not None or interval is not None):
        raise click.UsageError("--lines takes its events from standard input, without DATA, --count or --interval.")
    validate_topic(topic)
    if connection is not None:
        require_topic_inside(topic, connection[0])
    given = {"type": kind, "source": source, **({} if subject is None else {"subject": subject}), **attributes}
    template = Template(attributes=given, content_type=content_type)
    say = _say_nothing if quiet else click.echo
    with _publisher(connection, profile, topic, template, say) as publisher:
        if lines:
            publisher.publish_lines()
        elif interval and count:
            publisher.publish_slowly(_read_data(data), count, interval)
        elif count is not None and count > 1:
            publisher.publish_many(_read_data(data), count)
        else:
            publisher.publish_one(_read_data(data))


@contextmanager
def _publisher(
    connection: Connection | None, profile: str, topic: str, template: Template, say: Say
) -> Iterator[Publisher]:
    """Whoever sends: through the running engine, or through a connection of its own."""
    if connection is None:
        with ControlClient(Paths.for_profile(profile).socket_path) as client:
            yield EnginePublisher(client, topic, template, say)
        return
    from eventmon.cli.direct_publisher import DirectPublisher
    from eventmon.engine.direct import DirectConnection
    from eventmon.engine.secrets import SecretStore
    from eventmon.engine.target import Target

    secrets = SecretStore(Paths.for_profile(profile))
    target = Target.of(*connection)
    target.require_publishing()
    with DirectConnection(target, secrets, say=notify, listens=False) as opened:
        yield DirectPublisher(opened, topic, template, say)


def _say_nothing(text: str) -> None:
    """The quiet way to say what happened."""


def _read_data(data: str | None) -> bytes:
    if data is None:
        return b""
    if data == "-":
        return _require_size(sys.stdin.buffer.read(MAX_LINE_BYTES + 1))
    if data.startswith("@"):
        return _read_file(Path(data[1:]))
    return data.encode("utf-8", "surrogateescape")


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return _require_size(file.read(MAX_LINE_BYTES + 1))
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}). Check its name and permissions.") from error


def _require_size(data: bytes) -> bytes:
    if len(data) > MAX_LINE_BYTES:
        raise UserError(f"The data is larger than {MAX_LINE_BYTES >> 20} MiB, the most that one event may hold.")
    return data
