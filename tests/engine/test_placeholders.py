"""Placeholders: read once, filled in for each firing, and every mistake with its place."""

from __future__ import annotations

import random
import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmon.engine.placeholders import Firing, PlaceholderError, escape, find_placeholders, read_template

NOW = 1_795_442_848_123_456
"""2026-11-23 14:07:28.123456 UTC."""
BRACES = st.text(alphabet="{}a seq\n", max_size=40)


def firing(seq: int = 48_348) -> Firing:
    return Firing(seq, NOW, random.Random(4))


def filled(text: str) -> str:
    return read_template(text, {"SHOP": "eu"}).fill(firing())


def test_each_placeholder_gives_its_value() -> None:
    assert filled("orders/{{seq}}") == "orders/48348"
    assert filled("{{now}} is {{now.unix}}") == "2026-11-23T14:07:28.123Z is 1795442848"
    assert filled("{{env SHOP}}/{{ seq }}") == "eu/48348"
    assert UUID(filled("{{uuid}}")).version == 7
    assert 20 <= int(filled("{{random 20 900}}")) <= 900
    assert filled("{{random -3 -3}}") == "-3"


def test_what_changes_from_firing_to_firing_does_and_the_rest_does_not() -> None:
    template = read_template('{"order": "{{seq}}", "id": "{{uuid}}", "at": "{{now}} {{now}}"}')
    first, second = template.fill(firing(1)), template.fill(firing(2))
    assert first != second
    moments = re.findall(r"2026\S+?Z", first)
    assert len(moments) == 2
    assert len(set(moments)) == 1


def test_a_random_number_may_be_either_bound() -> None:
    dice = read_template("{{random 1 6}}")
    assert {dice.fill(Firing(1, NOW)) for _ in range(400)} == set("123456")


def test_doubled_braces_are_braces() -> None:
    assert filled("{{{{seq}}") == "{{seq}}"
    assert filled("{{{seq}}}") == "{48348}"
    assert filled('{"a": {"b": {}}}') == '{"a": {"b": {}}}'


@pytest.mark.parametrize(
    ("text", "position", "says"),
    [
        ('{"order": "{{sequence}}"}', 11, "“sequence” is no placeholder"),
        ("paid {{", 5, "is not closed"),
        ("paid {{seq", 5, "is not closed"),
        ("{{}}", 0, "is no placeholder"),
        ("{{uuid 4}}", 0, "nothing follows uuid"),
        ("{{random 6 1}}", 0, "6 is above 1"),
        ("{{random 1}}", 0, "two whole numbers"),
        ("{{random 1 1e9}}", 0, "two whole numbers"),
        ("{{random 1 ٣}}", 0, "two whole numbers"),
        ("{{env}}", 0, "the name of one variable"),
        ("ok {{seq}} {{env NO_SUCH_SHOP}}", 11, "NO_SUCH_SHOP is not set"),
    ],
)
def test_a_mistake_is_said_with_its_place(text: str, position: int, says: str) -> None:
    with pytest.raises(PlaceholderError, match=says) as caught:
        read_template(text, {})
    assert caught.value.position == position
    assert str(caught.value).startswith(f"Position {position + 1}: ")


@given(st.text() | BRACES)
def test_an_escaped_text_comes_back_as_it_was(text: str) -> None:
    template = read_template(escape(text))
    assert template.fill(firing()) == text
    assert template.spans == ()


@given(st.lists(st.sampled_from(["{{seq}}", "{{now.unix}}", "paid", "{", "}", " ", "é\n"]), max_size=12))
def test_the_highlighter_sees_the_placeholders_that_are_filled_in(parts: list[str]) -> None:
    text = " ".join(parts)
    template = read_template(text)
    assert find_placeholders(text) == list(template.spans)
    assert all(text[span.start : span.end] in ("{{seq}}", "{{now.unix}}") for span in template.spans)


@given(st.lists(st.sampled_from(["{{seq}}", "{{random 1 6}}", "order", "{{{{", "x}}"]), max_size=12))
def test_every_place_of_the_filled_text_is_known_in_the_written_one(parts: list[str]) -> None:
    text = " ".join(parts)
    template = read_template(text)
    result, place = template.fill_with_places(firing())
    assert result == template.fill(firing())
    places = [place(position) for position in range(len(result) + 1)]
    assert places == sorted(places)
    assert places[-1] == len(text)
    for position, letter in enumerate(result):
        if letter in "order x":
            assert text[place(position)] == letter


@given(BRACES)
def test_any_text_is_read_or_refused_at_a_place_within_it(text: str) -> None:
    position = 0
    try:
        read_template(text)
    except PlaceholderError as error:
        position = error.position
    assert not position or text.startswith("{{", position)
