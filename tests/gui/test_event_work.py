"""Big payloads are read, decoded and copied on demand, away from the window, and what is dropped stays dropped."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from eventmon.core.errors import UserError
from eventmon.engine.requests import ReadEvent
from eventmon.gui.context import PanelContext
from eventmon.gui.models import event_facts, event_json
from eventmon.gui.models.event_work import READ_BYTES, EventWork
from eventmon.gui.panels.event import EventPanel
from eventmon.gui.widgets.event_pages import HEX, RAW, TREE
from eventmon.gui.widgets.event_progress import EventProgress
from tests.gui.conftest import Screenshot
from tests.gui.event_script import EventScript, detail
from tests.gui.test_event_panel import Desk, words
from tests.helpers.scripted_engine import ScriptedEngine


def orders(number: int) -> bytes:
    """That many orders as a list, each with a secret."""
    return json.dumps(
        [
            {"order": str(place), "total": 49.5, "token": f"tok-{place}", "items": ["TSH-204-M"]}
            for place in range(number)
        ]
    ).encode()


BIG = orders(24_000)
assert len(BIG) > READ_BYTES


@pytest.fixture
def desk(context: PanelContext, engine: ScriptedEngine, qtbot: QtBot) -> Desk:
    return Desk(context, engine, qtbot)


def decode(desk: Desk, qtbot: QtBot) -> None:
    """Press the button and wait for the tree."""
    with qtbot.waitSignal(desk.panel.view.decoder.decoded):
        desk.pages.tree.decode.click()


def copied(desk: Desk, qtbot: QtBot, command: str) -> str:
    QGuiApplication.clipboard().setText("")
    with qtbot.waitSignal(desk.panel.view.copying.ended):
        desk.context.commands.action(command).trigger()
    return QGuiApplication.clipboard().text()


def test_a_tree_of_a_big_payload_is_made_when_asked_for(desk: Desk, qtbot: QtBot) -> None:
    desk.show(BIG)
    assert desk.pages.tree.decode.text() == "Decode 1.8 MiB"
    assert desk.panel.focus_widget() is desk.pages.tree.decode
    before = len(desk.script.asked)
    decode(desk, qtbot)
    assert [asked.offset for asked in desk.script.asked[before:]] == [256 * 1024, 256 * 1024 + READ_BYTES]
    assert desk.text().splitlines()[:2] == ["0: 4 fields", "1: 4 fields"]
    assert desk.pages.tree.model.rowCount() == 501
    assert desk.panel.view.header.facts.text().endswith("1.8 MiB · JSON")
    desk.show(b'{"order":"48348"}')
    assert desk.tab(TREE) == 'order: "48348"'
    desk.show(BIG)
    assert desk.tab(TREE).startswith("Big payload")


def test_secrets_of_a_big_tree_are_hidden_and_can_be_shown(desk: Desk, qtbot: QtBot) -> None:
    desk.show(b'["' + b"x" * 300_000 + b'",{"password":"hunter2"}]', headers={})
    reveal = desk.panel.view.footer.reveal
    assert not reveal.isVisible()
    decode(desk, qtbot)
    assert reveal.isVisible()
    assert "hunter2" not in copied(desk, qtbot, "event.copy_payload")
    reveal.click()
    assert reveal.text() == "Hide secrets"
    assert copied(desk, qtbot, "event.copy_payload").endswith('{"password":"hunter2"}]')


def test_a_big_payload_is_copied_whole(desk: Desk, qtbot: QtBot) -> None:
    desk.show(BIG)
    desk.panel.view.set_revealed(True)
    assert copied(desk, qtbot, "event.copy_payload").encode() == BIG
    event = json.loads(copied(desk, qtbot, "event.copy_json"))
    assert json.loads(BIG) == event["data"]
    desk.panel.view.set_revealed(False)
    assert "tok-7" not in copied(desk, qtbot, "event.copy_payload")


def test_a_field_of_a_big_tree_is_copied(desk: Desk, qtbot: QtBot) -> None:
    desk.show(b'{"orders":' + BIG + b"}")
    decode(desk, qtbot)
    tree = desk.pages.tree
    tree.view.setCurrentIndex(tree.model.index(0, 0))
    orders = json.loads(copied(desk, qtbot, "event.copy_value"))
    assert (len(orders), orders[7]["token"]) == (24_000, "•••")


def test_what_takes_long_is_said_and_can_be_stopped(
    desk: Desk, engine: ScriptedEngine, qtbot: QtBot, save_screenshot: Screenshot
) -> None:
    desk.show(BIG)
    (progress, _copying) = desk.panel.findChildren(EventProgress)
    engine.silent = True
    desk.pages.tree.decode.click()
    assert not progress.isVisible()
    assert not desk.pages.tree.decode.isEnabled()
    qtbot.waitUntil(progress.isVisible)
    assert progress.text == "Decoding 1.8 MiB: 13 %"
    save_screenshot(desk.panel, "event-decoding")
    progress.stop.click()
    assert not progress.isVisible()
    assert desk.pages.tree.decode.isEnabled()
    engine.silent = False
    decode(desk, qtbot)
    assert desk.text().startswith("0: 4 fields")


def test_another_event_stops_the_decoding_and_no_tree_of_the_old_one_comes(
    desk: Desk, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    desk.show(BIG)
    desk.pages.tree.decode.click()
    desk.show(b'{"order":"48348"}')
    assert not desk.panel.view.decoder.work.under_way
    desk.settle()
    assert desk.tab(TREE) == 'order: "48348"'


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"[" * 400_000, "nests too deep"),
        (b'{"order":' + b" " * 300_000 + b"}", "It is not JSON. Line 1"),
        (b'["' + b"x" * 300_000 + b'\xff"]', "is not UTF-8"),
        (b"[" + b"1," * 1_000_000 + b"1]", "more than 1,000,000 values"),
    ],
    ids=["deep", "broken", "bytes", "many"],
)
def test_why_there_is_no_tree_is_said(desk: Desk, qtbot: QtBot, data: bytes, says: str) -> None:
    desk.show(data)
    decode(desk, qtbot)
    assert says in desk.text()
    assert not desk.pages.tree.decode.isVisible()


def test_a_small_payload_of_very_many_values_is_decoded_by_itself(desk: Desk, qtbot: QtBot) -> None:
    desk.show(b"[" + b"1," * 40_000 + b"1]")
    qtbot.waitUntil(lambda: desk.pages.tree.model.rowCount() == 501)
    assert desk.tab(TREE).startswith("0: 1\n1: 1")
    assert desk.panel.view.header.facts.text().endswith("JSON")


def test_texts_and_commas_in_them_are_not_counted_as_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_json, "MOST_VALUES", 1_000)
    assert event_json.read_big_json(b'["' + b'a,b","' * 900 + b'"]') == ["a,b"] * 900 + [""]
    with pytest.raises(event_json.NotReadable, match="more than 1,000 values"):
        event_json.read_big_json(b'["' + b'a,b","' * 1_100 + b'"]')


def test_half_a_surrogate_pair_of_a_big_tree_can_be_copied(desk: Desk, qtbot: QtBot) -> None:
    desk.show(b'{"order":"483\\ud80048","filling":"' + b"x" * 300_000 + b'"}')
    decode(desk, qtbot)
    desk.pages.tree.view.setCurrentIndex(desk.pages.tree.model.index(0, 0))
    assert copied(desk, qtbot, "event.copy_value") == "483?48"


def test_an_event_that_goes_while_it_is_read_is_said(desk: Desk, engine: ScriptedEngine, qtbot: QtBot) -> None:
    desk.show(BIG)
    engine.answer(ReadEvent, UserError("The event 1 is no longer kept. Choose a newer one."))
    desk.pages.tree.decode.click()
    desk.settle()
    assert "no longer kept" in words(desk.panel)
    assert desk.pages.tree.decode.isEnabled()


def test_a_payload_that_ends_early_is_said(context: PanelContext, engine: ScriptedEngine, qtbot: QtBot) -> None:
    engine.answer(ReadEvent, lambda asked: detail(b"", seq=asked.seq))
    work = EventWork(context.bridge)
    said: list[str] = []
    shortened = detail(b"x" * 10, limit=4)
    with qtbot.waitSignal(work.ended):
        work.read(shortened, "Copying", bytes.decode, said.append, said.append)
    assert said == ["The payload ends before its size. Hex shows what there is."]


def test_newer_work_takes_the_place_of_older(context: PanelContext, qtbot: QtBot) -> None:
    work = EventWork(context.bridge)
    made: list[int] = []
    for number in range(20):
        work.run("Counting", partial(int, number), made.append, print)
    qtbot.waitUntil(lambda: bool(made))
    QCoreApplication.processEvents()
    assert made == [19]
    work.run("Counting", lambda: 20, made.append, print)
    work.stop()
    QTest.qWait(1)
    assert (made, work.under_way) == ([19], False)


def test_so_many_bytes_are_not_copied_as_digits(desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_facts, "MOST_DIGITS", 300_000)
    desk.show(b"\xff" * 400_000)
    assert copied(desk, qtbot, "event.copy_payload") == ""
    assert "Up to 293 KiB can be copied as digits" in words(desk.panel)


def test_a_big_tree_is_taken_apart(qtbot: QtBot) -> None:
    value: Any = event_json.read_big_json(BIG)
    first = value[0]
    event_json.let_go(value)
    assert (value, first) == ([], [])


def test_pages_after_the_first_say_what_of_their_secrets_is_unknown(desk: Desk) -> None:
    desk.show(BIG)
    for tab, paged in ((RAW, desk.pages.raw_page), (HEX, desk.pages.hex_page)):
        desk.tab(tab)
        assert not paged.note.isVisible()
    for _ in range(4):
        desk.pages.hex_page.pager.next.click()
        desk.settle()
    note = desk.pages.hex_page.note
    assert note.text().startswith("A secret that begins more than 4 KiB before this page")
    assert note.isVisible()
    assert desk.panel.view.footer.reveal.isVisible()
    desk.panel.view.footer.reveal.click()
    assert not note.isVisible()
    QTest.keyClick(desk.panel, Qt.Key.Key_Escape)
    assert isinstance(desk.panel, EventPanel)
    assert isinstance(desk.script, EventScript)
