"""The Publish panel at the width of its dock: with larger text what stood beside each other stands under each other."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QScrollArea
from pytestqt.qtbot import QtBot

from eventmon.gui.context import PanelContext
from eventmon.gui.panels.publish import PublishPanel
from tests.helpers.scripted_engine import ScriptedEngine

DOCK_WIDTH = 343
"""What the panel has in a window of 1280 px."""


def opened(context: PanelContext, qtbot: QtBot, percent: int) -> PublishPanel:
    panel = PublishPanel(context)
    qtbot.addWidget(panel)
    panel.resize(DOCK_WIDTH, 400)
    panel.show()
    context.theme.apply("light", percent)
    QApplication.processEvents()
    return panel


@pytest.mark.parametrize("percent", [100, 115, 130, 150])
def test_nothing_of_the_form_is_cut(context: PanelContext, qtbot: QtBot, percent: int) -> None:
    panel = opened(context, qtbot, percent)
    area = panel.findChild(QScrollArea)
    assert area is not None
    assert panel.form.width() <= area.viewport().width()
    assert panel.row.repeat.x() > panel.row.every.geometry().right() or panel.row.repeat.y() > panel.row.every.y()
    assert panel.row.fire.geometry().right() < panel.row.width()


def test_content_goes_under_the_type_when_the_text_is_larger(context: PanelContext, qtbot: QtBot) -> None:
    panel = opened(context, qtbot, 100)
    form, row = panel.form, panel.row
    assert form.content.y() == form.type.y()
    context.theme.apply("light", 150)
    QApplication.processEvents()
    assert form.content.y() > form.type.y()
    assert row.repeat.y() > row.every.y(), "and the time between two under nothing"
    context.theme.apply("light", 100)
    QApplication.processEvents()
    assert form.content.y() == form.type.y()
    assert abs(row.repeat.y() - row.every.y()) < 8


def test_empty_fields_show_what_they_are_for(context: PanelContext, qtbot: QtBot) -> None:
    panel = opened(context, qtbot, 100)
    assert panel.form.topic.line.placeholderText() == "orders/eu/paid"
    assert panel.form.type.line.placeholderText() == "order.paid"


def test_a_session_that_is_only_looked_at_says_why_nothing_can_be_fired(
    context: PanelContext, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    panel = opened(context, qtbot, 100)
    assert not panel.row.refused
    engine.set(log={"read_only": True})
    qtbot.waitUntil(lambda: panel.row.refused)
    assert panel.row.why.text() == "This session is read-only. Open another to publish."
    later = opened(context, qtbot, 100)
    assert later.row.refused, "a panel that is made later knows it too"
    engine.set(log={"read_only": False})
    qtbot.waitUntil(lambda: not panel.row.refused and not later.row.refused)
