"""Native names as topics and as items of lists: whatever the bytes, they come back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmon.connectors.names import check_separator, item_of, native_name, native_of, topic_path
from eventmon.core.errors import UserError
from eventmon.core.topic import validate_topic

NAMES = st.one_of(
    st.binary(max_size=60),
    st.text(st.sampled_from("ab:/%+#.\0é€ ,*?[]$-"), max_size=40).map(str.encode),
)
SEPARATORS = st.sampled_from([":", ".", "/", "::", "-", ""])


@given(NAMES, SEPARATORS)
def test_a_name_comes_back_from_its_topic_byte_for_byte(native: bytes, separator: str) -> None:
    path = topic_path(native, separator)
    assert native_name(path, separator) == native
    if native.count(b"/") < 100:
        validate_topic(f"prod/{path}")


@given(NAMES)
def test_a_name_comes_back_from_a_list_of_items(native: bytes) -> None:
    item = item_of(native)
    assert native_of(item) == native
    assert "," not in item
    assert item.strip() == item


@given(NAMES, NAMES, SEPARATORS)
def test_two_names_never_share_a_topic(one: bytes, other: bytes, separator: str) -> None:
    assert (topic_path(one, separator) == topic_path(other, separator)) == (one == other)


@pytest.mark.parametrize(
    ("native", "path"),
    [
        (b"orders:eu:created", "orders/eu/created"),
        (b"orders/eu", "orders%2Feu"),
        (b"#general", "%23general"),
        (b"100%", "100%25"),
        (b"a+b\x00", "a%2Bb%00"),
        (b"caf\xc3\xa9:\xff", "café/%FF"),
        (b":", "/"),
        (b"", ""),
    ],
)
def test_levels_follow_the_separator_and_keep_what_a_topic_cannot_hold_encoded(native: bytes, path: str) -> None:
    assert topic_path(native, ":") == path


def test_plain_names_stand_in_lists_as_they_are() -> None:
    assert item_of(b"orders.*") == "orders.*"
    assert item_of(b"a,b c%") == "a%2Cb%20c%25"


@pytest.mark.parametrize("separator", ["%", "+", "#", "\0", "€", "a,b"])
def test_what_cannot_part_levels_is_refused(separator: str) -> None:
    with pytest.raises(UserError, match="separator"):
        check_separator(separator)
