"""A frame is filled by its content and tells those around it only when the content needs more or less room."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from eventmon.gui.widgets.steady_frame import SteadyFrame


class Told(QObject):
    """Counts how often a widget is asked to lay out what is in it."""

    def __init__(self, watched: QWidget) -> None:
        super().__init__(watched)
        self.times = 0
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.times += event.type() == QEvent.Type.LayoutRequest
        return False


@pytest.fixture
def around(qtbot: QtBot) -> QWidget:
    around = QWidget()
    qtbot.addWidget(around)
    QHBoxLayout(around).setContentsMargins(0, 0, 0, 0)
    around.resize(400, 100)
    return around


@pytest.fixture
def footer(around: QWidget) -> QLabel:
    """A label in a panel in a frame."""
    panel, frame = QWidget(), SteadyFrame(around)
    panel.setMinimumWidth(320)
    footer = QLabel("48 events", panel)
    QVBoxLayout(panel).addWidget(footer)
    frame.hold(panel)
    layout = around.layout()
    assert layout is not None
    layout.addWidget(frame)
    around.show()
    settle()
    return footer


def panel_of(footer: QLabel) -> QWidget:
    panel = footer.parentWidget()
    assert panel is not None
    return panel


def settle() -> None:
    for _ in range(5):
        QApplication.processEvents()


def test_the_content_fills_the_frame(around: QWidget, footer: QLabel) -> None:
    around.resize(500, 200)
    settle()
    assert panel_of(footer).size() == around.size()


def test_a_text_that_changes_lays_out_nothing_around(around: QWidget, footer: QLabel) -> None:
    told = Told(around)
    footer.setText("48,348 events")
    settle()
    assert footer.width() >= footer.sizeHint().width()
    assert told.times == 0


def test_more_room_is_given_when_the_content_needs_it(around: QWidget, footer: QLabel) -> None:
    told = Told(around)
    footer.setMinimumSize(600, 300)
    settle()
    panel_of(footer).setMinimumWidth(0)
    settle()
    assert told.times >= 1
    assert around.width() >= 600
    assert around.height() >= 300


def test_what_changed_while_it_was_hidden_counts_when_it_is_shown(around: QWidget, footer: QLabel) -> None:
    around.hide()
    footer.setMinimumHeight(300)
    around.show()
    settle()
    assert around.height() >= 300
