"""The observers as Qt sees them: rows keep their place; what fails is marked until it succeeds again."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from eventmon.engine.frame import ObserverStatus
from eventmon.gui.models import observer_texts
from eventmon.gui.models.observer_columns import Column, choices_from, choices_to_save
from eventmon.gui.models.observer_model import ObserverModel
from eventmon.gui.models.observer_states import ObserverStates
from tests.gui.observer_script import ORDERS, PRINTER, REFUNDS, SHOP, STOCK, STOPPED, WAREHOUSE, observer
from tests.helpers.hostile import HOSTILE_TEXTS


def replaced(status: ObserverStatus, **fields: Any) -> ObserverStatus:
    return msgspec.structs.replace(status, **fields)


@pytest.fixture
def model(qapp: QApplication) -> ObserverModel:
    model = ObserverModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.take(SHOP)
    return model


def names(model: ObserverModel) -> list[str]:
    return [str(model.index(row, Column.NAME).data()) for row in range(model.rowCount())]


def test_observers_stand_in_the_order_of_the_engine(model: ObserverModel) -> None:
    assert names(model) == [status.name for status in SHOP]


def test_a_row_keeps_its_place_while_others_come_and_go(model: ObserverModel) -> None:
    kept = QPersistentModelIndex(model.index(2, Column.NAME))
    model.take([ORDERS, REFUNDS, observer("Fraud score")])
    assert names(model) == ["All orders", "Large refunds", "Fraud score"]
    assert kept.isValid()
    assert kept.row() == 0


def test_another_order_is_shown(model: ObserverModel) -> None:
    model.take([PRINTER, WAREHOUSE])
    assert names(model) == ["Label printer", "Notify warehouse"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.sampled_from("abcdef"), unique=True), min_size=1, max_size=6))
def test_any_lists_of_observers_follow_each_other(lists: list[list[str]]) -> None:
    model = ObserverModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    for wanted in lists:
        model.take([observer(name) for name in wanted])
        assert names(model) == wanted


def test_what_stays_the_same_moves_no_row(model: ObserverModel) -> None:
    changes: list[str] = []
    for signal in (model.rowsInserted, model.rowsRemoved, model.modelReset):
        signal.connect(lambda *_: changes.append("moved"))
    model.take([replaced(status, matched=status.matched + 1) for status in SHOP])
    assert changes == []
    assert model.index(2, Column.MATCHED).data() == "402,197"


def test_every_role_of_every_cell_and_header_can_be_asked_for(model: ObserverModel) -> None:
    for role in Qt.ItemDataRole:
        for column in Column:
            for row in range(model.rowCount()):
                model.index(row, column).data(role)
            for orientation in Qt.Orientation:
                model.headerData(column, orientation, role)
        assert model.headerData(99, Qt.Orientation.Horizontal, role) is None
    assert model.data(QModelIndex()) is None


def test_cells_say_figures_in_full() -> None:
    def cells(status: ObserverStatus) -> list[str]:
        return [observer_texts.cell(status, column) for column in Column]

    assert cells(WAREHOUSE) == [
        "On",
        "Notify warehouse",
        "prod/orders/+/created",
        "publish",
        "",
        "41,207",
        "41,038",
        "41",
        "0",
        "128",
        "96 ms",
        "412 ms",
        "–",
        "The broker refused the event: the topic is read-only. (seq 1,198,735)",
    ]
    assert observer_texts.cell(ORDERS, Column.VALUES) == "count 402,196, sum 18,204,211.5"
    assert observer_texts.cell(PRINTER, Column.ON) == "Off"
    assert observer_texts.cell(REFUNDS, Column.P50) == "–"


@pytest.mark.parametrize(
    ("figure", "shown"),
    [
        (0.0, "0"),
        (1_204.0, "1,204"),
        (0.5, "0.5"),
        (1 / 3, "0.333"),
        (-2.0, "-2"),
        (1e300, "1e+300"),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
    ],
)
def test_figures_of_a_kind_are_short(figure: float, shown: str) -> None:
    assert observer_texts.number(figure) == shown


def test_a_row_is_read_aloud_whole(model: ObserverModel) -> None:
    spoken = model.index(5, Column.NAME).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == (
        "Mirror to staging, stopped, publish, prod/#, 402,196 matched, 5 failed, 0 pending, "
        "Stopped after 5 failures in a row (the connection is not there). Fix it, then resume it."
    )
    assert model.index(0, Column.FAILED).data(Qt.ItemDataRole.AccessibleTextRole) == "Failed 41"


def test_the_note_counts_what_needs_a_look(model: ObserverModel) -> None:
    assert observer_texts.note(model.states.numbers()) == "6 attached, 1 paused, 1 stopped, 1 failing, 1 slow"
    model.take([ORDERS])
    assert observer_texts.note(model.states.numbers()) == "1 attached"
    model.take([])
    assert observer_texts.note(model.states.numbers()) == ""


def test_an_observer_fails_until_it_succeeds_and_nothing_fails() -> None:
    states = ObserverStates()

    def condition(failed: int, delivered: int) -> str:
        status = observer("Notify warehouse", failed=failed, delivered=delivered)
        states.take([status])
        return states.condition(status)

    assert condition(0, 10) == "fine"
    assert condition(1, 10) == "failing"
    assert condition(1, 10) == "failing", "nothing happened since"
    assert condition(2, 11) == "failing", "some succeed, some fail"
    assert condition(2, 12) == "fine"
    assert condition(0, 0) == "fine", "counted anew"


def test_an_observer_that_has_failed_before_the_window_looked_is_marked() -> None:
    states = ObserverStates()
    states.take([WAREHOUSE])
    assert states.condition(WAREHOUSE) == "failing"


def test_an_observer_whose_queue_fills_is_slow_and_a_paused_one_is_just_paused() -> None:
    states = ObserverStates()
    states.take(SHOP)
    assert [states.condition(status) for status in (STOCK, ORDERS, PRINTER, STOPPED)] == [
        "slow",
        "fine",
        "paused",
        "stopped",
    ]


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_hostile_texts_are_shown_as_they_are(model: ObserverModel, name: str) -> None:
    text = HOSTILE_TEXTS[name]
    hostile = observer(
        text, kind=text, pattern=text, why=text, last_error=text, last_error_seq=3, values={text: 1.5, "n": 2.0}
    )
    model.take([hostile])
    for column in Column:
        shown = model.index(0, column).data()
        assert "\n" not in shown
        assert "\x00" not in shown
        tooltip = model.index(0, column).data(Qt.ItemDataRole.ToolTipRole)
        assert "<img" not in tooltip
        assert "<table" not in tooltip
    assert observer_texts.detach_question(hostile).startswith("Detach “")
    assert len(observer_texts.detach_question(hostile)) < 300


def test_a_choice_of_columns_comes_back_and_nonsense_is_left_out() -> None:
    choices: dict[int, bool] = {Column.VALUES: True, Column.P99: False}
    assert choices_from(choices_to_save(choices)) == choices
    assert choices_from({"values": "yes", "orders": True, "on": False, "name": False}) == {}
    assert choices_from("values") == {}
