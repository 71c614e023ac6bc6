"""Bytes of secrets are hidden in both columns of the hex rows until one click or Enter shows them."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from eventmon.core.secret_names import secret_bytes
from eventmon.gui.context import PanelContext
from eventmon.gui.models.event_hex import (
    BYTES,
    LETTERS,
    NARROW,
    OFFSET,
    WIDE,
    EventHexModel,
    byte_at,
    digits_with_hidden,
    hex_row,
)
from eventmon.gui.models.event_text import PAGE_BYTES, PayloadPage
from eventmon.gui.widgets.event_hex_view import PAD
from eventmon.gui.widgets.event_pages import HEX, RAW
from tests.gui.conftest import Screenshot
from tests.gui.event_script import ORDER
from tests.gui.test_event_panel import Desk
from tests.helpers.hostile import HOSTILE_BYTES
from tests.helpers.scripted_engine import ScriptedEngine

LOGIN = b'{"user":"zoe","password":"hunter2","total":1}'


@pytest.fixture
def desk(context: PanelContext, engine: ScriptedEngine, qtbot: QtBot) -> Desk:
    return Desk(context, engine, qtbot)


def page(data: bytes, offset: int = 0) -> PayloadPage:
    return PayloadPage(offset=offset, size=len(data), before=data[:offset], data=data[offset : offset + PAGE_BYTES + 3])


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_hidden_bytes_are_marks_in_their_places(width: int) -> None:
    model = EventHexModel()
    model.set_width(width)
    model.show_page(page(LOGIN), revealed=True)
    open_rows = [[model.text(row, column) for row in range(model.rowCount())] for column in (BYTES, LETTERS)]
    model.set_revealed(False)
    hidden_rows = [[model.text(row, column) for row in range(model.rowCount())] for column in (BYTES, LETTERS)]
    (secret,) = secret_bytes(LOGIN)
    for shown, hidden in zip(open_rows, hidden_rows, strict=True):
        assert list(map(len, shown)) == list(map(len, hidden))
        assert "•" in "".join(hidden)
    letters = "".join(hidden_rows[1])
    assert letters == LOGIN[: secret.start].decode() + "•" * 9 + LOGIN[secret.end :].decode()
    assert "hunter" not in model.line(2) + model.line(3)


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_each_character_of_a_row_belongs_to_its_byte(width: int) -> None:
    data = bytes(range(0x41, 0x41 + width))
    digits = hex_row(data, width)
    for place, character in enumerate(digits):
        if character != " ":
            byte = byte_at(BYTES, place, width)
            assert character in f"{data[byte]:02x}"
            assert digits.index(f"{data[byte]:02x}") in (place, place - 1)
    assert [byte_at(LETTERS, place, width) for place in range(width)] == list(range(width))


def test_a_click_on_a_hidden_byte_shows_all_secrets_and_on_another_does_not(desk: Desk) -> None:
    desk.show(LOGIN)
    assert "hunter" not in desk.tab(HEX)
    view = desk.pages.hex
    model: Any = view.model()
    rows = "".join(model.text(row, LETTERS) for row in range(model.rowCount()))
    advance = QFontMetricsF(desk.context.theme.mono).horizontalAdvance("0")

    def click(byte: int) -> None:
        cell = view.visualRect(model.index(byte // model.width, LETTERS))
        at = QPoint(cell.left() + PAD + round(advance * (byte % model.width + 0.5)), cell.center().y())
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
        desk.settle()

    click(rows.index("•") - 1)
    assert "•" in desk.text()
    click(rows.rindex("•"))
    assert "•" not in desk.text()
    letters = "".join(model.text(row, LETTERS) for row in range(model.rowCount()))
    assert letters == LOGIN.decode()
    assert desk.panel.view.footer.reveal.text() == "Hide secrets"
    desk.panel.view.footer.reveal.click()
    assert "•" in desk.text()


def test_enter_shows_the_secrets_of_a_row(desk: Desk) -> None:
    desk.show(LOGIN)
    desk.tab(HEX)
    view = desk.pages.hex
    view.setFocus()
    view.selectRow(0)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert not desk.panel.view.revealed
    model: Any = view.model()
    view.selectRow(next(row for row in range(model.rowCount()) if model.hides(row)))
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert desk.panel.view.revealed


def test_a_copy_of_hidden_rows_is_hidden_too_and_the_selection_stays(desk: Desk) -> None:
    desk.show(LOGIN)
    desk.tab(HEX)
    desk.pages.hex.selectAll()
    hidden = desk.copied("event.copy_value")
    assert "••" in hidden
    assert b"hunter2".hex(" ") not in hidden
    desk.panel.view.set_revealed(True)
    shown = desk.copied("event.copy_value")
    assert "•" not in shown
    assert len(shown) == len(hidden)


def test_bytes_around_a_secret_are_copied_as_digits_without_it(desk: Desk) -> None:
    desk.show(b'\xff{"password":"hunter2"}')
    copied = desk.copied("event.copy_payload")
    assert copied.startswith("ff 7b 22")
    assert copied.endswith("•• 7d")
    assert digits_with_hidden(b"", []) == ""


def test_what_is_not_json_and_names_a_secret_is_said(desk: Desk) -> None:
    for data, said in ((b"\x81\xa8password\xa7hunter2", True), (b"\x89PNG", False), (LOGIN, False)):
        desk.show(data, headers={})
        desk.tab(HEX)
        note = desk.pages.hex_page.note
        assert note.isVisible() is said
    desk.show(b"password=hunter2 paid")
    assert "hunter" not in desk.tab(HEX)
    assert "This is not JSON" in desk.pages.hex_page.note.text()
    desk.panel.view.set_revealed(True)
    assert not desk.pages.hex_page.note.isVisible()


def test_a_secret_over_the_edge_of_a_page_is_hidden_on_both(desk: Desk) -> None:
    data = b'{"a":"' + b"x" * (PAGE_BYTES - 40) + b'","password":"' + b"hunter2" * 2_000 + b'","total":1}'
    desk.show(data)
    assert "hunter" not in desk.tab(HEX)
    desk.pages.hex_page.pager.next.click()
    desk.settle()
    for tab in (HEX, RAW):
        assert "hunter" not in desk.tab(tab)
        assert "total" in desk.text().replace("  ", "") or tab == HEX
    assert not desk.pages.hex_page.note.isVisible()


@pytest.mark.parametrize("name", HOSTILE_BYTES)
def test_any_bytes_are_shown_hidden_and_not(name: str) -> None:
    model = EventHexModel()
    data = HOSTILE_BYTES[name][:4_000] + LOGIN
    model.show_page(page(data), revealed=False)
    assert "hunter" not in "".join(model.text(row, LETTERS) for row in range(model.rowCount()))
    model.set_revealed(True)
    digits = "".join(model.text(row, BYTES) for row in range(model.rowCount()))
    assert bytes.fromhex(digits) == data
    for row in (0, model.rowCount() - 1):
        assert model.text(row, OFFSET)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_pictures(desk: Desk, save_screenshot: Screenshot, mode: Any) -> None:
    for width in (312, 640):
        desk.context.theme.apply(mode)
        desk.panel.resize(width, 420)
        desk.show(ORDER)
        desk.tab(HEX)
        save_screenshot(desk.panel, f"event-hex-hidden-{mode}-{width}")
        desk.show(b"password=hunter2 and secret hunter3 \xff")
        desk.settle()
        save_screenshot(desk.panel, f"event-hex-note-{mode}-{width}")
