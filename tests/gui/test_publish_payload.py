"""Payloads as text and back: exact to the byte, with every mistake at its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmon.core.errors import UserError
from eventmon.engine.placeholders import Firing, read_template
from eventmon.engine.templates import Draft, PayloadFormat
from eventmon.gui.models.publish_payload import (
    EDITABLE_BYTES,
    PayloadError,
    format_of,
    indented,
    media_type_of,
    payload_of,
    place_in,
    read_payload,
    text_of,
)
from eventmon.gui.models.publish_plan import DraftError, check, now_firing, plan_of, preview
from tests.helpers.hostile import HOSTILE_BYTES

FIRING = Firing(48_348, 1_795_442_848_123_456)
ORDER = '{\n  "order": "{{seq}}",\n  "total": {{random 20 900}}\n}'


@given(st.binary(max_size=200), st.sampled_from(["hex", "base64"]))
def test_bytes_come_back_exactly(data: bytes, payload_format: PayloadFormat) -> None:
    assert payload_of(text_of(data, payload_format), payload_format) == data


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode(errors="replace")))
def test_any_payload_is_written_so_that_it_comes_back(data: bytes) -> None:
    chosen = format_of(data, "")
    text = read_template(text_of(data, chosen)).fill(FIRING)
    assert payload_of(text, chosen) == data


@pytest.mark.parametrize("name", sorted(HOSTILE_BYTES))
def test_hostile_payloads_come_back_or_wait_for_a_file(name: str) -> None:
    data = HOSTILE_BYTES[name]
    chosen = format_of(data, "")
    if chosen == "file":
        assert len(data) > EDITABLE_BYTES
    else:
        assert payload_of(read_template(text_of(data, chosen)).fill(FIRING), chosen) == data


@pytest.mark.parametrize(
    ("text", "payload_format", "says", "place"),
    [
        ('{\n  "order" 7\n}', "json", "expected a colon", (2, 11)),
        ('{"order": 7', "json", "expected a comma or a closing bracket", (1, 12)),
        ('{"order": NaN}', "json", "no such value", (1, 11)),
        ('{"a": 1} x', "json", "expected nothing after", (1, 10)),
        ("[" * 100_000, "json", "nested too deeply", (1, 1)),
        ("48 4g", "hex", "no hex digit", (1, 5)),
        ("48 4", "hex", "one digit", (1, 4)),
        ("SGVs\nbG8*", "base64", "no base64 character", (2, 4)),
        ("SGVsbG8", "base64", "badly padded", (1, 7)),
        ("order \ud800", "text", "surrogate", (1, 7)),
    ],
)
def test_a_mistake_is_said_at_its_place(
    text: str, payload_format: PayloadFormat, says: str, place: tuple[int, int]
) -> None:
    with pytest.raises(PayloadError, match=says) as caught:
        payload_of(text, payload_format)
    if len(text) < 100:
        assert place_in(text, caught.value.position) == place


def test_the_media_type_decides_between_json_and_text() -> None:
    assert format_of(b'{"order": 7}', "") == "json"
    assert format_of(b'{"order": 7}', "application/cloudevents+json") == "json"
    assert format_of(b'{"order": 7}', "text/plain") == "text"
    assert format_of(b"not json", "application/json") == "text"
    assert format_of(b"line\r\nend", "text/plain") == "hex"


def test_formatting_keeps_every_digit() -> None:
    assert indented('{"a":1.10,"b":12345678901234567890123,"a":2}') == (
        '{\n  "a": 1.10,\n  "b": 12345678901234567890123,\n  "a": 2\n}'
    )
    assert indented("{{") == "{{"


def test_formatting_leaves_placeholders_where_they_are() -> None:
    text = '{"order":"{{seq}}/{{seq}}","total":{{random 20 900}},"rest":[1]}'
    assert indented(text) == (
        '{\n  "order": "{{seq}}/{{seq}}",\n  "total": {{random 20 900}},\n  "rest": [\n    1\n  ]\n}'
    )
    assert indented(indented(text)) == indented(text)


def test_a_file_is_read_or_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "order.json"
    file.write_bytes(b"\x00\xff")
    assert read_payload(str(file)) == b"\x00\xff"
    assert media_type_of("file", str(file)) == "application/json"
    for wrong, says in (("", "Choose the file"), (str(tmp_path), "There is no file"), ("/no/\0", "file")):
        with pytest.raises(UserError, match=says):
            read_payload(wrong)


def test_a_draft_becomes_a_request() -> None:
    draft = Draft(
        topic="orders/{{seq}}",
        type="order.created",
        source="//shop.example",
        subject="order/1",
        headers=(("traceparent", "00-{{seq}}"), ("", "")),
        body=ORDER,
    )
    plan = plan_of(draft)
    request = plan.request(FIRING)
    assert plan.placeholders == 4
    assert request.topic == "orders/48348"
    assert request.data.startswith(b'{\n  "order": "48348",\n  "total": ')
    assert (request.type, request.source, request.subject) == ("order.created", "//shop.example", "order/1")
    assert request.datacontenttype == "application/json"
    assert request.headers == {"traceparent": "00-48348"}
    assert preview(plan, FIRING).startswith('{ "order": "48348", "total": ')


def test_nothing_written_is_an_event_without_data() -> None:
    assert plan_of(Draft(topic="orders")).request(FIRING).data == b""


@pytest.mark.parametrize(
    ("draft", "field", "says"),
    [
        (Draft(topic=""), "topic", "is empty"),
        (Draft(topic="orders/+"), "topic", "stand for levels"),
        (Draft(topic="orders/{{sequence}}"), "topic", "Position 8: .* is no placeholder"),
        (Draft(topic="a", body='{\n "order": {{sequence}}}'), "body", "^Line 2, column 11: .* is no placeholder"),
        (Draft(topic="a", body='{\n "at": {{now}}\n}'), "body", "^Line 2, column "),
        (Draft(topic="a", headers=(("", "x"),)), "headers", "no name"),
        (Draft(topic="a", headers=(("x", "{{"),)), "headers", "not closed"),
        (Draft(topic="a", headers=(("x", "1"), ("x", "2"))), "headers", "has this name already"),
        (Draft(topic="a", media_type="json"), "media_type", "no media type"),
        (Draft(topic="a", media_type="application/json charset=utf-8"), "media_type", "no media type"),
        (Draft(topic="a", format="hex", body="4"), "body", "^Line 1, column 1"),
    ],
)
def test_what_has_to_be_mended_names_its_field(draft: Draft, field: str, says: str) -> None:
    with pytest.raises(DraftError, match=says) as caught:
        plan_of(draft).request(FIRING)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("headers", "cell"),
    [
        ((("", ""), ("traceparent", "00"), ("", "1")), (1, 0)),
        ((("traceparent", "00"), ("", ""), ("span", "{{")), (1, 1)),
        ((("traceparent", "00"), ("{{", "1")), (1, 0)),
        ((("traceparent", "00"), ("span", "1"), ("traceparent", "01")), (2, 0)),
    ],
)
def test_a_mistake_in_a_header_names_its_line_and_its_side(
    headers: tuple[tuple[str, str], ...], cell: tuple[int, int]
) -> None:
    with pytest.raises(DraftError) as caught:
        check(Draft(topic="orders", headers=headers), FIRING)
    assert (caught.value.field, caught.value.cell) == ("headers", cell)


@pytest.mark.parametrize("usual", ["application/json", "text/plain; charset=utf-8", "application/vnd.shop+json;v=2"])
def test_media_types_of_the_world_are_taken(usual: str) -> None:
    assert plan_of(Draft(topic="a", media_type=usual)).request(FIRING).datacontenttype == usual


def test_a_draft_is_checked_before_it_has_a_topic() -> None:
    assert check(Draft(body=ORDER), now_firing(1)).placeholders == 2
    with pytest.raises(DraftError):
        check(Draft(body=ORDER[:-1]), FIRING)


def test_a_file_that_is_missing_is_said_at_its_field() -> None:
    with pytest.raises(DraftError) as caught:
        plan_of(Draft(topic="a", format="file"), lambda: read_payload(""))
    assert caught.value.field == "file"
