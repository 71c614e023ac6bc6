"""The hardest payloads there are, byte for byte through every tab; nothing of them is laid out in one piece."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from eventmon.core.payload import MAX_PAYLOAD_BYTES
from eventmon.gui.context import PanelContext
from eventmon.gui.models.event_hex import BYTES
from eventmon.gui.models.event_json import MOST_BYTES
from eventmon.gui.models.event_text import LINE_CHARACTERS, LOOK_AHEAD, LOOK_BACK, PAGE_BYTES
from eventmon.gui.widgets.event_pages import HEX, RAW, TABS, TREE
from tests.gui.conftest import Screenshot
from tests.gui.test_event_panel import Desk
from tests.helpers.scripted_engine import ScriptedEngine

MARKS = "e" + "\u0301" * 200_000
HARDEST: dict[str, bytes] = {
    "binary": bytes(range(256)) * 3_000,
    "deep": b"[" * 100_000 + b"]" * 100_000,
    "long_numbers": b'{"total":' + b"9" * 5_000 + b',"rates":[' + b",".join([b"7" * 5_000] * 9) + b"]}",
    "nul": b'{"order":"483\x0048","note":"\x00"}',
    "surrogates": b'{"order":"\\ud800 \\udfff","note":"\xed\xa0\x80"}',
    "escaped_surrogates": b'{"order":"\\ud800 \\udfff"}',
    "right_to_left": '{"note":"invoice\u202egnp.exe\u202c הזמנה"}'.encode(),
    "combining_marks": f'{{"note":"{MARKS}"}}'.encode(),
    "combining_marks_bare": MARKS.encode(),
}


@pytest.fixture
def desk(context: PanelContext, engine: ScriptedEngine, qtbot: QtBot) -> Desk:
    desk = Desk(context, engine, qtbot)
    desk.panel.resize(640, 480)
    return desk


def bytes_shown(desk: Desk) -> bytes:
    """All of the payload, gathered from the hex rows of every page."""
    desk.tab(HEX)
    model: Any = desk.pages.hex.model()
    pager = desk.pages.hex_page.pager
    found = b""
    while True:
        found += bytes.fromhex("".join(model.text(row, BYTES) for row in range(model.rowCount())))
        if not pager.next.isVisible():
            return found
        pager.next.click()
        desk.settle()


@pytest.mark.parametrize("name", HARDEST)
def test_every_byte_is_shown_and_every_tab_painted(desk: Desk, save_screenshot: Screenshot, name: str) -> None:
    data = HARDEST[name]
    desk.show(data)
    for tab in TABS:
        desk.tab(tab)
        desk.panel.grab()
    lines = desk.tab(RAW).split("\n")
    assert max(map(len, lines)) <= LINE_CHARACTERS
    assert "\u202e" not in "".join(lines)
    assert bytes_shown(desk) == data
    save_screenshot(desk.panel, f"event-limits-{name}")


def test_numbers_of_thousands_of_digits_stay_as_they_are(desk: Desk) -> None:
    desk.show(HARDEST["long_numbers"])
    desk.tab(TREE)
    view, model = desk.pages.tree.view, desk.pages.tree.model
    view.setCurrentIndex(model.index(0, 0))
    view.copy_value()
    assert QGuiApplication.clipboard().text() == "9" * 5_000
    assert model.texts.mark(model.node(view.currentIndex())) == "beyond 64 bits"


def test_the_largest_payload_is_shown_by_its_pages_alone(desk: Desk) -> None:
    data = b'{"note":"' + bytes(range(32, 34)) * (MAX_PAYLOAD_BYTES // 2 - 9) + b'","z":1}'
    desk.show(data)
    for tab in TABS:
        desk.tab(tab)
    assert desk.pages.tree.decode.text() == "Decode 64 MiB"
    assert max(asked.limit for asked in desk.script.asked) == MOST_BYTES
    desk.panel.view.source.wish_page(len(data) // PAGE_BYTES * PAGE_BYTES)
    desk.settle()
    assert desk.tab(RAW).endswith('","z":1}')
    assert desk.script.asked[-1].limit <= LOOK_BACK + PAGE_BYTES + LOOK_AHEAD
