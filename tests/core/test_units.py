"""Amounts are written as people read them, and read back exactly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmon.core.errors import UserError
from eventmon.core.units import read_amount, written_amount


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("2 GiB", "bytes", 2 * 1024**3),
        ("2gib", "bytes", 2 * 1024**3),
        ("500 MB", "bytes", 500_000_000),
        ("1.5 GiB", "bytes", 3 * 512 * 1024**2),
        ("1,5 KiB", "bytes", 1536),
        (" 7 B ", "bytes", 7),
        ("7 bytes", "bytes", 7),
        ("30", "days", 30),
        ("30 days", "days", 30),
        ("1 day", "days", 1),
        ("2 weeks", "days", 14),
        ("0 days", "days", 0),
    ],
)
def test_what_people_write_is_understood(text: str, unit: str, value: int) -> None:
    assert read_amount(text, unit) == value


@pytest.mark.parametrize("text", ["", "many", "-3 GiB", "2 parsecs", "GiB", "2 GiB 3", "2147483648", "1.2.3 KiB", "²"])
def test_what_is_no_size_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UserError, match="like 500 MiB or 2 GiB is expected"):
        read_amount(text, "bytes")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (2 * 1024**3, "bytes", "2 GiB"),
        (2_000_000_000, "bytes", "2 GB"),
        (1_537, "bytes", "1537 B"),
        (30, "days", "30 days"),
        (14, "days", "14 days"),
        (1, "days", "1 day"),
    ],
)
def test_amounts_are_written_in_the_largest_unit_that_is_exact(value: int, unit: str, text: str) -> None:
    assert written_amount(value, unit) == text


@given(st.integers(0, 2**49), st.sampled_from(["bytes", "days"]))
def test_every_amount_comes_back_exactly(value: int, unit: str) -> None:
    assert read_amount(written_amount(value, unit), unit) == value
