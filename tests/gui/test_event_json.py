"""JSON is read without losing anything, and what cannot be read is said in a sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmon.gui.models.event_json import (
    JsonNumber,
    JsonObject,
    JsonWord,
    NotReadable,
    doubled_names,
    mark_of,
    read_json,
    written,
)
from tests.helpers.hostile import HOSTILE_BYTES

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(PLAIN)
def test_what_is_read_is_written_as_the_same_document(document: Any) -> None:
    assert json.loads(written(read_json(json.dumps(document).encode()), reveal=True)) == document


@pytest.mark.parametrize("number", ["49.50", "1E400", "-0", "1" * 5_000, "9223372036854775808"])
def test_a_number_stays_as_it_was_written(number: str) -> None:
    value = read_json(number.encode())
    assert (type(value), value) == (JsonNumber, number)


def test_names_given_twice_are_kept_and_known() -> None:
    value = read_json(b'{"total":1,"order":2,"total":3}')
    assert value == [("total", "1"), ("order", "2"), ("total", "3")]
    assert isinstance(value, JsonObject)
    assert doubled_names(value) == {"total"}


@pytest.mark.parametrize(
    ("data", "mark"),
    [
        (b"NaN", "not JSON"),
        (b"-Infinity", "not JSON"),
        (b"9223372036854775807", ""),
        (b"9223372036854775808", "beyond 64 bits"),
        (b"-9223372036854775808", ""),
        (b"-9223372036854775809", "beyond 64 bits"),
        (b"1" * 5_000, "beyond 64 bits"),
        (rb'"\ud800"', "lone surrogate"),
        (rb'"\ud83d\ude00"', ""),
        (b'"NaN"', ""),
        (b"true", ""),
    ],
)
def test_what_other_readers_would_change_is_marked(data: bytes, mark: str) -> None:
    assert mark_of(read_json(data)) == mark


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"[" * 100_000, "nests too deep"),
        (b'{"order":' * 50_000 + b"1" + b"}" * 50_000, "nests too deep"),
        (b'{"order": }', "Line 1, column 11: expecting value"),
        (b'"\xed\xa0\x80"', "Byte 1 is not UTF-8"),
        (b"", "expecting value"),
    ],
)
def test_what_cannot_be_read_is_said(data: bytes, why: str) -> None:
    with pytest.raises(NotReadable, match=why):
        read_json(data)


@pytest.mark.parametrize("name", HOSTILE_BYTES)
def test_hostile_bytes_are_refused_in_a_sentence(name: str) -> None:
    with pytest.raises(NotReadable, match=r"\.$"):
        read_json(HOSTILE_BYTES[name])


def test_secrets_are_left_out_of_what_is_written() -> None:
    value = read_json(b'[{"token":{"a":1},"b":[true,null,NaN]}]')
    assert written(value, reveal=False) == '[{"token": "•••", "b": [true, null, NaN]}]'
    assert written(value, reveal=True) == '[{"token": {"a": 1}, "b": [true, null, NaN]}]'
    assert isinstance(read_json(b"NaN"), JsonWord)
