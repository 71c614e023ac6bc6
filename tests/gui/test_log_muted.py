"""Muted topics in the log: not shown, and said so."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from eventmon.gui.context import PanelContext
from eventmon.gui.widgets.plain_text import PlainLabel
from tests.gui.log_desk import Desk
from tests.helpers.scripted_engine import ScriptedEngine


@pytest.fixture
def desk(context: PanelContext, engine: ScriptedEngine, qtbot: QtBot) -> Desk:
    desk = Desk(context, engine, 700)
    qtbot.addWidget(desk.panel)
    return desk


def topics(desk: Desk) -> set[str]:
    """Topics of the rows that are there."""
    rows = desk.panel.model.rows
    seqs = [item for item in rows.items(0, len(rows)) if isinstance(item, int)]
    return {desk.script.row(seq).topic for seq in seqs}


def test_muted_topics_leave_the_log_and_come_back(desk: Desk) -> None:
    everything = topics(desk)
    assert "prod/payments/failed" in everything
    desk.context.selection.setMuted(("prod/payments/#", "jobs/#"))
    desk.settle()
    assert topics(desk) == everything - {"prod/payments/failed", "jobs/mail/queued"}
    assert "500 shown of 700 events · 2 topics muted" in desk.panel.footer.words()
    desk.frame(grow=70)
    assert "550 shown of 770 events" in desk.panel.footer.words()
    assert topics(desk) == everything - {"prod/payments/failed", "jobs/mail/queued"}
    desk.context.selection.setMuted(())
    desk.settle()
    assert topics(desk) == everything
    assert "muted" not in desk.panel.footer.words()


def test_a_filter_and_mutes_hold_together(desk: Desk) -> None:
    desk.context.selection.setMuted(("prod/orders/us/#",))
    desk.context.selection.setTopicFilter("prod/orders/#")
    desk.settle()
    assert topics(desk) == {"prod/orders/eu/created", "prod/orders/eu/paid"}
    desk.panel.filter_bar.clear()
    desk.settle()
    assert "prod/orders/us/created" not in topics(desk)
    assert "prod/stock/reserved" in topics(desk)


def test_when_all_is_muted_the_log_says_why_it_is_empty(desk: Desk) -> None:
    desk.context.selection.setMuted(("#",))
    desk.settle()
    assert not desk.view.isVisible()
    assert "1 topic muted: show them again in the Topics panel." in _sentence(desk)


def test_mutes_do_not_hide_the_welcome_page(context: PanelContext, engine: ScriptedEngine, qtbot: QtBot) -> None:
    context.selection.setMuted(("jobs/#",))
    desk = Desk(context, engine, 0)
    qtbot.addWidget(desk.panel)
    assert desk.panel._welcome.isVisible()


def _sentence(desk: Desk) -> str:
    return " ".join(label.text() for label in desk.panel._no_match.findChildren(PlainLabel))
