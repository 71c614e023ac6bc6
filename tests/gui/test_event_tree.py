"""The tree of fields: made as it is opened, the same fields open for the next event, secrets hidden until revealed."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from eventmon.gui.models.event_fields import FieldNode, path_text
from eventmon.gui.models.event_json import JsonObject, read_json
from eventmon.gui.models.event_rows import PAGE
from eventmon.gui.models.event_tree import FIELD, VALUE, EventTreeModel
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.event_tree_view import EventTreeView
from tests.gui.conftest import Screenshot
from tests.gui.event_script import ORDER, SHIPMENT
from tests.helpers.hostile import HOSTILE_TEXTS


@pytest.fixture
def model(qapp: QApplication) -> EventTreeModel:
    return EventTreeModel(("Field", "Value"))


@pytest.fixture
def view(theme: Theme, model: EventTreeModel, qtbot: QtBot) -> EventTreeView:
    view = EventTreeView(theme, model, "Fields")
    qtbot.addWidget(view)
    view.resize(320, 400)
    view.show()
    return view


def rows(view: EventTreeView) -> list[str]:
    """What is open, as ``name value`` from the top down."""
    model = view.model()
    found = []
    index = model.index(0, FIELD)
    while index.isValid():
        found.append(f"{index.data()} {index.siblingAtColumn(VALUE).data()}")
        index = view.indexBelow(index)
    return found


def field(model: EventTreeModel, *path: str | int) -> FieldNode:
    """The field at a path, its rows made."""
    node = model.root
    for key in path:
        node = next(child for child in model.fields(node) if child.key == key)
    return node


def test_rows_are_made_when_they_are_opened_and_qt_finds_them_sound(model: EventTreeModel) -> None:
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    tester.setUseFetchMore(False)
    model.show_value(read_json(ORDER))
    customer = model.index(1, FIELD)
    assert model.canFetchMore(customer)
    assert model.rowCount(customer) == 0
    model.fetchMore(customer)
    assert [model.index(row, FIELD, customer).data() for row in range(3)] == ["id", "name", "password"]
    model.show_value(read_json(SHIPMENT))
    assert tester.model() is model


def test_every_role_and_section_is_answered(model: EventTreeModel) -> None:
    model.show_value(read_json(ORDER))
    for role in range(40):
        for index in (QModelIndex(), model.index(0, FIELD), model.index(2, VALUE)):
            model.data(index, role)
        for section in (-1, 0, 1, 2, 500):
            for orientation in Qt.Orientation:
                model.headerData(section, orientation, role)


def test_an_index_that_outlives_its_event_finds_nothing_wrong(model: EventTreeModel) -> None:
    model.show_value(read_json(b"[" + b"1," * 400 + b"1]"))
    old = model.index(300, VALUE)
    model.show_value(read_json(b"{}"))
    model.data(old)
    model.parent(old)
    assert model.rowCount() == 0


def test_values_are_told_as_they_are(view: EventTreeView) -> None:
    view.show_value(read_json(ORDER))
    assert rows(view) == [
        'order "48348"',
        "customer 3 fields",
        'id "cus_81f0c2"',
        'name "Zoë Martin"',
        "password •••",
        "total 49.50",
        "items 2 items",
        "0 2 fields",
        'sku "TSH-204-M"',
        "quantity 2",
        "1 2 fields",
        "express true",
        "coupon null",
    ]


def test_a_payload_that_is_one_value_has_one_row(view: EventTreeView) -> None:
    view.show_value(read_json(b"48348"))
    assert rows(view) == ["(value) 48348"]


def test_what_was_opened_and_closed_is_so_for_the_next_event_of_any_topic(view: EventTreeView) -> None:
    view.show_value(read_json(ORDER))
    model: Any = view.model()
    view.collapse(model.index_of(field(model, "customer")))
    view.expand(model.index_of(field(model, "items", 1)))
    view.setCurrentIndex(model.index_of(field(model, "items", 0, "sku")))
    view.show_value(read_json(SHIPMENT))
    assert rows(view) == ['parcel "P-1"', "customer 1 field", "items 1 item", "0 1 field", 'sku "TSH-204-M"']
    current = view.current_node()
    assert current is not None
    assert current.path() == ("items", 0, "sku")
    view.show_value(read_json(b"[]"))
    view.show_value(read_json(ORDER))
    assert "id" not in " ".join(rows(view))
    assert rows(view)[-4:] == ['sku "CAP-1"', "quantity 1", "express true", "coupon null"]


def test_a_hidden_value_asks_to_be_shown_when_clicked_and_by_enter(view: EventTreeView) -> None:
    view.show_value(read_json(b'{"secret":{"pin":1234},"total":1}'))
    model: Any = view.model()
    assert rows(view) == ["secret •••", "total 1"]
    asked: list[str] = []
    view.revealAsked.connect(lambda: asked.append("click"))
    value = view.visualRect(model.index(0, VALUE)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=value)
    view.setCurrentIndex(model.index(0, FIELD))
    QTest.keyClick(view, Qt.Key.Key_Return)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(value.x(), value.y() + 22))
    assert asked == ["click", "click"]
    view.set_revealed(True)
    view.expand(model.index(0, FIELD))
    assert rows(view) == ["secret 1 field", "pin 1234", "total 1"]


def test_a_copy_of_a_hidden_value_is_hidden_too(view: EventTreeView) -> None:
    view.show_value(read_json(ORDER))
    model: Any = view.model()
    copies = []
    for path in (("customer", "password"), ("customer",), ("order",), ("total",)):
        view.setCurrentIndex(model.index_of(field(model, *path)))
        view.copy_value()
        copies.append(QGuiApplication.clipboard().text())
    customer = '{"id": "cus_81f0c2", "name": "Zoë Martin", "password": "•••"}'
    assert copies == ["•••", customer, "48348", "49.50"]


def test_the_path_of_a_field_is_copied(view: EventTreeView) -> None:
    view.show_value(read_json(ORDER))
    model: Any = view.model()
    view.setCurrentIndex(model.index_of(field(model, "items", 0, "sku")))
    view.copy_path()
    assert QGuiApplication.clipboard().text() == "items[0].sku"
    assert path_text(("odd name", 3, "a.b")) == '["odd name"][3]["a.b"]'


def test_a_long_list_comes_in_pages(view: EventTreeView) -> None:
    view.show_value(read_json(b"[" + b",".join(b"%d" % number for number in range(1_200)) + b"]"))
    model: Any = view.model()
    assert model.rowCount() == PAGE + 1
    view.setCurrentIndex(model.index(PAGE, FIELD))
    assert model.index(PAGE, FIELD).data() == "700 more"
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert model.rowCount() == 2 * PAGE + 1
    more = view.visualRect(model.index(2 * PAGE, FIELD))
    view.scrollTo(model.index(2 * PAGE, FIELD))
    more = view.visualRect(model.index(2 * PAGE, FIELD))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=more.center())
    assert model.rowCount() == 1_200
    assert model.index(1_199, VALUE).data() == "1199"


def test_a_name_given_twice_and_a_number_too_large_are_marked(model: EventTreeModel) -> None:
    model.show_value(read_json(b'{"total":1,"total":9223372036854775808,"x":' + b"9" * 5_000 + b',"rate":NaN}'))
    texts = model.texts
    marks = [texts.mark(node) for node in model.fields(model.root)]
    assert marks == ["name given twice", "name given twice", "beyond 64 bits", "not JSON"]
    assert len(texts.text(field(model, "x"))) == 512


def test_deep_values_open_level_by_level(view: EventTreeView, save_screenshot: Screenshot) -> None:
    view.show_value(read_json(b"[" * 400 + b"1" + b"]" * 400))
    model: Any = view.model()
    for depth in range(1, 51):
        view.expand(model.index_of(field(model, *[0] * depth)))
    assert len(rows(view)) == 51
    save_screenshot(view, "event-deep")


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_any_name_and_value_is_painted_as_text(view: EventTreeView, save_screenshot: Screenshot, name: str) -> None:
    text = HOSTILE_TEXTS[name]
    view.show_value(JsonObject([(text, text), ("list", [text, JsonObject([(text, None)])])]))
    view.expandAll()
    model: Any = view.model()
    for index in (model.index(0, FIELD), model.index(0, VALUE)):
        assert len(index.data()) <= 514
        tip = index.data(Qt.ItemDataRole.ToolTipRole)
        assert "<img" not in tip
        view.setCurrentIndex(index)
        view.copy_value()
        view.copy_path()
    save_screenshot(view, f"event-hostile-{name}")
