"""Muted topics: their rows are not shown, the footer says how many, and nothing else changes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QToolButton

from eventmon.engine.requests import Search
from eventmon.gui.context import PanelContext
from eventmon.gui.panels.event_log import EventLogPanel
from eventmon.gui.widgets.empty_state import EmptyState
from tests.gui.log_desk import Desk
from tests.gui.log_script import order
from tests.helpers.scripted_engine import ScriptedEngine

MAIL = "jobs/mail/queued"


@pytest.fixture
def desk(context: PanelContext, engine: ScriptedEngine) -> Iterator[Desk]:
    """A thousand events."""
    desk = Desk(context, engine)
    yield desk
    desk.panel.close()
    desk.panel.deleteLater()


def mute(desk: Desk, *patterns: str) -> None:
    desk.context.selection.setMuted(patterns)
    desk.settle()


def muted_of(desk: Desk) -> int:
    """The figure in the footer."""
    (figure,) = re.findall(r"(?<![\d,])([\d,]+) muted", desk.says)
    return int(figure.replace(",", ""))


def mails(high: int) -> int:
    return sum(order(seq).topic == MAIL for seq in range(1, high + 1))


def test_rows_of_muted_topics_are_left_out_and_counted(desk: Desk) -> None:
    mute(desk, MAIL)
    shown = desk.panel.model.rows.items(0, 2_000)
    assert shown == [seq for seq in range(1, 1_001) if order(seq).topic != MAIL]
    assert f"{len(shown)} shown of 1,000 events" in desk.says
    assert muted_of(desk) == mails(1_000)
    assert "Following" in desk.says


def test_new_events_of_muted_topics_only_raise_the_figure(desk: Desk) -> None:
    mute(desk, MAIL)
    for _ in range(3):
        desk.frame(grow=100)
    assert muted_of(desk) == mails(1_300)
    assert all(order(seq).topic != MAIL for seq in desk.panel.model.rows.shown.newest(300))
    assert desk.view.following


def test_unmuting_shows_them_again_where_they_were(desk: Desk) -> None:
    desk.view.verticalScrollBar().setValue(510 * desk.view.row_height)
    desk.settle()
    before = [desk.seq_at(y) for y in range(5, 200, 20)]
    mute(desk, "prod/stock/#", MAIL)
    mute(desk)
    assert len(desk.panel.model.rows) == 1_000
    assert "muted" not in desk.says
    assert [desk.seq_at(y) for y in range(5, 200, 20)] == before


def test_what_a_filter_leaves_out_is_not_called_muted(desk: Desk) -> None:
    mute(desk, MAIL)
    desk.type_filter("martin")
    shown = desk.panel.model.rows.items(0, 2_000)
    assert shown == [seq for seq in range(1, 1_001) if seq % 5 == 0 and order(seq).topic != MAIL]
    assert "1 topic muted" in desk.says
    desk.run("log.filter_clear")
    assert muted_of(desk) == mails(1_000)


def test_a_log_whose_topics_are_all_muted_says_so(desk: Desk) -> None:
    mute(desk, "#")
    page = desk.panel._rows.currentWidget()
    assert isinstance(page, EmptyState)
    assert page is desk.panel._all_muted
    assert not page.findChildren(QToolButton)
    assert muted_of(desk) == 1_000
    mute(desk)
    assert desk.panel._rows.currentWidget() is desk.view


def test_pause_and_clear_view_keep_them_muted(desk: Desk) -> None:
    mute(desk, MAIL)
    desk.run("log.pause")
    desk.frame(grow=100)
    assert muted_of(desk) == mails(1_000)
    desk.run("log.pause")
    desk.frame()
    assert muted_of(desk) == mails(1_100)
    desk.run("log.clear_view")
    desk.frame(grow=70)
    assert muted_of(desk) == mails(1_170) - mails(1_100)


def test_retention_takes_muted_events_out_of_the_figure(desk: Desk) -> None:
    mute(desk, MAIL)
    desk.script.retain(501)
    desk.frame(grow=1)
    assert muted_of(desk) == mails(1_001) - mails(500)


def test_what_was_muted_before_the_panel_was_made_is_not_shown(context: PanelContext, engine: ScriptedEngine) -> None:
    context.selection.setMuted((MAIL,))
    desk = Desk(context, engine)
    assert muted_of(desk) == mails(1_000)
    assert isinstance(desk.panel, EventLogPanel)
    asked = [one for one in engine.asked if isinstance(one, Search)]
    assert all(one.hidden == [MAIL] for one in asked)
    desk.panel.close()


def test_a_filter_and_mutes_hold_together(desk: Desk) -> None:
    mute(desk, "prod/orders/us/#")
    desk.context.selection.setTopicFilter("prod/orders/#")
    desk.settle()
    rows = desk.panel.model.rows
    assert {order(seq).topic for seq in rows.shown.newest(1_000)} == {"prod/orders/eu/created", "prod/orders/eu/paid"}
    desk.run("log.filter_clear")
    topics = {order(seq).topic for seq in rows.shown.newest(1_000)} | {
        order(seq).topic for seq in desk.panel.model.rows.shown.newest(1_000)
    }
    assert "prod/orders/us/created" not in topics
    assert "prod/stock/reserved" in topics


def test_mutes_do_not_hide_the_welcome_page(context: PanelContext, engine: ScriptedEngine) -> None:
    context.selection.setMuted(("jobs/#",))
    desk = Desk(context, engine, events=0)
    assert desk.panel._welcome.isVisible()
    desk.panel.close()
