"""Lines as events: the payload is the line itself, and topic, type, time and id come from where one expects them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmon.connectors.pipe_events import LINE_TYPE, LineParser, LineRules
from eventmon.core.cloudevents import to_json
from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.core.topic import validate_topic

JSON = "application/json"
TEXT = "text/plain"


def parser(**rules: Any) -> LineParser:
    return LineParser(LineRules(**rules), mount="prod", source="pipe:-")


def one(line: bytes, **rules: Any) -> Event:
    (event,) = parser(**rules).parse([line])
    assert event.data == line
    return event


def test_a_json_object_keeps_its_bytes_and_gives_type_and_time() -> None:
    line = b'{"ts":"2026-11-03T12:00:00.120+01:00", "type":"order.created","total":129.90 }'
    assert one(line) == Event(
        topic="prod/lines",
        data=line,
        type="order.created",
        source="pipe:-",
        time="2026-11-03T12:00:00.120+01:00",
        datacontenttype=JSON,
    )


@pytest.mark.parametrize("field", ["time", "timestamp", "ts", "@timestamp"])
def test_a_time_is_taken_as_text_and_only_when_it_is_one(field: str) -> None:
    def time(value: object) -> str | None:
        return one(json.dumps({field: value}).encode()).time

    assert time("2026-11-03T12:00:00Z") == "2026-11-03T12:00:00Z"
    for other in ("yesterday", "", 1793707200, 1.5, None, ["2026-11-03T12:00:00Z"]):
        assert time(other) is None


@pytest.mark.parametrize("value", ["", 7, None, True, {"a": 1}, "x" * 300])
def test_a_type_that_is_no_short_text_is_not_taken(value: object) -> None:
    assert one(json.dumps({"type": value}).encode()).type == LINE_TYPE


def test_an_id_is_taken_only_from_the_field_that_was_named() -> None:
    assert one(b'{"id":"A-7"}').id is None
    assert one(b'{"id":"A-7"}', id="id").id == "A-7"
    assert one(b'{"meta":{"id":7}}', id="meta.id").id == "7"
    assert one(b'{"id":true}', id="id").id is None
    assert one(b'{"id":""}', id="id").id is None


def test_fields_may_be_named_by_dotted_paths_and_a_key_with_dots_comes_first() -> None:
    line = b'{"log":{"level":"warn","at":"2026-11-03T12:00:00Z","kind":"audit"},"log.level":"error","service":"api"}'
    event = one(line, topic="logs/{service}/{log.level}", time="log.at", type="log.kind")
    assert (event.topic, event.time, event.type) == ("prod/logs/api/error", "2026-11-03T12:00:00Z", "audit")
    assert one(b'{"log":{"level":"warn"}}', topic="log.level").topic == "prod/warn"
    assert one(b'{"log":"text"}', topic="log.level").topic == "prod/lines"
    assert one(b'{"log":null}', topic="log.level.deep").topic == "prod/lines"


def test_a_topic_may_come_from_a_field_that_is_looked_at_anyway() -> None:
    event = one(b'{"type":"order.created","specversion":"2"}', topic="{type}/{specversion}")
    assert event.topic == "prod/order.created/2"
    assert one(b'{"specversion":{"minor":"x"}}', topic="specversion.minor").topic == "prod/x"


def test_a_cloudevent_is_read_as_one_and_mounted() -> None:
    original = Event(
        topic="orders/eu/created",
        data=b'{"total": 129.90}',
        type="order.created",
        source="/shop/orders",
        id="evt-1",
        time="2026-11-03T12:00:00Z",
        subject="48348",
        datacontenttype=JSON,
        headers={"correlationid": "order-48348"},
        seq=12,
        received=99,
    )
    (event,) = parser().parse([to_json(original, "log")])
    assert event.topic == "prod/orders/eu/created"
    assert (event.data, event.id, event.headers) == (original.data, "evt-1", original.headers)
    assert (event.seq, event.received) == (0, 0)
    (moved,) = parser(topic="audit/{correlationid}").parse([to_json(original, "log")])
    assert moved.topic == "prod/audit/order-48348"


@pytest.mark.parametrize(
    "line",
    [
        b'{"specversion":"0.3","type":"order.created","source":"/s"}',
        b'{"specversion":"1.0","type":"order.created"}',
        b'{"specversion":"1.0","type":"order.#","source":"/s"}',
        b'{"specversion":1}',
    ],
)
def test_what_only_looks_like_a_cloudevent_is_a_json_line(line: bytes) -> None:
    event = one(line)
    assert (event.topic, event.datacontenttype) == ("prod/lines", JSON)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"plain words",
        b"[1,2]",
        b"7",
        b'{"broken":',
        b"{not json}",
        b'{"lone":"\\ud800"}',
        b"\xff\xfe\0",
        b'{"a":' * 100_000,
        b"[" * 100_000,
    ],
)
def test_all_else_is_text(line: bytes) -> None:
    event = one(line)
    assert (event.topic, event.type, event.datacontenttype) == ("prod/lines", LINE_TYPE, TEXT)


def test_an_object_with_enormous_numbers_is_still_json() -> None:
    line = b'{"service":"api","big":' + b"9" * 5000 + b"}"
    assert one(line, topic="service").topic == "prod/api"
    assert one(line, topic="service").datacontenttype == JSON


def test_with_format_json_every_json_value_is_json_and_the_rest_is_counted() -> None:
    reader = parser(format="json")
    kinds = [event.datacontenttype for event in reader.parse([b"[1]", b"7", b'"x"', b'{"a":1}', b"words", b'{"a":'])]
    assert kinds == [JSON, JSON, JSON, JSON, TEXT, TEXT]
    assert reader.not_json == 2


def test_with_format_text_json_is_not_looked_at() -> None:
    event = one(b'{"type":"order.created"}', format="text")
    assert (event.type, event.datacontenttype) == (LINE_TYPE, TEXT)


def test_a_pattern_names_topic_type_and_time_of_text_lines() -> None:
    pattern = r"^(?P<time>\S+) (?P<topic>\w+)(?:\[\d+\])?: (?P<type>[A-Z]+)?"
    event = one("2026-11-03T12:00:00Z größe[12]: WARN low".encode(), pattern=pattern)
    assert (event.topic, event.type, event.time) == ("prod/größe", "WARN", "2026-11-03T12:00:00Z")
    assert one(b"2026-11-03T12:00:00Z cron: ok", pattern=pattern).type == LINE_TYPE
    assert one(b"no match", pattern=pattern).topic == "prod/lines"
    assert one(b"\xff cron: ok", pattern=pattern).topic == "prod/cron"


def test_groups_of_a_pattern_fill_a_template() -> None:
    rules = {"pattern": r"(?P<level>\w+) (?P<service>\w+)", "topic": "logs/{service}/{level}"}
    assert one(b"warn api", **rules).topic == "prod/logs/api/warn"
    assert one(b'{"service":"web","level":"info"}', **rules).topic == "prod/logs/web/info"


def test_logfmt_pairs_are_fields() -> None:
    line = rb'ts=2026-11-03T12:00:00Z level=warn msg="disk \"sda\" is full" type=disk empty= flag path=/a=b'
    event = one(line, format="logfmt", topic="logs/{level}/{msg}")
    assert (event.topic, event.type, event.time) == (
        'prod/logs/warn/disk "sda" is full',
        "disk",
        "2026-11-03T12:00:00Z",
    )
    assert one(b"no pairs here", format="logfmt", topic="level").topic == "prod/lines"
    assert one(b"empty=", format="logfmt", topic="empty").topic == "prod/lines"


@pytest.mark.parametrize("pattern", ["(", "[a", "(?P<1>x)", "a{99999999999}", "(" * 200])
def test_a_wrong_pattern_is_refused_with_a_sentence(pattern: str) -> None:
    with pytest.raises(UserError, match="no regular expression"):
        parser(pattern=pattern)


rules_of_all_kinds = st.fixed_dictionaries(
    {},
    optional={
        "format": st.sampled_from(["auto", "json", "text", "logfmt"]),
        "topic": st.sampled_from(["", "topic", "a.b", "x/{type}/{a.b.c}", "{time}", "fixed/topic", "specversion"]),
        "pattern": st.sampled_from(["", r"(?P<topic>\w+)", r"(?P<type>.)?(?P<time>.*)", "."]),
        "type": st.sampled_from(["", "a", "a.b"]),
        "time": st.sampled_from(["", "a", "specversion"]),
        "id": st.sampled_from(["", "a", "a.b"]),
    },
)
keys = st.sampled_from(["topic", "type", "time", "a", "a.b", "b", "specversion", "source", "id", "data"])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("1.0"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(keys, inner, max_size=3),
)
pairs = st.dictionaries(keys, st.text()).map(lambda pairs: " ".join(f"{key}={text}" for key, text in pairs.items()))
lines_of_all_kinds = (
    st.binary()
    | st.dictionaries(keys, values).map(lambda fields: json.dumps(fields).encode())
    | pairs.map(lambda text: text.encode("utf-8", "replace"))
)


@given(rules_of_all_kinds, st.lists(lines_of_all_kinds, max_size=5))
def test_whatever_the_rules_each_line_gives_one_legal_event(rules: dict[str, Any], lines: list[bytes]) -> None:
    events = parser(**rules).parse(lines)
    assert len(events) == len(lines)
    for event, line in zip(events, lines, strict=True):
        assert validate_topic(event.topic).startswith("prod/")
        assert event.type
        if not (event.headers or event.source != "pipe:-"):
            assert event.data == line
