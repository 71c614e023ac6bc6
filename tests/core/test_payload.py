"""What becomes of data given to publish, and how an event is read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmon import Bus, Event, UserError


def published(data: Any, **attributes: Any) -> Event:
    bus, got = Bus(), list[Event]()
    bus.subscribe("orders", got.append)
    bus.publish("orders", data, **attributes)
    return got[0]


@given(st.binary(max_size=40))
def test_bytes_are_kept_as_they_are(data: bytes) -> None:
    for form in (data, bytearray(data), memoryview(data)):
        event = published(form)
        assert (event.data, event.datacontenttype) == (data, None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc"), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(JSON)
def test_other_objects_become_json_and_come_back(data: Any) -> None:
    event = published(data)
    assert event.datacontenttype == "application/json"
    assert event.json() == data


def test_a_text_is_json_unless_another_media_type_is_named() -> None:
    assert published("zwölf").data == '"zwölf"'.encode()
    text = published("zwölf", datacontenttype="text/plain")
    assert (text.data, text.text()) == ("zwölf".encode(), "zwölf")
    assert published({"total": 1}, datacontenttype="application/vnd.order+json; v=1").data == b'{"total":1}'


@pytest.mark.parametrize("data", [object(), {"a": object()}, "\ud800", {(1, 2): 3}])
def test_an_object_without_json_form_is_refused(data: Any) -> None:
    with pytest.raises(UserError, match="JSON"):
        published(data)


def test_an_endless_object_is_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(UserError, match="JSON"):
        published(endless)


@pytest.mark.parametrize("data", [{"total": 1}, "\ud800"])
def test_what_is_no_text_cannot_be_written_under_another_media_type(data: Any) -> None:
    with pytest.raises(UserError):
        published(data, datacontenttype="text/plain")


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[" * 100_000])
def test_a_payload_that_is_not_json_says_so(data: bytes) -> None:
    with pytest.raises(UserError, match="not JSON"):
        Event(topic="orders", data=data).json()


def test_text_shows_what_is_not_utf8_as_marks() -> None:
    assert Event(topic="orders", data=b"ab\xff").text() == "ab\ufffd"
