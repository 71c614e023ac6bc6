"""`eventmon publish`: events from the command line, a file or standard input into the running engine.

The answer comes after the commit, so what is printed as published is stored.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from itertools import islice, repeat
from pathlib import Path

import click
import msgspec

from eventmon.cli.input_lines import MAX_LINE_BYTES, line_batches
from eventmon.cli.options import common_options
from eventmon.cli.payload import BATCH_HEADERS, Template, batch_document, binary_headers
from eventmon.core.errors import UserError
from eventmon.core.event import DEFAULT_TYPE
from eventmon.core.topic import validate_topic
from eventmon.engine.http_client import ControlClient, events_path
from eventmon.engine.paths import Paths

BATCH_EVENTS = 8_000
BATCH_BYTES = 8 << 20
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


class Answer(msgspec.Struct, frozen=True):
    """What the engine says to published events."""

    accepted: int
    duplicates: int = 0
    not_recorded: int = 0
    seq: int | None = None


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
    profile: str,
) -> None:
    """Publish to TOPIC: DATA as it stands, the contents of @FILE, or standard input with -.

    Prints the seq of the event once it is stored.
    """
    if lines and (data not in (None, "-") or count is not None or interval is not None):
        raise click.UsageError("--lines takes its events from standard input, without DATA, --count or --interval.")
    validate_topic(topic)
    given = {"type": kind, "source": source, **({} if subject is None else {"subject": subject}), **attributes}
    template = Template(attributes=given, content_type=content_type)
    say = _say_nothing if quiet else click.echo
    with ControlClient(Paths.for_profile(profile).socket_path) as client:
        publisher = Publisher(client, topic, template, say)
        if lines:
            publisher.publish_lines()
        elif interval and count:
            publisher.publish_slowly(_read_data(data), count, interval)
        elif count is not None and count > 1:
            publisher.publish_many(_read_data(data), count)
        else:
            publisher.publish_one(_read_data(data))


class Publisher:
    """Sends events of one topic and says what became of them."""

    def __init__(self, client: ControlClient, topic: str, template: Template, say: Callable[[str], None]) -> None:
        self._client = client
        self._path = events_path(topic)
        self._template = template
        self._say = say

    def publish_one(self, data: bytes) -> None:
        """One event, as a CloudEvent in binary mode: the data travels as it is."""
        body = self._client.post(self._path, data, binary_headers(self._template, data))
        answer = msgspec.json.decode(body, type=Answer)
        if answer.seq is not None:
            self._say(f"published seq {answer.seq}")
        else:
            self._say("duplicate, not stored again" if answer.duplicates else "sent")

    def publish_slowly(self, data: bytes, count: int, interval: float) -> None:
        """The same data again and again, at a fixed beat that does not drift."""
        start = time.monotonic()
        for number in range(count):
            time.sleep(max(0.0, start + number * interval - time.monotonic()))
            self.publish_one(data)

    def publish_many(self, data: bytes, count: int) -> None:
        """The same data many times at full speed."""
        size = max(1, min(BATCH_EVENTS, BATCH_BYTES // (len(data) + 1)))
        payloads = repeat(data, count)
        self._say_total([self._send(batch) for batch in iter(lambda: list(islice(payloads, size)), [])])

    def publish_lines(self) -> None:
        """Each line of standard input, as fast as it comes."""
        answers = [
            self._send(lines[start : start + BATCH_EVENTS])
            for lines in line_batches(sys.stdin.buffer)
            for start in range(0, len(lines), BATCH_EVENTS)
        ]
        self._say_total(answers)

    def _send(self, payloads: list[bytes]) -> Answer:
        body = self._client.post(self._path, batch_document(self._template, payloads), BATCH_HEADERS)
        return msgspec.json.decode(body, type=Answer)

    def _say_total(self, answers: list[Answer]) -> None:
        accepted = sum(answer.accepted for answer in answers)
        duplicates = sum(answer.duplicates for answer in answers)
        repeated = f", {duplicates} duplicates left out" if duplicates else ""
        self._say(f"published {accepted} events{repeated}")


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
