"""Ctrl+J with real keys: to a seq, a time, so long ago; what leads nowhere is said on the card."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from eventmon.core.errors import UserError
from eventmon.engine.requests import ReadRows
from eventmon.gui.context import PanelContext
from eventmon.gui.widgets.go_to_seq import GoToSeq
from tests.gui.log_desk import Desk
from tests.gui.log_script import at, order
from tests.helpers.scripted_engine import TAKEN, ScriptedEngine


@pytest.fixture
def desk(context: PanelContext, engine: ScriptedEngine) -> Iterator[Desk]:
    """A thousand events, from 14:07:28.161 UTC on."""
    desk = Desk(context, engine)
    desk.context.commands.action("view.utc").setChecked(True)
    yield desk
    desk.panel.close()
    desk.panel.deleteLater()


def card_of(desk: Desk) -> GoToSeq:
    desk.run("log.go_to_seq")
    card: GoToSeq | None = desk.panel.findChild(GoToSeq)
    assert card is not None
    assert card.edit.hasFocus()
    return card


def go(desk: Desk, text: str) -> GoToSeq:
    card = card_of(desk)
    QTest.keyClicks(card.edit, text)
    QTest.keyClick(card.edit, Qt.Key.Key_Return)
    desk.settle()
    return card


def test_a_seq_is_selected_in_the_middle(desk: Desk) -> None:
    go(desk, "1,50")
    assert desk.selected() == [150]
    assert not desk.view.following
    place = desk.view.rowViewportPosition(desk.view.currentIndex().row())
    assert 50 < place < desk.view.viewport().height() - 50
    assert desk.view.hasFocus()


@pytest.mark.parametrize(
    "text", ["14:07:40", "2026-11-23T14:07:40Z", "2026-11-23T15:07:40+01:00", "2026-11-23 14:07:40"]
)
def test_a_time_leads_to_the_first_event_from_then_on(desk: Desk, text: str) -> None:
    go(desk, text)
    moment = TAKEN - TAKEN % 60_000_000 + 40_000_000
    assert desk.selected() == [next(seq for seq in range(1, 1_001) if at(seq) >= moment)]


def test_so_long_ago_counts_from_now(desk: Desk) -> None:
    desk.engine.set(taken=at(1_000))
    desk.frame()
    go(desk, "-5s")
    assert desk.selected() == [next(seq for seq in range(1, 1_001) if at(seq) >= at(1_000) - 5_000_000)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("5000", "5,000 is above the newest event here, 1,000."),
        ("14:07:05", "14:07:05.000 is before the first event here, 14:07:28.169."),
        ("soon", "“soon” is no seq or time. Type 1204, 14:07, 14:07:28.123, -5m or 2026-11-23T14:07:28Z."),
    ],
)
def test_what_leads_nowhere_is_said_on_the_card_and_can_be_mended(desk: Desk, text: str, says: str) -> None:
    card = go(desk, text)
    assert card.isVisible()
    assert card.problem.isVisible()
    assert card.problem.text() == says
    assert desk.selected() == []
    card.edit.selectAll()
    QTest.keyClicks(card.edit, "7")
    assert not card.problem.isVisible()
    QTest.keyClick(card.edit, Qt.Key.Key_Return)
    desk.settle()
    assert desk.selected() == [7]


def test_an_event_that_is_filtered_out_leads_to_the_nearest(desk: Desk) -> None:
    desk.type_filter("martin")
    go(desk, "501")
    assert desk.selected() == [505]
    assert order(505).preview.count(b"Martin")
    assert desk.panel.notice.text().startswith("Event 501 is not shown, as it is filtered out or muted.")


def test_enter_on_nothing_leaves(desk: Desk) -> None:
    go(desk, " ")
    assert desk.view.hasFocus()
    assert desk.selected() == []


def test_enter_is_the_cards_own_while_a_row_is_selected(desk: Desk) -> None:
    shown: list[bool] = []
    desk.context.commands.bind("view.go.event", lambda: shown.append(True))
    desk.click(100)
    go(desk, "7")
    assert desk.selected() == [7]
    assert shown == []


def test_escape_leaves_everything_as_it_was(desk: Desk) -> None:
    card = card_of(desk)
    QTest.keyClicks(card.edit, "7")
    QTest.keyClick(card.edit, Qt.Key.Key_Escape)
    desk.settle()
    assert desk.selected() == []
    assert desk.view.hasFocus()
    assert desk.view.following


def test_the_card_fits_into_the_narrowest_log(desk: Desk) -> None:
    desk.panel.resize(440, 300)
    desk.settle()
    card = go(desk, "soon")
    assert desk.view.rect().contains(card.geometry())
    assert card.problem.height() >= card.problem.heightForWidth(card.problem.width())


def test_an_engine_that_cannot_read_says_so_on_the_card(desk: Desk) -> None:
    desk.engine.answer(ReadRows, UserError("The session file is busy. It will be read again in a moment."))
    card = go(desk, "14:07:40")
    assert card.problem.text().startswith("The session file is busy.")
