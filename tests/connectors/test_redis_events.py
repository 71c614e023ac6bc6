"""What messages and entries of Redis are as events, and back."""

from __future__ import annotations

import base64

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmon.connectors.redis_events import (
    event_of_entry,
    event_of_message,
    fields_of,
    json_of,
    message_of,
)
from eventmon.core.event import JSON_CONTENT_TYPE, Event

SOURCE = "redis://redis.shop.internal:6379"
TOPIC = "prod/orders/created"
ENTRY = b"1526919030474-55"
CREATED = b'{"specversion":"1.0","id":"48348","source":"/checkout","type":"order.created","data":{"total":129.99}}'


def test_a_plain_message_is_its_payload() -> None:
    event = event_of_message(TOPIC, b'{"total": 129.99}', SOURCE)
    assert event == Event(
        topic=TOPIC,
        data=b'{"total": 129.99}',
        type="redis.message",
        source=SOURCE,
    )


def test_a_cloud_event_is_itself_under_the_topic_of_its_channel() -> None:
    event = event_of_message(TOPIC, CREATED, SOURCE)
    assert (event.topic, event.type, event.source, event.id) == (TOPIC, "order.created", "/checkout", "48348")
    assert event.data == b'{"total":129.99}'


@pytest.mark.parametrize(
    "payload",
    [
        b'{"specversion":"1.0"}',
        b'{"specversion":"0.3","id":"1","source":"/s","type":"t"}',
        b'{"about":"specversion","type":5}',
        b'{"specversion":"1.0","type":"a","source":"/s","data":',
        b'{"specversion":' + b"[" * 5_000,
    ],
)
def test_what_only_looks_like_a_cloud_event_is_a_plain_message(payload: bytes) -> None:
    event = event_of_message(TOPIC, payload, SOURCE)
    assert (event.type, event.data) == ("redis.message", payload)


@given(st.binary(max_size=200))
def test_every_payload_of_a_message_comes_through_byte_for_byte(payload: bytes) -> None:
    assert event_of_message(TOPIC, payload, SOURCE).data == payload


def test_an_entry_with_the_one_field_data_is_its_value() -> None:
    event = event_of_entry(TOPIC, ENTRY, [b"data", b"\x00\xff"], SOURCE)
    assert (event.type, event.data, event.headers) == ("redis.entry", b"\x00\xff", {"redisid": "1526919030474-55"})
    assert event.id is None


def test_any_other_entry_is_a_json_object_of_its_fields_in_order() -> None:
    event = event_of_entry(TOPIC, ENTRY, [b"user", b"zo\xc3\xab", b"avatar", b"\x89PNG", b"age", b"41"], SOURCE)
    assert event.data == '{"user":"zoë","avatar_base64":"iVBORw==","age":"41"}'.encode()
    assert event.datacontenttype == JSON_CONTENT_TYPE


def test_an_entry_in_the_names_of_cloud_events_is_that_event() -> None:
    fields = [b"ce-specversion", b"1.0", b"ce-id", b"7", b"ce-source", b"/a%20b", b"ce-type", b"order.paid"]
    fields += [b"content-type", b"text/plain", b"ce-region", b"eu", b"data", b"paid"]
    event = event_of_entry(TOPIC, ENTRY, fields, SOURCE)
    assert (event.id, event.source, event.type, event.datacontenttype) == ("7", "/a%20b", "order.paid", "text/plain")
    assert event.headers == {"region": "eu", "redisid": "1526919030474-55"}
    assert event.data == b"paid"


@pytest.mark.parametrize(
    "fields",
    [
        [b"ce-type", b"order.paid", b"data", b"paid"],
        [b"ce-specversion", b"1.0", b"ce-source", b"/s", b"ce-type", b"\xff", b"data", b"x"],
        [b"ce-\xff", b"1"],
    ],
)
def test_an_entry_that_is_no_whole_cloud_event_keeps_all_its_fields(fields: list[bytes]) -> None:
    event = event_of_entry(TOPIC, ENTRY, fields, SOURCE)
    assert event.type == "redis.entry"
    assert len(msgspec.json.decode(event.data)) == len(fields) // 2


@given(st.lists(st.tuples(st.binary(max_size=20), st.binary(max_size=40)), max_size=6))
def test_the_object_of_any_fields_is_json_and_loses_no_value(pairs: list[tuple[bytes, bytes]]) -> None:
    flat = [part for pair in pairs for part in pair]
    document = json_of(flat)
    msgspec.json.decode(document)
    for _, value in pairs:
        try:
            written = msgspec.json.encode(value.decode())
        except UnicodeDecodeError:
            written = base64.b64encode(value)
        assert written in document


def test_a_published_event_is_its_payload_or_all_of_it() -> None:
    event = Event(
        topic=TOPIC,
        data=b'{"total":1}',
        type="order.created",
        source="/checkout",
        id="48348",
        datacontenttype=JSON_CONTENT_TYPE,
        headers={"region": "eu"},
    )
    assert message_of(event, structured=False) == event.data
    back = event_of_message(TOPIC, message_of(event, structured=True), SOURCE)
    assert (back.data, back.type, back.source, back.id, back.headers) == (
        event.data,
        event.type,
        event.source,
        event.id,
        event.headers,
    )
    assert fields_of(event, binary=False) == [b"data", event.data]
    sent = [part if isinstance(part, bytes) else part.encode() for part in fields_of(event, binary=True)]
    entry = event_of_entry(TOPIC, ENTRY, sent, SOURCE)
    assert (entry.data, entry.type, entry.source, entry.id) == (event.data, event.type, event.source, event.id)
    assert entry.headers == {"region": "eu", "redisid": ENTRY.decode()}
