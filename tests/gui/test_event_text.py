"""A payload becomes lines that can be shown: formatted or exact, marked, never too long, its secrets hidden."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmon.gui.models.event_text import (
    LINE_CHARACTERS,
    LOOK_AHEAD,
    LOOK_BACK,
    MOST_FORMATTED,
    PAGE_BYTES,
    PayloadPage,
    formatted_json,
    hard_lines,
    is_text,
    page_text,
)
from tests.gui.test_event_json import PLAIN
from tests.helpers.hostile import HOSTILE_BYTES


def page(data: bytes, offset: int = 0) -> PayloadPage:
    begin = max(0, offset - LOOK_BACK)
    return PayloadPage(
        offset=offset, size=len(data), before=data[begin:offset], data=data[offset : offset + PAGE_BYTES + LOOK_AHEAD]
    )


def shown(data: bytes, offset: int = 0, *, formatted: bool = False, reveal: bool = False) -> str:
    return page_text(page(data, offset), formatted=formatted, reveal=reveal)


@given(PLAIN)
def test_formatting_changes_nothing_but_white_space(document: Any) -> None:
    text = json.dumps(document)
    formatted = formatted_json(text)
    assert formatted is not None
    assert json.loads(formatted) == document
    assert formatted == json.dumps(document, indent=2)


def test_tokens_stay_as_they_were() -> None:
    assert (
        formatted_json(r'{"p\u0061id":1.50,"a":[ ],"b":NaN}') == '{\n  "p\\u0061id": 1.50,\n  "a": [],\n  "b": NaN\n}'
    )


def test_deep_nesting_is_not_formatted_without_end() -> None:
    deep = "[" * 900 + "1," * 20_000 + "1" + "]" * 900
    assert formatted_json(deep) is None
    assert len(shown(deep.encode(), formatted=True)) < MOST_FORMATTED


@pytest.mark.parametrize("length", [4_095, 4_096, 4_097, 9_000])
def test_long_lines_are_broken_and_lose_nothing(length: int) -> None:
    text = "ab\n" + "x" * length
    lines = hard_lines(text).split("\n")
    assert max(map(len, lines)) <= LINE_CHARACTERS
    assert "".join(lines) == "ab" + "x" * length


@given(st.text(alphabet="aë€😀", min_size=1, max_size=60))
def test_pages_join_to_the_payload_wherever_characters_are_cut(part: str) -> None:
    data = (part * (2 * PAGE_BYTES // len(part.encode()) + 1)).encode()
    pages = [shown(data, offset).replace("\n", "") for offset in range(0, len(data), PAGE_BYTES)]
    assert "".join(pages) == data.decode()


def test_a_secret_is_hidden_over_the_edge_of_a_page() -> None:
    for shift in range(0, 40, 3):
        data = b'{"a":"' + b"x" * (PAGE_BYTES - shift - 6) + b'","password":"hunter2hunter2hunter2","total":1}'
        for offset in (0, PAGE_BYTES):
            assert "hunter2" not in shown(data, offset)
            assert "2hunt" not in shown(data, offset)
        whole = shown(data, 0, reveal=True) + shown(data, PAGE_BYTES, reveal=True)
        assert whole.replace("\n", "") == data.decode()


@pytest.mark.parametrize("name", HOSTILE_BYTES)
def test_any_payload_has_lines_of_bounded_length(name: str) -> None:
    for formatted in (False, True):
        text = shown(HOSTILE_BYTES[name], formatted=formatted)
        assert max(map(len, text.split("\n"))) <= LINE_CHARACTERS
        assert not any(ord(letter) < 0x20 and letter not in "\n\t" for letter in text)
        text.encode()


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", True),
        ("Zoë".encode(), True),
        ("Zoë".encode()[:3], True),
        ("€".encode()[:2], True),
        (b"\xff", False),
        (b"a\x00b", False),
        (b"\xc3\x28", False),
        (b"\xed\xa0\x80", False),
    ],
)
def test_text_is_told_from_bytes(data: bytes, text: bool) -> None:
    assert is_text(data) is text
