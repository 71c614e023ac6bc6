"""Texts over an event: exact, closed to what a payload might try, and honest about what is missing."""

from __future__ import annotations

import contextlib
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.observers.template import Template
from tests.helpers.hostile import HOSTILE_BYTES
from tests.observers.lent import order


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{topic}}", "orders/eu/created"),
        ("{{ type }} from {{source}}, no. {{seq}}", "order.created from checkout, no. 7"),
        ("{{time}}", "2026-11-23T14:07:28.000000Z"),
        ("{{data.total}} by {{data.customer.name}}", "12.5 by Ada"),
        ("{{data.items.0.price}} {{data.items}}", '3 [{"price":3}]'),
        ('{"n": {{data.total}}, "by": {{data.customer.name}}}', '{"n": 12.5, "by": "Ada"}'),
        ('{"text": "{{data.customer.name}}: {{data.total}}"}', '{"text": "Ada: 12.5"}'),
        ('["{{topic}}", {{data.items}}]', '["orders/eu/created", [{"price":3}]]'),
        ("plain {text} }} {{", "plain {text} }} {{"),
        ("", ""),
    ],
)
def test_placeholders_hold_what_the_event_holds(text: str, expected: str) -> None:
    assert Template(text, "Text").render(order()) == expected


def test_the_time_of_the_producer_wins() -> None:
    event = Event(topic="orders", time="2026-11-23T15:00:00+01:00", received=1)
    assert Template("{{time}}", "Text").render(event) == "2026-11-23T15:00:00+01:00"


@pytest.mark.parametrize("name", ["total", "data.", "data..x", "env HOME", "uuid", "", "topic.x", "__class__"])
def test_an_unknown_placeholder_is_refused_when_it_is_read(name: str) -> None:
    with pytest.raises(UserError, match=r"Known are|no path"):
        Template(f"a {{{{{name}}}}} b", "Text")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"sum": 1}', "no field “total”"),
        (b"[1]", "no field “total”"),
        (b"not json", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b" " * (1 << 20) + b"{}", "larger than 1 MiB"),
    ],
)
def test_a_field_that_cannot_be_had_is_a_sentence(data: bytes, reason: str) -> None:
    with pytest.raises(UserError, match=reason):
        Template("{{data.total}}", "Text").render(order(data))


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(value=values)
def test_a_json_document_stays_one_whatever_is_put_in(value: Any) -> None:
    try:
        data = msgspec.json.encode({"note": value})
    except UnicodeEncodeError:
        return
    template = Template('{"raw": {{data.note}}, "text": "<{{data.note}}>", "whole": {{data}}}', "Data")
    assert template.is_json
    found = msgspec.json.decode(template.render(order(data)))
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    assert found == {"raw": value, "text": f"<{text}>", "whole": {"note": value}}


@given(text=st.text())
def test_what_comes_from_an_event_is_not_looked_at_again(text: str) -> None:
    try:
        data = msgspec.json.encode({"note": text + "{{topic}}"})
    except UnicodeEncodeError:
        return
    assert Template("{{data.note}}", "Text").render(order(data)) == text + "{{topic}}"


@given(text=st.text('{}ab."\\[]: ,'))
def test_every_text_is_read_or_refused_in_a_sentence(text: str) -> None:
    with contextlib.suppress(UserError):
        Template(text, "Text").render(order())


@pytest.mark.parametrize("data", HOSTILE_BYTES.values(), ids=HOSTILE_BYTES)
def test_hostile_payloads_are_put_in_whole_or_refused(data: bytes) -> None:
    event = order(data)
    assert Template("{{data}}", "Text").render(event) == data.decode(errors="replace")
    try:
        document = Template('{"whole": {{data}}}', "Data").render(event)
    except UserError:
        return
    assert msgspec.json.decode(document.encode()).keys() == {"whole"}


def test_a_long_payload_is_cut_where_that_is_asked_for() -> None:
    assert Template("{{data}}", "Text", data_limit=4).render(order(b"abcdefgh")) == "abcd"
