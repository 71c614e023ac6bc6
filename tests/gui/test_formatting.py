"""Numbers and foreign text read as people read them, and nothing that arrives can break the formatting."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmon.gui import formatting
from tests.helpers.hostile import HOSTILE_BYTES, HOSTILE_TEXTS

AFTERNOON = 1_795_442_846_389_123


@pytest.mark.parametrize(
    ("per_second", "text"),
    [(0, "0/s"), (0.01, "<0.1/s"), (0.4, "0.4/s"), (6, "6/s"), (742.3, "742/s"), (2_915, "2,915/s"), (-1, "0/s")],
)
def test_rates_keep_a_decimal_only_where_it_says_something(per_second: float, text: str) -> None:
    assert formatting.rate(per_second) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1204, "1,204"),
        (48_311.95, "48,311.95"),
        (2.5, "2.5"),
        (-3, "-3"),
        (0.001, "0"),
        (1e300, "1e+300"),
        (float("nan"), "nan"),
    ],
)
def test_figures_are_exact_to_two_decimals(value: float, text: str) -> None:
    assert formatting.number(value) == text


def test_a_rate_that_is_no_number_is_nothing() -> None:
    assert formatting.rate(float("nan")) == formatting.rate(float("inf")) == "0/s"


@pytest.mark.parametrize(
    ("n", "text"),
    [(0, "0 B"), (79, "79 B"), (1023, "1023 B"), (1024, "1 KiB"), (64_102, "62.6 KiB"), (1024**2 - 1, "1 MiB")],
)
def test_sizes_use_the_unit_that_fits(n: int, text: str) -> None:
    assert formatting.size(n) == text


@pytest.mark.parametrize(("n", "text"), [(0, "0 MiB"), (212 * 1024**2, "212 MiB"), (2 * 1024**3, "2 GiB")])
def test_storage_is_no_finer_than_anyone_asks(n: int, text: str) -> None:
    assert formatting.storage(n) == text


@pytest.mark.parametrize(
    ("us", "text"),
    [
        (3, "3 µs"),
        (412_000, "412 ms"),
        (999_600, "1 s"),
        (1_200_000, "1.2 s"),
        (59_960_000, "1 min"),
        (125_000_000, "2 min 5 s"),
        (12_000_000_000, "3 h 20 min"),
        (187_200_000_000, "2 d 4 h"),
        (-1_200_000, "-1.2 s"),
    ],
)
def test_durations_use_the_unit_that_fits(us: int, text: str) -> None:
    assert formatting.duration(us) == text


def test_a_count_has_separators() -> None:
    assert formatting.count(1_204_551) == "1,204,551"


def test_a_time_has_milliseconds_and_a_day_is_dated() -> None:
    assert formatting.clock(AFTERNOON, utc=True) == "14:07:26.389"
    assert formatting.day(AFTERNOON, utc=True) == "2026-11-23"


@given(st.integers(min_value=-(2**70), max_value=2**70), st.booleans())
def test_no_time_is_too_odd_for_the_clock(us: int, utc: bool) -> None:
    assert formatting.clock(us, utc)
    assert formatting.day(us, utc)


def test_plain_text_is_left_alone() -> None:
    assert (
        formatting.one_line('{"order":"48348","customer":"Zoë 二楼"}'.encode())
        == '{"order":"48348","customer":"Zoë 二楼"}'
    )


def test_line_ends_swallow_indentation() -> None:
    assert formatting.one_line(b'{\r\n    "total": 12\n}') == '{⏎"total": 12⏎}'


def test_a_direction_override_is_a_mark() -> None:
    assert formatting.one_line("invoice\u202egnp.exe") == "invoice⟨RLO⟩gnp.exe"


def test_a_cut_text_ends_in_an_ellipsis() -> None:
    assert formatting.one_line(b"x" * 600, 20) == "x" * 19 + "…"
    assert formatting.one_line(b"x" * 20, 20) == "x" * 20


def test_longer_texts_keep_their_lines() -> None:
    assert formatting.lines("first\r\n\tsecond\x00") == "first\n\tsecond␀"


@pytest.mark.parametrize("name", HOSTILE_BYTES)
def test_hostile_bytes_become_one_bounded_line(name: str) -> None:
    assert_is_shown_safely(formatting.one_line(HOSTILE_BYTES[name], 200), 200)


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_hostile_texts_become_one_bounded_line(name: str) -> None:
    assert_is_shown_safely(formatting.one_line(HOSTILE_TEXTS[name], 200), 200)


@given(st.binary(max_size=200) | st.text(alphabet=st.characters(), max_size=200))
def test_anything_becomes_one_bounded_line(data: bytes | str) -> None:
    assert_is_shown_safely(formatting.one_line(data, 50), 50)


def assert_is_shown_safely(shown: str, limit: int) -> None:
    assert len(shown) <= limit
    shown.encode()
    assert not any(ord(character) < 0x20 or 0x7F <= ord(character) < 0xA0 for character in shown)
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u2028\u2029")


def test_paths_are_short_and_cut_where_they_say_least() -> None:
    home = str(Path.home())
    assert formatting.short_path(f"{home}/shop/friday.eventmon") == "~/shop/friday.eventmon"
    assert formatting.short_path(home) == "~"
    assert formatting.short_path(f"{home}s/shop") == f"{home}s/shop"
    assert formatting.short_path("/srv/shop/archive/2026/friday.eventmon", 20) == "…026/friday.eventmon"
