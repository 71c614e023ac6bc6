"""The pipe connector: lines of standard input, of a growing file or of a named pipe as events."""

from __future__ import annotations

import asyncio
import re
from pathlib import PurePath
from typing import Annotated, ClassVar, Literal
from urllib.parse import quote

import msgspec

from eventmon.connectors.base import Capabilities, Connection, Connector, ConnectorConfig, Feed
from eventmon.connectors.pipe_events import LineFormat, LineParser, LineRules, compiled
from eventmon.connectors.pipe_file import RETRY_SECONDS, FileConnection, unreadable
from eventmon.connectors.pipe_stream import NamedPipe, StandardInput
from eventmon.connectors.pipe_topics import TopicTemplate
from eventmon.connectors.url import config_from, query_of, split_url
from eventmon.core.errors import UserError
from eventmon.core.fields import field

STANDARD_INPUT = "-"
_UNSAFE_IN_NAME = re.compile(r"[^\w.\-]+")


class PipeConfig(ConnectorConfig, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of a pipe connection.

    Attributes:
        path: absolute path of the file or named pipe, or ``-`` for standard input.
        topic: the field that holds the topic, or a template such as ``logs/{service}/{level}``.
        format: how lines are read; ``auto`` takes JSON objects as JSON and all else as text.
        pattern: a regular expression for text lines, whose named groups are their fields.
        start: where a file is begun when it is followed the first time.
        type: the field that holds the type; empty for ``type``.
        time: the field that holds the time; empty for ``time``, ``timestamp``, ``ts`` or ``@timestamp``.
        id: the field that holds the id; empty for none.
    """

    path: Annotated[
        str, field("File", "New lines become events as they are written. The file is only read.", path=True)
    ]
    format: Annotated[LineFormat, field("Each line is", "auto: objects of JSON are JSON, all else is text.")] = "auto"
    topic: Annotated[
        str,
        field("Topic", "A field of the line that holds it, or a template such as logs/{service}. Empty: one for all."),
    ] = ""
    pattern: Annotated[
        str, field("Pattern", "A regular expression for text; its named groups are fields of the line.", advanced=True)
    ] = ""
    start: Annotated[Literal["start", "end"], field("Begin at", "The first time.", advanced=True)] = msgspec.field(
        default="start", name="from"
    )
    type: Annotated[str, field("Field of the type", advanced=True)] = ""
    time: Annotated[str, field("Field of the time", advanced=True)] = ""
    id: Annotated[str, field("Field of the id", advanced=True)] = ""

    def __post_init__(self) -> None:
        """UserError for what would fail only later."""
        if self.path != STANDARD_INPUT and not self.path.startswith("/"):
            raise UserError(
                "The path has to begin at the root: write pipe:///path/to/file, or pipe:- for standard input."
            )
        if "\0" in self.path:
            raise UserError("The path holds a NUL character. Leave it out.")
        if self.pattern and self.format in ("json", "logfmt"):
            raise UserError(f"A pattern reads text, not {self.format}. Leave out pattern or format.")
        compiled(self.pattern)
        TopicTemplate(self.topic, "pipe")

    def rules(self) -> LineRules:
        """How the lines are read."""
        return LineRules(
            format=self.format, topic=self.topic, pattern=self.pattern, type=self.type, time=self.time, id=self.id
        )


class PipeConnector(Connector):
    """``pipe:-`` and ``pipe:///path/to/file?topic=FIELD-or-TEMPLATE&format=auto|json|text|logfmt``."""

    scheme: ClassVar[str] = "pipe"
    title: ClassVar[str] = "File or standard input"
    icon: ClassVar[str] = "file-text"
    example: ClassVar[str] = "pipe:///var/log/app.jsonl"
    config_type: ClassVar[type[ConnectorConfig]] = PipeConfig
    capabilities: ClassVar[Capabilities] = Capabilities(subscribes=True, resumes=True)

    def parse_url(self, url: str) -> PipeConfig:
        """Settings from a URL; UserError names what is wrong with it."""
        parts = split_url(url)
        if parts.authority:
            raise UserError(f"A path needs three slashes: write pipe:///{parts.authority}{parts.path}.")
        return config_from(PipeConfig, parts.parameters, path=parts.path)

    def default_name(self, config: ConnectorConfig) -> str:
        """``stdin``, or the file's name without its ending, fit to be one level of a topic."""
        assert isinstance(config, PipeConfig)
        if config.path == STANDARD_INPUT:
            return "stdin"
        return _UNSAFE_IN_NAME.sub("-", PurePath(config.path).stem).strip("-.") or "file"

    def url_of(self, config: ConnectorConfig) -> str:
        """The URL."""
        assert isinstance(config, PipeConfig)
        place = "-" if config.path == STANDARD_INPUT else "//" + quote(config.path)
        return f"pipe:{place}{query_of(config, leave_out=('path',))}"

    def open(self, config: PipeConfig, feed: Feed) -> Connection:
        """A connection that is not yet running; no I/O."""
        if config.path == STANDARD_INPUT:
            return StandardInput(feed, LineParser(config.rules(), mount=feed.name, source="pipe:-"))
        return PathConnection(config, feed)


class PathConnection(Connection):
    """Whatever lies at a path: a file, a named pipe, or one after the other."""

    def __init__(self, config: PipeConfig, feed: Feed) -> None:
        self._path = config.path
        self._feed = feed
        parser = LineParser(config.rules(), mount=feed.name, source=f"pipe://{quote(config.path)}")
        self._file = FileConnection(config.path, feed, parser, start=config.start)
        self._pipe = NamedPipe(config.path, feed, parser)

    async def run(self) -> None:
        """Read until cancelled."""
        while True:
            await self._file.run()
            try:
                await self._pipe.run()
            except OSError as error:
                self._feed.status(*unreadable(self._path, error))
                await asyncio.sleep(RETRY_SECONDS)
