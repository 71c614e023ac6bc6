"""The plot shows the busiest lines, calmly, on round scales, and exports what a spreadsheet cannot run."""

from __future__ import annotations

import csv
import io
from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmon.gui.models.rate_groups import Group, RateGroups
from eventmon.gui.models.rate_lines import (
    FIRST_DASHED,
    MAX_LINES,
    LineChoice,
    RateLine,
    nice_ceiling,
    rates_as_csv,
    safe_cell,
    ticks,
)
from tests.gui.test_rate_groups import frame
from tests.helpers.hostile import HOSTILE_TEXTS
from tests.helpers.scripted_engine import topic

NEWEST = 1_795_442_848


def shown(choice: LineChoice) -> list[str]:
    return [line.group.name for line in choice.lines("branches", 60)]


def test_the_busiest_groups_are_shown() -> None:
    groups = RateGroups()
    choice = LineChoice(groups)
    groups.take(frame(0, [topic(name, 9, rate) for name, rate in zip("abcdef", (5, 60, 40, 1, 30, 20), strict=True)]))
    assert shown(choice) == ["b", "c", "e", "f"]
    assert choice.known == 6


def test_a_line_stays_until_another_is_clearly_busier() -> None:
    groups = RateGroups()
    choice = LineChoice(groups)
    groups.take(frame(0, [topic(name, 9, 100.0) for name in "abcd"]))
    assert shown(choice) == ["a", "b", "c", "d"]
    groups.take(frame(1, [topic("e", 9, 210.0)]))
    assert shown(choice) == ["a", "b", "c", "d"]
    groups.take(frame(2, [topic("e", 9, 400.0)]))
    assert shown(choice) == ["a", "b", "c", "e"]


def test_a_group_keeps_its_colour_and_its_place_while_it_comes_and_goes() -> None:
    groups = RateGroups()
    choice = LineChoice(groups)
    groups.take(frame(0, [topic("orders", 9, 10.0)]))
    first = choice.lines("branches", 60)[0]
    groups.take(frame(1, [topic(name, 9, 500.0) for name in "abcd"]))
    assert "orders" not in shown(choice)
    groups.take(frame(2, [topic("orders", 9, 50_000.0)]))
    again = next(line for line in choice.lines("branches", 60) if line.group.name == "orders")
    assert (first.color, again.color) == (0, 0)


def test_from_the_fifth_colour_on_lines_are_dashed() -> None:
    line = RateLine(Group("branches", "orders"), FIRST_DASHED, [])
    assert line.dashed
    assert not RateLine(Group("branches", "orders"), MAX_LINES - 1, []).dashed


@given(st.floats(1e-9, 1e15))
def test_the_scale_is_round_and_just_above_the_top(top: float) -> None:
    ceiling = nice_ceiling(top)
    assert top <= ceiling * (1 + 1e-6)
    assert ceiling <= max(1.0, top * 2)


@given(st.floats(0, 1e12), st.integers(-3, 9))
def test_ticks_are_even_from_zero_to_the_ceiling(top: float, most: int) -> None:
    ceiling = nice_ceiling(top)
    marks = ticks(ceiling, most)
    assert marks[0] == 0
    assert marks[-1] == ceiling
    assert 2 <= len(marks) <= max(2, most + 1)


def test_scales_people_like() -> None:
    assert ticks(nice_ceiling(1_800)) == [0, 500, 1_000, 1_500, 2_000]
    assert ticks(nice_ceiling(1_400)) == [0, 500, 1_000, 1_500]
    assert ticks(nice_ceiling(0)) == [0, 1]
    assert nice_ceiling(nan) == 1


def test_csv_holds_seconds_in_utc_and_leaves_out_what_nobody_measured() -> None:
    line = RateLine(Group("branches", "orders"), 0, [nan, 4.0, 5.25])
    other = RateLine(Group("branches", "cart"), 1, [nan, nan, 1.0])
    rows = list(csv.reader(io.StringIO(rates_as_csv([line, other], NEWEST, ["orders", "cart"]))))
    assert rows == [
        ["time", "orders", "cart"],
        ["2026-11-23T14:07:27Z", "4.000", ""],
        ["2026-11-23T14:07:28Z", "5.250", "1.000"],
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_looks_like_a_formula_is_text(start: str) -> None:
    assert safe_cell(f"{start}SUM(A1)") == f"'{start}SUM(A1)"
    assert safe_cell(f"orders{start}") == f"orders{start}"


@pytest.mark.parametrize("name", sorted(HOSTILE_TEXTS))
def test_hostile_names_come_back_from_the_csv(name: str) -> None:
    text = HOSTILE_TEXTS[name].replace("\x00", "")
    line = RateLine(Group("branches", text), 0, [1.0])
    table = rates_as_csv([line], NEWEST, [text])
    csv.field_size_limit(1_000_000)
    assert next(csv.reader(io.StringIO(table, newline="")))[1] == safe_cell(text)
