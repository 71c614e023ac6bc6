"""Attributes, header and copies of an event say all of it, in words and figures, and hide what is secret."""

from __future__ import annotations

from typing import Any

import pytest

from eventmon.core.cloudevents import from_structured
from eventmon.core.event import Event
from eventmon.engine.frame import ObserverStatus
from eventmon.gui.models import event_facts
from eventmon.gui.models.event_hex import NARROW, WIDE, hex_row, letters
from tests.gui.event_script import ORDER, detail
from tests.helpers.hostile import HOSTILE_BYTES, HOSTILE_TEXTS


@pytest.mark.parametrize(
    ("data", "json", "kind"),
    [(ORDER, True, "JSON"), (b"refund", False, "text"), (b"\xff\xd8", False, "binary"), (b"", False, "no payload")],
)
def test_the_kind_is_what_the_payload_is(data: bytes, json: bool, kind: str) -> None:
    assert event_facts.kind_of(detail(data), json=json) == kind


def test_every_attribute_is_told_and_what_is_missing_too() -> None:
    event = detail(ORDER, seq=7, id="order-48348", time="2026-11-23T14:07:26Z", subject="", headers={"x-shop": "Lyon"})
    attributes: Any = dict(event_facts.attributes_of(event, utc=True))  # type: ignore[arg-type]
    assert attributes == {
        "type": "order.created",
        "topic": "prod/orders/eu/created",
        "source": "checkout",
        "id": "order-48348",
        "time": "2026-11-23T14:07:26Z",
        "subject": "",
        "datacontenttype": "application/json",
        "seq": "7",
        "received": "2026-11-23T14:07:28.123456Z",
        "size": f"{len(ORDER)} bytes",
        "x-shop": "Lyon",
    }


@pytest.mark.parametrize("moment", [2**62, -(2**62)])
def test_a_time_that_no_calendar_holds_is_a_dash(moment: int) -> None:
    assert event_facts.full_time(moment, utc=True) == "–"
    assert event_facts.full_time(moment, utc=False)


def test_an_observer_that_is_gone_is_named_all_the_same() -> None:
    event = detail(ORDER, observers=["All orders", "Gone"])
    known = [ObserverStatus(name="All orders", kind="counter", pattern="orders/#")]
    assert event_facts.observers_of(event, known) == [("All orders", "counter"), ("Gone", "")]


@pytest.mark.parametrize(("number", "line"), [(0, "No observer matches"), (1, "1 observer matches")])
def test_the_footer_counts_observers(number: int, line: str) -> None:
    assert event_facts.observers_line(number) == line
    assert event_facts.observers_line(1_200) == "1,200 observers match"


@pytest.mark.parametrize("name", HOSTILE_BYTES)
def test_a_revealed_copy_is_the_event_again(name: str) -> None:
    event = detail(HOSTILE_BYTES[name], id="order-48348")
    copied = from_structured(event_facts.cloudevent_text(event, reveal=True).encode(), imported=True)
    assert copied == Event(
        topic=event.topic,
        data=event.data,
        type=event.type,
        source=event.source,
        id=event.id,
        datacontenttype=copied.datacontenttype,
        headers=event.headers,
        seq=event.seq,
        received=event.received,
    )


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_any_text_can_be_copied_without_its_secrets(name: str) -> None:
    text = HOSTILE_TEXTS[name]
    event = detail(b'{"token":"hunter2"}', subject=text, headers={text: text, "x-secret": "hunter2"})
    assert "hunter2" not in event_facts.cloudevent_text(event, reveal=False)
    assert event_facts.has_secrets(event)
    assert not event_facts.has_secrets(detail(b'{"order":1}', headers={"x-shop": "Lyon"}))


def test_rows_of_bytes_are_read_as_everywhere() -> None:
    data = bytes(range(60, 76))
    assert hex_row(data, WIDE) == "3c 3d 3e 3f 40 41 42 43  44 45 46 47 48 49 4a 4b"
    assert hex_row(data, NARROW) == "3c 3d 3e 3f 40 41 42 43"
    assert letters(b"a\x00\x7f\xc3z ") == "a···z "
