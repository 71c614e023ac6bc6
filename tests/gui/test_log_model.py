"""The log as a Qt model: every role and orientation, hostile contents, changes that are announced rightly."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from eventmon.engine.requests import Gap, LogRow
from eventmon.gui.models.log_columns import Column
from eventmon.gui.models.log_model import ITEM_ROLE, LogModel
from eventmon.gui.models.row_map import RowMap
from tests.gui.log_script import at, order

ROLES = [*Qt.ItemDataRole, ITEM_ROLE, ITEM_ROLE + 99]
GAP = Gap(id=1, after_seq=3, connection="prod", started=at(3), ended=at(3) + 2_370_000, reason="disconnected")
HOSTILE = "<b>\x00\x1b[31m\u202e\ud800" + "\u0301" * 50


@pytest.fixture
def model(qtbot: QtBot) -> LogModel:
    """Five events and a gap; the fourth event is not here, the fifth no longer kept."""
    model = LogModel()
    model.show(RowMap(1, 5))
    model.add_gaps([GAP])
    model.cache.put(order(seq) for seq in (1, 2, 3))
    model.cache.mark_absent([5])
    model.set_utc(True)
    return model


def test_every_role_and_orientation_answers(model: LogModel) -> None:
    for role in ROLES:
        for orientation in Qt.Orientation:
            for section in (-1, 0, 5, 6, 10_000):
                title = model.headerData(section, orientation, role)
                assert title is None or orientation == Qt.Orientation.Horizontal
        for row in range(model.rowCount()):
            for column in Column:
                model.data(model.index(row, column), role)
        assert model.data(QModelIndex(), role) is None


def test_qts_own_model_checks_pass_over_every_change(model: LogModel) -> None:
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    model.grow(40)
    model.drop_below(10)
    model.add_gaps([msgspec.structs.replace(GAP, id=2, after_seq=20)])
    model.touch(0, 500)
    model.show(RowMap(50, 60, hits=[51, 55]))
    model.reach(40, [41, 44])
    model.grow(70, [66])
    assert [model.rows.item(row) for row in range(model.rowCount())] == [41, 44, 51, 55, 66]
    tester.deleteLater()


def test_texts_are_whole_and_the_same_for_assistive_technology(model: LogModel) -> None:
    index = model.index(1, Column.DATA)
    assert index.data() == order(2).preview.decode()
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == index.data()
    assert model.index(1, Column.DELTA).data() == f"+{(at(2) - at(1)) / 1000:,.1f}"
    assert model.index(0, Column.DELTA).data() == "–"
    assert "2026-11-23T14:07:28" in model.index(0, Column.TIME).data(Qt.ItemDataRole.ToolTipRole)


def test_numbers_stand_at_the_right_and_their_titles_too(model: LogModel) -> None:
    for column in Column:
        cell = model.index(0, column).data(Qt.ItemDataRole.TextAlignmentRole)
        title = model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
        assert cell == title
        assert bool(cell & Qt.AlignmentFlag.AlignRight) == (column in (Column.DELTA, Column.SIZE, Column.SEQ))


def test_rows_without_contents_say_so(model: LogModel) -> None:
    assert model.index(3, Column.TIME).data().startswith("Gap of 2.37 s: prod disconnected")
    assert model.index(3, Column.TOPIC).data() == ""
    assert model.index(4, Column.TIME).data() == "…"
    assert model.index(5, Column.TIME).data() == "No longer kept"
    assert model.seq_at(3) is None
    assert model.event_at(3) is None
    assert model.seq_at(99) is None


def test_names_an_event_is_without_are_a_dash(model: LogModel) -> None:
    plain = LogRow(seq=1, received=at(1), topic="orders/created", type="order.created", size=2, preview=b"{}")
    named = msgspec.structs.replace(
        plain, seq=2, source="/shop", id="a-1", subject="order-1", datacontenttype="text/csv"
    )
    model.cache.put([plain, named])
    names = (Column.SOURCE, Column.ID, Column.SUBJECT, Column.CONTENT_TYPE)
    assert [model.text(0, column) for column in names] == ["–"] * 4
    assert [model.text(1, column) for column in names] == ["/shop", "a-1", "order-1", "text/csv"]
    assert model.text(1, Column.SEQ) == "2"
    assert model.text(1, Column.RECEIVED) == f"2026-11-23 {model.text(1, Column.TIME)}"


def test_delta_counts_from_the_selected_event_when_asked_to(model: LogModel) -> None:
    title = (Column.DELTA, Qt.Orientation.Horizontal)
    assert model.headerData(*title) == "Δ ms"
    model.set_delta_to_row(True)
    assert model.headerData(*title) == "Δ to row"
    assert model.text(0, Column.DELTA) == "–"
    model.set_reference(2)
    later, sooner = (at(3) - at(2)) / 1_000, (at(2) - at(1)) / 1_000
    texts = [model.text(row, Column.DELTA) for row in range(3)]
    assert texts == [f"−{sooner:,.1f}", "+0.0", f"+{later:,.1f}"]
    model.cache.clear()
    model.cache.put([order(3)])
    assert model.text(2, Column.DELTA) == f"+{later:,.1f}", "it is remembered when the row has left the cache"


def test_tooltips_are_never_markup(model: LogModel) -> None:
    evil = LogRow(seq=1, received=at(1), topic="<img src=x>", type="<b>", size=9, preview=b"<h1>big</h1>")
    model.cache.put([evil])
    for column in (Column.TOPIC, Column.TYPE, Column.DATA):
        tip = model.index(0, column).data(Qt.ItemDataRole.ToolTipRole)
        assert "&lt;" in tip
        assert "<img" not in tip
        assert "<h1" not in tip


def test_hostile_text_passes_every_role_of_every_column(model: LogModel) -> None:
    raw = HOSTILE.encode("utf-8", "surrogatepass")
    model.cache.put([LogRow(seq=1, received=2**62, topic=HOSTILE, type=HOSTILE, size=2**40, preview=raw)])
    for role in ROLES:
        for column in Column:
            shown = model.index(0, column).data(role)
            if isinstance(shown, str):
                assert not set(shown) & {"\x00", "\x1b", "\u202e", "\ud800"}


def test_one_insertion_is_announced_however_many_events_came(model: LogModel, qtbot: QtBot) -> None:
    inserted: list[tuple[int, int]] = []
    model.rowsInserted.connect(lambda _parent, first, last: inserted.append((first, last)))
    model.grow(3_305)
    assert inserted == [(6, 3_305)]


def test_an_empty_change_announces_nothing(model: LogModel, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(model.rowsInserted), qtbot.assertNotEmitted(model.rowsRemoved):
        model.grow(5)
        model.drop_below(1)
        model.add_gaps([msgspec.structs.replace(GAP, id=9, after_seq=900)])


def test_only_the_rows_that_arrived_are_called_changed(model: LogModel, qtbot: QtBot) -> None:
    changed: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: changed.append((first.row(), last.row())))
    model.touch(-5, 3)
    model.touch(4, 900)
    model.touch(90, 95)
    assert changed == [(0, 3), (4, 5)]
