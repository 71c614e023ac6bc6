"""Built-in arrangements cope with any panels and any width, and give every part its room."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmon.gui.arrangement import (
    BUILT_IN,
    LEAST_WIDTHS,
    BuiltIn,
    arrangement,
    least_height,
    least_width,
    open_panels_of,
    panels_of,
    shared_out,
)

AREAS = {
    "topics": "left",
    "event_log": "centre",
    "event": "right",
    "observers": "bottom",
    "publish": "bottom",
    "counters": "bottom",
}
SUBSETS = [subset for size in range(1, 7) for subset in combinations(AREAS, size)]


@pytest.mark.parametrize("name", BUILT_IN)
@pytest.mark.parametrize("width", [480, 1_000, 1_280, 1_920, 2_560])
def test_every_panel_has_exactly_one_place_whichever_there_are(name: BuiltIn, width: int) -> None:
    for subset in SUBSETS:
        tree = arrangement(name, {panel: AREAS[panel] for panel in subset}, width)
        assert tree is not None
        assert sorted(panels_of(tree)) == sorted(subset)


@pytest.mark.parametrize("name", BUILT_IN)
@pytest.mark.parametrize("width", [1_024, 1_280, 1_920, 2_560])
def test_what_is_open_fits_the_width_and_a_small_screen_s_height(name: BuiltIn, width: int) -> None:
    tree = arrangement(name, AREAS, width)
    assert tree is not None
    assert least_width(tree) <= width
    assert least_height(tree) <= 500


def test_debug_shows_all_six_and_tabs_two_pairs_where_there_is_no_room() -> None:
    wide, narrow = arrangement("debug", AREAS, 1_280), arrangement("debug", AREAS, 1_024)
    assert wide is not None
    assert narrow is not None
    assert open_panels_of(wide) == ["topics", "event_log", "event", "observers", "publish", "counters"]
    assert sorted(open_panels_of(narrow)) == sorted(AREAS)
    assert least_width(narrow) <= 1_024
    assert least_width(wide) > 992


def test_watch_and_publish_close_what_they_do_not_need_and_keep_its_place() -> None:
    watch, publish = arrangement("watch", AREAS, 1_280), arrangement("publish", AREAS, 1_280)
    assert watch is not None
    assert publish is not None
    assert set(AREAS) - set(open_panels_of(watch)) == {"publish", "event"}
    assert set(AREAS) - set(open_panels_of(publish)) == {"counters"}


def test_a_panel_that_no_arrangement_knows_joins_one_of_its_area() -> None:
    tree = arrangement("debug", AREAS | {"topology": "bottom"}, 1_920)
    assert tree is not None
    assert panels_of(tree)[3:5] == ["observers", "topology"]
    alone = arrangement("debug", {"topology": "bottom"}, 1_920)
    assert alone is not None
    assert panels_of(alone) == ["topology"]
    assert arrangement("debug", {}, 1_920) is None


@given(
    st.integers(0, 4_000),
    st.lists(st.tuples(st.floats(0.05, 1), st.sampled_from(sorted(LEAST_WIDTHS.values()))), min_size=1, max_size=4),
)
def test_the_room_is_shared_out_whole_and_nobody_gets_less_than_he_needs(
    room: int, parts: list[tuple[float, int]]
) -> None:
    least = [floor for _, floor in parts]
    sizes = shared_out(room, [share for share, _ in parts], least)
    assert sum(sizes) == room
    if sum(least) <= room:
        assert all(size >= floor - 1 for size, floor in zip(sizes, least, strict=True))
