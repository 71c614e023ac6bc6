"""The sentence of an empty panel breaks into lines of like length, in whatever room and size of text it has."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.empty_state import EmptyState, balanced_size

SENTENCES = (
    "Choose one in the event log to see all of it here.",
    "No attached observer has a pattern that matches this topic.",
    "What goes wrong is listed here.",
    "The payload is not JSON that can be read. Line 1, column 10: expecting value. Raw shows the text.",
)
WRAPPED = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)


def height(metrics: QFontMetrics, text: str, width: int) -> int:
    return metrics.boundingRect(QRect(0, 0, width, 1), WRAPPED, text).height()


@pytest.mark.parametrize("text", SENTENCES)
@pytest.mark.parametrize("room", [120, 200, 280])
def test_lines_are_as_many_as_before_and_as_short_as_they_can_be(qapp: QApplication, text: str, room: int) -> None:
    metrics = QFontMetrics(qapp.font())
    width = balanced_size(text, metrics, room).width()
    assert width <= room
    assert height(metrics, text, width) == height(metrics, text, room)
    assert (
        height(metrics, text, width - 2) > height(metrics, text, width) or metrics.horizontalAdvance(text) > width - 2
    )


def test_a_word_longer_than_the_room_keeps_all_of_it(qapp: QApplication) -> None:
    assert balanced_size("x" * 400, QFontMetrics(qapp.font()), 200).width() == 200


@pytest.mark.parametrize("percent", [100, 150, 200])
@pytest.mark.parametrize("width", [120, 240, 900])
def test_everything_that_is_said_fits_and_the_page_can_become_narrow(
    theme: Theme, qtbot: QtBot, width: int, percent: int
) -> None:
    theme.apply("light", percent)
    page = EmptyState(theme, "braces", "No observer matches", SENTENCES[0], button=QPushButton("Decode"))
    panel = QWidget()
    qtbot.addWidget(panel)
    layout = QVBoxLayout(panel)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(page)
    panel.resize(width, 640)
    panel.show()
    for sentence in SENTENCES:
        page.set_text("No observer matches", sentence)
        for _ in range(5):
            QApplication.processEvents()
        assert page.width() == width
        for label in (page._title, page._sentence):
            assert page.rect().contains(label.geometry())
            lines = height(label.fontMetrics(), label.text(), label.width())
            assert label.height() == lines
