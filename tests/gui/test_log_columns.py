"""How the columns share the width."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eventmon.gui.models.log_columns import Column, ColumnChoice, Span, arrange

SPANS = {
    Column.TIME: Span(96, 96, 96),
    Column.DELTA: Span(76, 76, 76),
    Column.TOPIC: Span(120, 156, 220),
    Column.TYPE: Span(96, 120, 120),
    Column.SIZE: Span(80, 80, 80),
    Column.DATA: Span(156, 300, 3_000),
    Column.SEQ: Span(84, 84, 84),
    Column.RECEIVED: Span(180, 180, 180),
    Column.SOURCE: Span(110, 200, 240),
    Column.ID: Span(110, 280, 300),
    Column.SUBJECT: Span(90, 130, 200),
    Column.CONTENT_TYPE: Span(120, 120, 200),
}


def shown(width: int, choice: ColumnChoice | None = None) -> list[str]:
    return [column.name for column in sorted(arrange(width, SPANS, choice or ColumnChoice()))]


def test_columns_leave_from_size_to_delta_as_the_view_gets_narrow() -> None:
    assert shown(1_000) == ["TIME", "DELTA", "TOPIC", "TYPE", "SIZE", "DATA"]
    assert shown(640) == ["TIME", "DELTA", "TOPIC", "TYPE", "DATA"]
    assert shown(470) == ["TIME", "DELTA", "TOPIC", "DATA"]
    assert shown(430) == ["TIME", "TOPIC", "DATA"]
    assert shown(200) == ["TIME", "TOPIC", "DATA"]


def test_the_users_choice_wins_over_the_width() -> None:
    choice = ColumnChoice(shown={Column.SIZE: True, Column.TYPE: False, Column.TIME: False})
    assert shown(1_000, choice) == ["DELTA", "TOPIC", "SIZE", "DATA"]
    assert shown(300, choice) == ["TOPIC", "SIZE", "DATA"]


def test_columns_that_only_some_need_come_by_choice_and_stand_where_they_belong() -> None:
    assert set(shown(4_000)) == {"TIME", "DELTA", "TOPIC", "TYPE", "SIZE", "DATA"}
    choice = ColumnChoice(shown={Column.SEQ: True, Column.SOURCE: True})
    assert {"SEQ", "SOURCE"} <= set(shown(300, choice))
    assert choice.order[:2] == [Column.SEQ, Column.TIME]


def test_a_column_of_a_later_version_comes_in_at_its_place() -> None:
    names = ["time", "delta", "data", "topic", "type", "size"]
    order = ColumnChoice.from_state({"order": names}).order
    assert [column.name.lower() for column in order if column.name.lower() in names] == names
    assert order[0] == Column.SEQ
    assert order.index(Column.SOURCE) == order.index(Column.TYPE) + 1


def test_a_width_the_user_set_is_kept() -> None:
    widths = arrange(1_000, SPANS, ColumnChoice(widths={Column.TOPIC: 333}))
    assert widths[Column.TOPIC] == 333


def test_a_log_never_loses_its_last_column() -> None:
    assert arrange(500, SPANS, ColumnChoice(shown=dict.fromkeys(Column, False))) == {Column.DATA: 500}


@given(width=st.integers(0, 4_000), hidden=st.sets(st.sampled_from(list(Column))))
def test_the_width_is_used_up_and_every_column_has_what_it_needs(width: int, hidden: set[Column]) -> None:
    widths = arrange(width, SPANS, ColumnChoice(shown=dict.fromkeys(hidden, False)))
    least = sum(SPANS[column].least for column in widths)
    assert sum(widths.values()) == max(width, least)
    assert all(widths[column] >= SPANS[column].least for column in widths)


@given(width=st.integers(0, 2_000), more=st.integers(0, 500))
def test_a_wider_view_never_shows_fewer_columns(width: int, more: int) -> None:
    assert set(shown(width)) <= set(shown(width + more))


@given(
    choice=st.builds(
        ColumnChoice,
        shown=st.dictionaries(st.sampled_from(list(Column)), st.booleans()),
        widths=st.dictionaries(st.sampled_from(list(Column)), st.integers(1, 9_999)),
        order=st.permutations(list(Column)),
    )
)
def test_a_choice_comes_back_from_its_state(choice: ColumnChoice) -> None:
    assert ColumnChoice.from_state(choice.to_state()) == choice


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["shown", "widths", "order"]), inner),
)


@given(json_values)
def test_odd_state_is_ignored(state: object) -> None:
    assert sorted(ColumnChoice.from_state(state).order) == list(Column)
