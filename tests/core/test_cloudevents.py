"""CloudEvents JSON: exact round trips, agreement with the official SDK, and plain sentences for all that is wrong."""

from __future__ import annotations

import base64
import json
from typing import Any

import msgspec
import pytest
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given
from hypothesis import strategies as st

from eventmon.core.cloudevents import (
    HEADERS_ATTRIBUTE,
    MAX_DEPTH,
    UNKNOWN_SOURCE,
    format_time,
    from_batch,
    from_binary,
    from_structured,
    is_time,
    parse_time,
    to_json,
    topic_of,
)
from eventmon.core.errors import UserError
from eventmon.core.event import Event

LOG = "0193a1f0-7c1e-7aa1-b8a9-5d3a0b6d1f10"
ORDER = Event(
    topic="shop/orders/eu/created",
    data=b'{"order": "48348", "customer":{"name":"Zo\xc3\xab Martin"},"total":129.90}',
    type="order.created",
    source="/shop/orders",
    id="evt-1",
    time="2026-11-03T12:00:00.120+01:00",
    subject="48348",
    datacontenttype="application/json",
    headers={"correlationid": "order-48348"},
    seq=1204,
    received=1_793_707_200_123_456,
)


def document(**members: Any) -> bytes:
    """A small valid structured event with some members changed; None leaves one out."""
    base = {"specversion": "1.0", "id": "evt-1", "source": "/shop", "type": "order.created"}
    return json.dumps({name: value for name, value in {**base, **members}.items() if value is not None}).encode()


# --- writing ---------------------------------------------------------------------------------------------------------


def test_an_event_is_one_line_of_cloudevents_json_with_topic_seq_and_received() -> None:
    line = to_json(ORDER, LOG)
    assert b"\n" not in line
    assert json.loads(line) == {
        "specversion": "1.0",
        "id": "evt-1",
        "source": "/shop/orders",
        "type": "order.created",
        "time": "2026-11-03T12:00:00.120+01:00",
        "subject": "48348",
        "datacontenttype": "application/json",
        "topic": "shop/orders/eu/created",
        "seq": 1204,
        "received": "2026-11-03T12:00:00.123456Z",
        "correlationid": "order-48348",
        "data": {"order": "48348", "customer": {"name": "Zoë Martin"}, "total": 129.90},
    }
    assert ORDER.data in line


def test_an_event_without_id_gets_the_derived_one_and_one_without_seq_none() -> None:
    assert json.loads(to_json(msgspec.structs.replace(ORDER, id=None), LOG))["id"] == f"{LOG}-1204"
    assert "id" not in json.loads(to_json(msgspec.structs.replace(ORDER, id=None, seq=0), LOG))


def as_written(event: Event) -> Event:
    """The event, where text that nobody had named is named as what it is written as."""
    text = event.datacontenttype is None and json.loads(to_json(event, LOG)).get("datacontenttype") == "text/plain"
    if not text:
        return event
    assert event.data.decode() == json.loads(to_json(event, LOG))["data"]
    return msgspec.structs.replace(event, datacontenttype="text/plain")


@pytest.mark.parametrize(
    ("content_type", "data", "member", "value"),
    [
        ("application/json", b'{"a":1}', "data", {"a": 1}),
        ("application/json", b"null", "data", None),
        ("application/json; charset=utf-8", b'"text"', "data", "text"),
        ("application/vnd.shop.order+json", b"[1,2]", "data", [1, 2]),
        (None, b'{"a":1}', "data", {"a": 1}),
        (None, b"plain words", "data", "plain words"),
        (None, b"\xff\xfe", "data_base64", None),
        ("text/plain", "Grüße\nzweite Zeile".encode(), "data", "Grüße\nzweite Zeile"),
        ("text/plain", b"NUL \0 and \x1b", "data", "NUL \0 and \x1b"),
        ("text/plain; charset=latin-1", b"Gr\xfc\xdfe", "data_base64", None),
        ("text/plain; charset=utf-16", b"ab", "data_base64", None),
        ("text/plain", b"\xff\xfe", "data_base64", None),
        ("application/xml", b"<order/>", "data", "<order/>"),
        ("image/png", b"\x89PNG", "data_base64", None),
        ("image/png", b'{"a":1}', "data_base64", None),
        ("application/json", b'{"a":\n1}', "data_base64", None),
        ("application/json", b'{"a":\r1}', "data_base64", None),
        ("application/json", b' {"a":1}', "data_base64", None),
        ("application/json", b'{"a":1} ', "data_base64", None),
        ("application/json", b'{"a":NaN}', "data_base64", None),
        ("application/json", b'{"a":"\\ud800"}', "data_base64", None),
        ("application/json", b'{"a":"\xff"}', "data_base64", None),
        ("application/json", b'{"a":1', "data_base64", None),
        ("application/json", b"\xef\xbb\xbf{}", "data_base64", None),
        ("application/json", b'{"a":1,"a":2}', "data", {"a": 2}),
        ("application/json", b"9" * 5000, "data", None),
        ("application/json", b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, "data_base64", None),
    ],
)
def test_data_is_inline_only_where_it_comes_back_byte_for_byte(
    content_type: str | None, data: bytes, member: str, value: object
) -> None:
    event = msgspec.structs.replace(ORDER, data=data, datacontenttype=content_type)
    line = to_json(event, LOG)
    members = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
    assert [name for name in ("data", "data_base64") if name in members] == [member]
    if member == "data_base64":
        assert base64.b64decode(json.loads(line)["data_base64"]) == data
    elif value is not None:
        assert json.loads(line)["data"] == value
    assert from_structured(line, imported=True) == as_written(event)


def test_an_empty_payload_has_no_data_member() -> None:
    line = to_json(msgspec.structs.replace(ORDER, data=b""), LOG)
    assert not {"data", "data_base64"} & json.loads(line).keys()


def test_headers_that_are_no_attribute_names_travel_beside_those_that_are() -> None:
    headers = {
        "correlationid": "order-48348",
        "X-Retry": "2",
        "data": "not the payload",
        HEADERS_ATTRIBUTE: "x",
        "": "y",
    }
    line = to_json(msgspec.structs.replace(ORDER, headers=headers), LOG)
    assert json.loads(line)["correlationid"] == "order-48348"
    assert "X-Retry" not in json.loads(line)
    assert from_structured(line).headers == headers


def test_an_unknown_source_is_written_as_one_and_comes_back_as_unknown() -> None:
    line = to_json(msgspec.structs.replace(ORDER, source=""), LOG)
    assert json.loads(line)["source"] == UNKNOWN_SOURCE
    assert from_structured(line).source == ""


# --- round trips -----------------------------------------------------------------------------------------------------

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
topics = st.lists(st.text("abc é$.-", max_size=6), min_size=1, max_size=4).map("/".join).filter(bool)
json_values = st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(), st.lists)
payloads = (
    st.binary(max_size=60)
    | st.text().map(lambda text: text.encode("utf-8", "surrogatepass"))
    | json_values.map(lambda value: json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    | json_values.map(lambda value: json.dumps(value, indent=1).encode())
)
content_types = st.sampled_from(
    [
        None,
        "application/json",
        "text/plain",
        "text/plain; charset=utf-16",
        "image/png",
        "a/b+json",
        "text/json",
        "",
        "?",
    ]
)
header_names = texts | st.sampled_from(["correlationid", "id", "data", "seq", "topic", HEADERS_ATTRIBUTE, "a" * 300])
events = st.builds(
    Event,
    topic=topics,
    data=payloads,
    type=words,
    source=texts,
    id=words,
    time=st.none() | texts | st.just("2026-11-03T12:00:00Z"),
    subject=st.none() | texts,
    datacontenttype=content_types,
    headers=st.dictionaries(header_names, texts, min_size=1, max_size=4) | st.none(),
    seq=st.integers(0, 2**63 - 1),
    received=st.integers(1, 253_402_300_799_999_999),
)


@given(events)
def test_what_is_written_comes_back_as_the_same_event(event: Event) -> None:
    line = to_json(event, LOG)
    assert b"\n" not in line
    assert b"\r" not in line
    assert from_structured(line, imported=True) == as_written(event)


@given(events)
def test_seq_and_received_of_another_log_are_left_out_unless_asked_for(event: Event) -> None:
    read = from_structured(to_json(event, LOG))
    assert (read.seq, read.received) == (0, 0)
    assert msgspec.structs.replace(read, seq=event.seq, received=event.received) == as_written(event)


@given(st.lists(events, max_size=5))
def test_a_batch_gives_its_events_in_order(batch: list[Event]) -> None:
    text = b"[" + b",".join(to_json(event, LOG) for event in batch) + b"]"
    assert from_batch(text, imported=True) == list(map(as_written, batch))


def test_the_deepest_payload_that_is_inline_can_be_read_from_a_batch_too() -> None:
    event = msgspec.structs.replace(ORDER, data=b"[" * (MAX_DEPTH - 1) + b"]" * (MAX_DEPTH - 1))
    line = to_json(event, LOG)
    assert b'"data":[[' in line
    assert from_structured(line, imported=True) == event
    assert from_batch(b"[" + line + b"]", imported=True) == [event]


# --- the official SDK as the judge -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content_type", "data"),
    [
        ("application/json", b'{"total":129.9,"items":[1,2],"name":"Zo\xc3\xab"}'),
        ("application/vnd.shop+json", b"[true,null]"),
        ("text/plain", "Grüße".encode()),
        ("image/png", bytes(range(256))),
        ("application/json", b'{"broken":'),
    ],
)
def test_the_sdk_reads_what_is_written(content_type: str, data: bytes) -> None:
    read = JSONFormat().read(
        CloudEvent,
        to_json(msgspec.structs.replace(ORDER, data=data, datacontenttype=content_type, source=""), LOG),
    )
    assert (read.get_id(), read.get_type(), read.get_source()) == ("evt-1", "order.created", UNKNOWN_SOURCE)
    assert read.get_extension("correlationid") == "order-48348"
    payload = read.get_data()
    if isinstance(payload, bytes):
        assert payload == data
    elif isinstance(payload, str):
        assert payload.encode() == data
    else:
        assert payload == json.loads(data)


@pytest.mark.parametrize(
    ("content_type", "payload"),
    [
        ("application/json", {"total": 129.9, "name": "Zoë"}),
        ("text/plain", "Grüße"),
        ("image/png", b"\x89PNG\0"),
    ],
)
def test_what_the_sdk_writes_is_read(content_type: str, payload: Any) -> None:
    attributes = {
        "specversion": "1.0",
        "id": "evt-1",
        "source": "/shop",
        "type": "order.created",
        "datacontenttype": content_type,
        "correlationid": "order-48348",
    }
    event = from_structured(JSONFormat().write(CloudEvent(attributes, payload)))
    assert (event.id, event.source, event.topic) == ("evt-1", "/shop", "order/created")
    assert event.headers == {"correlationid": "order-48348"}
    if isinstance(payload, dict):
        assert json.loads(event.data) == payload
    else:
        assert event.data == (payload.encode() if isinstance(payload, str) else payload)


# --- reading ---------------------------------------------------------------------------------------------------------


def test_the_topic_is_the_callers_else_the_attribute_else_the_type_with_dots_as_levels() -> None:
    assert from_structured(document(topic="eu/orders"), topic="prod/orders").topic == "prod/orders"
    assert from_structured(document(topic="eu/orders")).topic == "eu/orders"
    assert from_structured(document()).topic == "order/created"
    assert topic_of({"type": "com.shop.order"}) == "com/shop/order"
    with pytest.raises(UserError, match="names no topic"):
        topic_of({})


def test_the_time_is_kept_as_it_was_written() -> None:
    assert from_structured(document(time="2026-11-03t12:00:00.1200z")).time == "2026-11-03t12:00:00.1200z"


def test_a_missing_id_is_tolerated() -> None:
    assert from_structured(document(id=None)).id is None


def test_extensions_of_every_cloudevents_type_become_text() -> None:
    event = from_structured(document(traceparent="00-ab", retry=3, express=True, gift=False, long=10**300))
    assert event.headers == {
        "traceparent": "00-ab",
        "retry": "3",
        "express": "true",
        "gift": "false",
        "long": "1" + "0" * 300,
    }
    absent = from_structured(b'{"specversion":"1.0","source":"/s","type":"t","retry":null,"subject":null}')
    assert (absent.headers, absent.subject) == (None, None)


def test_data_that_is_a_string_stays_json_unless_the_type_says_text() -> None:
    assert from_structured(document(data="hello")).data == b'"hello"'
    assert from_structured(document(data="hello", datacontenttype="application/json")).data == b'"hello"'
    assert from_structured(document(data="hello", datacontenttype="text/plain")).data == b"hello"
    assert from_structured(document(data={"a": 1}, datacontenttype="text/plain")).data == b'{"a": 1}'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", "not a JSON object"),
        (b"{", "not a JSON object"),
        (b"[]", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b"\xff", "not UTF-8"),
        (document(specversion=None), "specversion is missing"),
        (document(specversion="0.3"), "only 1.0"),
        (document(specversion=1), "specversion is not a string"),
        (document(type=None), "no type"),
        (document(type=""), "no type"),
        (document(source=None), "no source"),
        (document(id=7), "id is not a string"),
        (document(time=7), "time is not a string"),
        (document(topic="orders/#"), "stand for levels"),
        (document(topic=["orders"]), "topic is not a string"),
        (document(retry=1.5), "neither text"),
        (document(retry=[1]), "neither text"),
        (b'{"specversion":"1.0","source":"/s","type":"t","retry":' + b"9" * 5000 + b"}", "neither text"),
        (document(data=1, data_base64="AA=="), "both"),
        (document(data_base64="no base64!"), "not Base64"),
        (document(data_base64="AAAAé"), "not Base64"),
        (document(data_base64=[]), "not a string"),
        (document(**{"bad name": "x"}), "no name of an attribute"),
        (document(**{"n" * 300: "x"}), "no name of an attribute"),
        (document(**{HEADERS_ATTRIBUTE: "[]"}), "not a JSON object"),
        (document(**{HEADERS_ATTRIBUTE: '{"a":1}'}), "not a JSON object"),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "deeper than 256"),
        (b"[" * 100_000, "deeper than 256"),
        (b'{"a":' * 100_000, "deeper than 256"),
    ],
)
def test_a_wrong_document_is_refused_with_a_sentence(text: bytes, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        from_structured(text)
    with pytest.raises(UserError):
        from_batch(b"[" + text + b"]" if text else b"")


@pytest.mark.parametrize(("member", "value"), [("seq", -1), ("seq", "1"), ("seq", 2**63), ("received", "soon")])
def test_a_wrong_seq_or_time_of_arrival_matters_only_to_an_import(member: str, value: object) -> None:
    text = document(**{member: value})
    assert from_structured(text).headers is None
    with pytest.raises(UserError, match=member if member == "seq" else "not a time"):
        from_structured(text, imported=True)


def test_brackets_inside_strings_do_not_count_as_depth() -> None:
    assert from_structured(document(data="[{" * 1000 + '"\\')).data == json.dumps("[{" * 1000 + '"\\').encode()


def test_many_unfinished_strings_do_not_take_quadratic_time() -> None:
    text = b'{"a":"' + b'\\"[' * 1_000_000
    with pytest.raises(UserError, match="not a JSON object"):
        from_structured(text)


def test_the_first_wrong_event_of_a_batch_is_named() -> None:
    with pytest.raises(UserError, match=r"^Event 2 of the batch: The event has no type"):
        from_batch(b"[" + document() + b"," + document(type=None) + b"]")
    with pytest.raises(UserError, match="not a JSON array"):
        from_batch(document())


# --- binary mode -----------------------------------------------------------------------------------------------------

HEADERS = {"ce-specversion": "1.0", "ce-id": "evt-1", "ce-source": "/shop", "ce-type": "order.created"}


def test_binary_mode_takes_attributes_from_headers_of_any_case_and_leaves_the_body_alone() -> None:
    headers = {name.upper(): value for name, value in HEADERS.items()} | {
        "Content-Type": "application/json",
        "CE-Subject": "Zo%C3%AB%20Martin",
        "ce-correlationid": "order-48348",
        "Host": "localhost",
    }
    assert from_binary(headers, b'{"total":\n1}') == Event(
        topic="order/created",
        data=b'{"total":\n1}',
        type="order.created",
        source="/shop",
        id="evt-1",
        subject="Zoë Martin",
        datacontenttype="application/json",
        headers={"correlationid": "order-48348"},
    )
    assert from_binary(HEADERS | {"ce-topic": "eu/orders"}, b"").topic == "eu/orders"
    assert from_binary(HEADERS | {"ce-topic": "eu/orders"}, b"", "prod/orders").topic == "prod/orders"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ce-specversion": "0.3"}, "only 1.0"),
        ({"ce-type": ""}, "no type"),
        ({"ce-source": ""}, "no source"),
        ({"ce-subject": "%FF"}, "not UTF-8"),
        ({"ce-subject": "\ud800"}, "not UTF-8"),
        ({"ce-bad name": "x"}, "no name of an attribute"),
        ({"ce-topic": "orders/+"}, "stand for levels"),
    ],
)
def test_wrong_headers_are_refused_with_a_sentence(changes: dict[str, str], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        from_binary(HEADERS | changes, b"")


def test_binary_mode_needs_the_version() -> None:
    with pytest.raises(UserError, match="ce-specversion is missing"):
        from_binary({"ce-type": "order.created"}, b"")


# --- times -----------------------------------------------------------------------------------------------------------


@given(st.integers(-62_135_596_800_000_000, 253_402_300_799_999_999))
def test_a_time_comes_back_to_the_microsecond(microseconds: int) -> None:
    text = format_time(microseconds)
    assert is_time(text)
    assert parse_time(text) == microseconds


def test_times_of_other_zones_and_precisions_are_understood() -> None:
    assert format_time(parse_time("2026-11-03T12:00:00.123456789+01:00")) == "2026-11-03T11:00:00.123456Z"
    assert format_time(parse_time("2026-11-03t12:00:00z")) == "2026-11-03T12:00:00.000000Z"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-11-03",
        "2026-11-03T12:00:00",
        "2026-13-03T12:00:00Z",
        "20261103T120000Z",
        "２026-11-03T12:00:00Z",
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="is not a time"):
        parse_time(text)
    with pytest.raises(UserError, match="outside the years"):
        format_time(10**18)
