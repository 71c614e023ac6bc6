"""The list of found names: bounded, findable, ticked by mouse and keys, honest about how far it has come."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from eventmon.engine.requests import BrowsedNames, FoundName
from eventmon.gui.dialogs.browse_names import BrowseNames
from eventmon.gui.models.found_names import MOST, FoundNames
from eventmon.gui.theme.theme import Theme
from tests.gui.conftest import Screenshot
from tests.helpers.hostile import HOSTILE_TEXTS

FIELDS = {"streams": ("Streams", ["audit", "gone"]), "channels": ("Channels", ["orders.*"])}


def found(*items: str, field: str = "channels") -> list[FoundName]:
    return [FoundName(field=field, item=item, note="2 listen") for item in items]


@pytest.fixture
def names() -> FoundNames:
    return FoundNames(FIELDS)


@pytest.fixture
def dialog(theme: Theme, qtbot: QtBot) -> BrowseNames:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    dialog = BrowseNames(theme, FIELDS, window)
    dialog.open()
    dialog._window = window  # type: ignore[attr-defined]  # lives as long as the dialog
    return dialog


def shown(names: FoundNames) -> list[str]:
    return [str(names.index(row, 0).data()) for row in range(names.rowCount())]


def test_the_model_keeps_to_what_qt_asks_of_models(names: FoundNames, qtbot: QtBot) -> None:
    QAbstractItemModelTester(names, QAbstractItemModelTester.FailureReportingMode.Fatal)
    names.take(found("orders.eu", "orders.us"))
    names.find("us")
    names.toggle(names.index(0, 0))
    names.sort(0, Qt.SortOrder.DescendingOrder)
    names.find("")
    for role in Qt.ItemDataRole:
        for orientation in Qt.Orientation:
            names.headerData(7, orientation, role)
        names.data(names.index(0, 0), role)
        names.data(QModelIndex(), role)


def test_what_the_form_has_is_ticked_and_what_is_not_found_stays(names: FoundNames) -> None:
    names.take(found("audit", field="streams"))
    names.take(found("orders.eu"))
    assert names.index(0, 0).data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
    names.toggle(names.index(0, 0))
    names.toggle(names.index(1, 0))
    assert names.lists() == {"streams": ["gone"], "channels": ["orders.*", "orders.eu"]}


def test_names_are_found_by_a_part_and_ticks_out_of_sight_stay(names: FoundNames) -> None:
    names.take(found("Orders.EU", "payments.failed"))
    names.toggle(names.index(1, 0))
    names.find("orders")
    assert shown(names) == ["Orders.EU"]
    names.take(found("refunds", "orders.us"))
    assert shown(names) == ["Orders.EU", "orders.us"]
    assert names.lists()["channels"] == ["orders.*", "payments.failed"]


def test_a_name_is_listed_once_and_never_too_many(names: FoundNames) -> None:
    names.take(found("orders.eu", "orders.eu"))
    names.take(found("orders.eu"))
    assert names.found == 1
    names.take(found(*(f"orders.{number}" for number in range(MOST + 50))))
    assert names.found == MOST
    assert names.full


def test_a_field_that_the_form_does_not_have_is_left_out(names: FoundNames) -> None:
    names.take(found("orders", field="subjects"))
    assert names.found == 0


def test_space_and_clicks_tick(dialog: BrowseNames) -> None:
    dialog.take(BrowsedNames(found=found("orders.eu", "orders.us")))
    dialog.view.setFocus()
    dialog.view.setCurrentIndex(dialog.names.index(1, 0))
    QTest.keyClick(dialog.view, Qt.Key.Key_Space)
    assert dialog.lists()["channels"] == ["orders.*", "orders.us"]
    place = dialog.view.visualRect(dialog.names.index(0, 1)).center()
    QTest.mouseClick(dialog.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert dialog.names.ticked() == 2
    assert dialog.progress.text() == "Looked at 0, 2 ticked"


def test_it_says_how_far_it_has_come_and_when_it_is_cut(dialog: BrowseNames) -> None:
    dialog.take(BrowsedNames(found=found("orders.eu"), cursor="3", looked_at=1_000, total=48_000))
    assert dialog.progress.text() == "Looked at 1,000 of about 48,000"
    assert dialog.stop_button.isVisible()
    many = found(*(f"orders.{number}" for number in range(MOST)))
    dialog.take(BrowsedNames(found=many, cursor="4", looked_at=20_000, total=48_000))
    assert not dialog.running
    assert dialog.progress.text() == "The first 10,000 names; find the rest by a pattern"
    assert not dialog.stop_button.isVisible()


def test_nothing_found_says_so(dialog: BrowseNames) -> None:
    dialog.take(BrowsedNames(found=[], looked_at=12))
    assert not dialog.view.isVisible()


def test_names_are_in_order_when_all_are_there(dialog: BrowseNames) -> None:
    dialog.take(BrowsedNames(found=found("payments", "audit"), cursor="1"))
    assert shown(dialog.names) == ["payments", "audit"]
    dialog.take(BrowsedNames(found=found("orders")))
    assert shown(dialog.names) == ["audit", "orders", "payments"]


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_hostile_names_are_shown_as_they_are(dialog: BrowseNames, name: str) -> None:
    text = HOSTILE_TEXTS[name]
    dialog.take(BrowsedNames(found=[FoundName(field="channels", item=text, note=text)]))
    dialog.show_error(text)
    dialog.grab()
    index = dialog.names.index(0, 0)
    assert "\n" not in str(index.data())
    assert len(str(index.data())) < 1_200
    tip = str(index.data(Qt.ItemDataRole.ToolTipRole) or "")
    assert "<" not in tip.removeprefix("<qt>").removesuffix("</qt>").replace("<br>", "")
    dialog.names.toggle(index)
    assert text in dialog.lists()["channels"]


def test_the_list_looks_finished(dialog: BrowseNames, save_screenshot: Screenshot) -> None:
    dialog.take(BrowsedNames(found=[*found("audit", field="streams"), *found("orders.*", "orders.eu")], looked_at=3))
    assert save_screenshot(dialog, "browse").is_file()
