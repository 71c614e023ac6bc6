"""Texts in TOML files: read back as they were, by the standard library and by the library that edits such files."""

from __future__ import annotations

import tomllib

import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from eventmon.engine.toml_text import text_item

awkward = st.lists(
    st.sampled_from(["'", '"', "\\", "\n", "\r", "\t", "\x00", "\x0b", "\x7f", "{", "}", "#", "é", "\u2028", "order"]),
    max_size=12,
).map("".join)


@given(awkward | st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_a_text_is_read_back_as_it_was_and_stays_when_the_file_is_edited(text: str) -> None:
    document = tomlkit.parse("format = 1\n")
    document["data"] = text_item(text)
    document["after"] = 1
    written = tomlkit.dumps(document)
    assert tomllib.loads(written) == {"format": 1, "data": text, "after": 1}
    again = tomlkit.parse(written)
    assert again["data"] == text
    assert tomlkit.dumps(again) == written


def test_json_stands_as_json_over_as_many_lines_as_it_has() -> None:
    body = '{\n  "note": "a \\"quoted\\" word"\n}'
    document = tomlkit.document()
    document["data"] = text_item(body)
    document["line"] = text_item('{"order": 7}')
    document["plain"] = text_item("orders/eu")
    assert tomlkit.dumps(document) == f"data = '''\n{body}'''\nline = '{{\"order\": 7}}'\nplain = \"orders/eu\"\n"
