"""A small dose of R5: whatever a document or a batch holds, nothing but UserError comes out."""

from __future__ import annotations

import inspect
import random
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmon.core.cloudevents import from_batch, from_binary, from_structured, parse_time, to_json
from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.core.surrogates import encodable

T = TypeVar("T")
DOCUMENTS = 20_000
_PIECES = (
    b"{", b"}", b"[", b"]", b'"', b",", b":", b"\\", b"\\ud800", b"\xff", b"\0", b"null", b"NaN", b"1e999", b"-",
    b'"specversion":"0.3"', b'"data":', b'"data_base64":', b'"topic":"a/#"', b'"type":7', b'"eventmonheaders":"{"',
    b"[" * 300, b"9" * 400, b"\xed\xa0\x80", b" ", b"\n", b"\xef\xbb\xbf",
)  # fmt: skip
_SEEDS = [
    to_json(event, "log")
    for event in (
        Event(
            topic="shop/orders",
            data=b'{"total":1,"items":[{"sku":"MUG-01"}]}',
            datacontenttype="application/json",
            id="1",
        ),
        Event(topic="shop/image", data=b"\x89PNG", type="image", source="/s", datacontenttype="image/png", seq=7),
        Event(
            topic="shop/mail", data="Grüße".encode(), subject="x", datacontenttype="text/plain", headers={"X-Y": "1"}
        ),
    )
]


def mutated(chance: random.Random) -> bytes:
    text = bytearray(chance.choice(_SEEDS))
    for _ in range(chance.choice((1, 1, 2, 4))):
        at = chance.randrange(len(text) + 1)
        match chance.randrange(4):
            case 0:
                text[at : at + chance.randrange(8)] = chance.choice(_PIECES)
            case 1:
                text[at:at] = chance.choice(_PIECES)
            case 2:
                del text[at : at + chance.randrange(1, 30)]
            case _:
                text[at : at + 1] = bytes([chance.randrange(256)])
    return bytes(text)


def read_or_refused(read: Callable[..., T], *arguments: Any, **options: Any) -> T | None:
    """What was read, or None after a UserError whose sentence is fit to be shown."""
    try:
        return read(*arguments, **options)
    except UserError as error:
        sentence = str(error)
    assert 10 < len(sentence) < 600
    return None


def test_mutated_documents_raise_nothing_but_user_errors() -> None:
    chance = random.Random(20261103)
    read = 0
    for _ in range(DOCUMENTS):
        text = mutated(chance)
        event = read_or_refused(from_structured, text, imported=True)
        if event is not None:
            assert from_structured(to_json(event, "log"), imported=True).data == event.data
            read += 1
        read_or_refused(from_batch, b"[" + text + b"]")
    assert DOCUMENTS // 20 < read < DOCUMENTS


@given(st.binary(max_size=200))
def test_any_bytes_raise_nothing_but_user_errors(text: bytes) -> None:
    for read in (from_structured, from_batch):
        with pytest.raises(UserError):
            read(text if text != b"[]" else b"")


@given(st.dictionaries(st.text(max_size=12).map(lambda name: f"ce-{name}"), st.text(max_size=12), max_size=5))
def test_any_headers_raise_nothing_but_user_errors(headers: dict[str, str]) -> None:
    full = {"ce-specversion": "1.0", "ce-type": "t", "ce-source": "s"} | headers
    event = read_or_refused(from_binary, full, b"x")
    assert event is None or event.data == b"x"


@given(st.text(max_size=40))
def test_any_text_as_a_time_raises_nothing_but_user_errors(text: str) -> None:
    read_or_refused(parse_time, text)


def test_a_deep_call_stack_is_no_reason_for_another_error() -> None:
    text = _SEEDS[0].replace(b'"items":', b'"items":' + b"[" * 240).replace(b"}]}", b"}]" + b"]" * 240 + b"}")
    assert msgspec.json.decode(text)

    def at_depth(levels: int) -> None:
        if levels:
            at_depth(levels - 1)
        else:
            with pytest.raises(UserError, match="too deep"):
                from_structured(text)

    at_depth(sys.getrecursionlimit() - len(inspect.stack(0)) - 120)


ANY_TEXT = st.text(st.characters() | st.sampled_from("\ud800\udfff\0\x1b\u2028\uffff"), max_size=12)


@given(
    texts=st.fixed_dictionaries(
        {name: ANY_TEXT for name in ("topic", "type", "source", "id", "time", "subject", "datacontenttype")}
    ),
    headers=st.dictionaries(ANY_TEXT, ANY_TEXT, max_size=4),
    data=st.binary(max_size=20),
    seq=st.integers(0, 2**63 - 1),
    received=st.integers(-(2**63), 2**63 - 1),
)
def test_every_event_of_every_log_can_be_written(
    texts: dict[str, str], headers: dict[str, str], data: bytes, seq: int, received: int
) -> None:
    """A stranger's file holds whatever it holds; looking at it raises nothing, and what is sound comes out as it is."""
    written = to_json(Event(**texts, headers=headers, data=data, seq=seq, received=received), "0198-4b")
    assert b"\n" not in written
    members = msgspec.json.decode(written)
    for name, text in texts.items():
        if text and name != "datacontenttype":
            assert members[name] == encodable(text)


def test_half_of_a_surrogate_pair_is_written_as_the_mark_for_what_cannot_be_shown() -> None:
    event = Event(topic="a/\ud800", data=b"1", type="\udfff", headers={"tenant": "\ud800", "X \ud800": "\udfff"}, seq=3)
    members = msgspec.json.decode(to_json(event, "log"))
    assert (members["topic"], members["type"], members["tenant"]) == ("a/\ufffd", "\ufffd", "\ufffd")
    assert msgspec.json.decode(members["eventmonheaders"]) == {"X \ufffd": "\ufffd"}
    assert members["data"] == 1


def test_a_time_outside_the_calendar_is_left_out() -> None:
    members = msgspec.json.decode(to_json(Event(topic="a", received=2**62), "log"))
    assert "received" not in members
