"""Lines into events: JSON objects, logfmt, or text with an optional pattern; the payload is the line as it came.

JSON is decoded only as far as the few fields that decide topic, type, time and id.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Literal

import msgspec

from eventmon.connectors.pipe_topics import TopicTemplate
from eventmon.core import cloudevents
from eventmon.core.errors import UserError
from eventmon.core.event import JSON_CONTENT_TYPE, TEXT_CONTENT_TYPE, Event
from eventmon.core.topic import validate_topic

LINE_TYPE = "pipe.line"
LineFormat = Literal["auto", "json", "text", "logfmt"]
_TIME_FIELDS = ("time", "timestamp", "ts", "@timestamp")
_LONGEST_TYPE = 256
_LOGFMT = re.compile(r'(?<!\S)([^\s="]++)=(?:"((?:[^"\\]++|\\.)*+)"|([^\s"]*))')
_ESCAPED = re.compile(r"\\(.)")
_NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_raw = msgspec.json.Decoder(msgspec.Raw)

Getter = Callable[[Any], object]
TupleGetter = Callable[[Any], tuple[object, ...]]
MakeGetter = Callable[[str], Getter]
MakeTupleGetter = Callable[[Sequence[str]], TupleGetter]


class LineRules(msgspec.Struct, frozen=True, kw_only=True):
    """How lines are read; an empty text leaves the choice to the parser.

    Attributes:
        format: ``auto`` takes JSON objects as JSON and the rest as text.
        topic: a field that holds the topic, or a template.
        pattern: a regular expression for text; its named groups are the fields of the line.
        type: the field that holds the type.
        time: the field that holds the time.
        id: the field that holds the id; without it lines have no id of their own.
    """

    format: LineFormat = "auto"
    topic: str = ""
    pattern: str = ""
    type: str = ""
    time: str = ""
    id: str = ""


class LineParser:
    """Makes events of lines, for one connection.

    Attributes:
        not_json: lines that should have been JSON and were taken as text.
    """

    def __init__(self, rules: LineRules, *, mount: str, source: str) -> None:
        """Compile the rules; UserError when the pattern or the topic cannot be used."""
        self.not_json = 0
        self._mount = mount
        self._source = source
        self._topics = TopicTemplate(rules.topic, mount)
        self._lines_topic = TopicTemplate("", mount).topic(())
        self._pattern = compiled(rules.pattern)
        fields = _FieldNames(rules, self._topics.fields)
        self._decode = _decoder(fields.keys)
        self._from_record = _Fields(
            fields,
            lambda path: _record_getter(fields.keys, path),
            lambda paths: _record_getter_of_many(fields.keys, paths),
        )
        grouped = fields if rules.topic or not self._pattern else _FieldNames(rules, ("topic",))
        self._topics_of_text = TopicTemplate(rules.topic or ("topic" if self._pattern else ""), mount)
        self._from_groups = _Fields(grouped, lambda path: lambda groups: groups.get(path))
        self._event = {"auto": self._auto, "json": self._json, "text": self._text, "logfmt": self._logfmt}[rules.format]

    def parse(self, lines: list[bytes]) -> list[Event]:
        """One event a line, in order."""
        if self._event == self._text and self._pattern is None:
            return list(map(self._plain, lines))
        return list(map(self._event, lines))

    def _auto(self, line: bytes) -> Event:
        if line[:1] == b"{":
            event = self._object(line)
            if event is not None:
                return event
        return self._text(line)

    def _json(self, line: bytes) -> Event:
        event = self._object(line)
        if event is not None:
            return event
        if not _is_json(line):
            self.not_json += 1
            return self._plain(line)
        return Event(
            topic=self._lines_topic, data=line, type=LINE_TYPE, source=self._source, datacontenttype=JSON_CONTENT_TYPE
        )

    def _object(self, line: bytes) -> Event | None:
        """The event of a JSON object; None when the line is none that can be read."""
        try:
            record = self._decode(line)
        except _NOT_JSON:
            return None
        if record.specversion is not None:
            event = self._cloud_event(line, record)
            if event is not None:
                return event
        return self._assembled(line, record, self._from_record, self._topics, JSON_CONTENT_TYPE)

    def _cloud_event(self, line: bytes, record: Any) -> Event | None:
        try:
            event = cloudevents.from_structured(line)
            named = self._topics.topic(self._from_record.values(record))
            if named == self._lines_topic:
                named = validate_topic(f"{self._mount}/{event.topic}")
        except UserError:
            return None
        msgspec.structs.force_setattr(event, "topic", named)  # ours alone still, and cheaper than a copy
        return event

    def _text(self, line: bytes) -> Event:
        if self._pattern is None:
            return self._plain(line)
        found = self._pattern.search(line.decode("utf-8", "replace"))
        if found is None:
            return self._plain(line)
        return self._assembled(line, found.groupdict(), self._from_groups, self._topics_of_text, TEXT_CONTENT_TYPE)

    def _logfmt(self, line: bytes) -> Event:
        pairs = {
            key: _ESCAPED.sub(r"\1", quoted) if quoted else plain
            for key, quoted, plain in _LOGFMT.findall(line.decode("utf-8", "replace"))
        }
        return self._assembled(line, pairs, self._from_groups, self._topics_of_text, TEXT_CONTENT_TYPE)

    def _plain(self, line: bytes) -> Event:
        return Event(
            topic=self._lines_topic, data=line, type=LINE_TYPE, source=self._source, datacontenttype=TEXT_CONTENT_TYPE
        )

    def _assembled(self, line: bytes, record: Any, fields: _Fields, topics: TopicTemplate, content_type: str) -> Event:
        return Event(
            topic=topics.topic(fields.values(record)),
            data=line,
            type=_type(fields.type(record)),
            source=self._source,
            id=_id(fields.id(record)) if fields.id is not None else None,
            time=_time(fields.times(record)),
            datacontenttype=content_type,
        )


def compiled(pattern: str) -> re.Pattern[str] | None:
    """The regular expression, or None when there is none; UserError says where it is wrong."""
    try:
        return re.compile(pattern) if pattern else None
    except (re.error, OverflowError, RecursionError) as error:
        raise UserError(f"The pattern is no regular expression: {error}. Correct it.") from error


class _FieldNames:
    """Which fields of a line are looked at."""

    def __init__(self, rules: LineRules, topic: tuple[str, ...]) -> None:
        self.topic = topic
        self.type = rules.type or "type"
        self.times = (rules.time,) if rules.time else _TIME_FIELDS
        self.id = rules.id
        paths = dict.fromkeys((*topic, self.type, *self.times, *filter(None, (self.id,))))
        keys = dict.fromkeys(key for path in paths for key in (path, path.partition(".")[0]))
        self.keys = {"specversion": "specversion"} | {
            key: f"key{number}" for number, key in enumerate(keys) if key != "specversion"
        }


class _Fields:
    """Reads the fields of one kind of record; ``getter`` makes the reader of one path, ``several`` that of many."""

    def __init__(self, names: _FieldNames, getter: MakeGetter, several: MakeTupleGetter | None = None) -> None:
        several = several or (lambda paths: _all_of([getter(path) for path in paths]))
        self.type = getter(names.type)
        self.times = several(names.times)
        self.id = getter(names.id) if names.id else None
        self.values = several(names.topic)


def _all_of(getters: list[Getter]) -> TupleGetter:
    if not getters:
        return lambda record: ()
    if len(getters) == 1:
        only = getters[0]
        return lambda record: (only(record),)
    return lambda record: tuple([get(record) for get in getters])


def _decoder(keys: Mapping[str, str]) -> Callable[[bytes], Any]:
    """A decoder of JSON objects that keeps only these keys; absent ones are None."""
    fields = [(attribute, Any, msgspec.field(default=None, name=key)) for key, attribute in keys.items()]
    return msgspec.json.Decoder(msgspec.defstruct("Record", fields, gc=False)).decode


def _record_getter(keys: Mapping[str, str], path: str) -> Getter:
    """Reads a key or, where there is none, a dotted path."""
    exact = attrgetter(keys[path])
    first, *below = path.split(".")
    if not below:
        return exact
    outer = attrgetter(keys[first])
    return lambda record: _descend(outer(record), below) if (found := exact(record)) is None else found


def _record_getter_of_many(keys: Mapping[str, str], paths: Sequence[str]) -> TupleGetter:
    if len(paths) > 1 and not any("." in path for path in paths):
        return attrgetter(*[keys[path] for path in paths])
    return _all_of([_record_getter(keys, path) for path in paths])


def _descend(value: object, below: list[str]) -> object:
    for key in below:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _is_json(line: bytes) -> bool:
    try:
        _raw.decode(line)
    except _NOT_JSON:
        return False
    return True


def _type(value: object) -> str:
    return value if isinstance(value, str) and 0 < len(value) <= _LONGEST_TYPE else LINE_TYPE


def _time(values: tuple[object, ...]) -> str | None:
    for value in values:
        if isinstance(value, str) and cloudevents.is_time(value):
            return value
    return None


def _id(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value) or None
