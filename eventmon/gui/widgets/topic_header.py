"""Columns of the topic tree: how wide they are, which are there, and the menu to choose them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QMenu

from eventmon.gui.models.topic_columns import NAMES, fitted_widths, shown_columns
from eventmon.gui.models.topic_texts import BYTES, EVENTS, FIRST, LAST, OBSERVERS, RATE, TOPIC, TYPES, VALUE
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.column_menu import column_menu
from eventmon.gui.widgets.topic_row_painter import PAD, TopicRowPainter
from eventmon.gui.widgets.topic_tree_view import TopicTreeView

_NAME_SAMPLE = "authorised/new"
_LEAST_SAMPLE = "order.created"
_SAMPLES = {
    EVENTS: "1,041,377",
    BYTES: "999.9 MiB",
    OBSERVERS: "1,000",
    TYPES: "payment.authorised",
    VALUE: '{"order":"48348","total":129.99',
    FIRST: "2026-11-23 14:07:28",
    LAST: "2026-11-23 14:07:28",
}


class TopicHeader(QObject):
    """Lays the columns out whenever the view's width, the font or the user's choice changes."""

    def __init__(self, theme: Theme, view: TopicTreeView, painter: TopicRowPainter) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view
        self._painter = painter
        self.choices: dict[int, bool] = {}
        view.viewport().installEventFilter(self)
        view.header().customContextMenuRequested.connect(self.show_menu)
        theme.changed.connect(self.lay_out)
        self.lay_out()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the width of the view."""
        if event.type() == QEvent.Type.Resize:
            self.lay_out()
        return super().eventFilter(watched, event)

    def widths(self) -> dict[int, int]:
        """What each column beside the name needs now, measured from samples."""
        metrics = QFontMetrics(self._theme.body)
        widths = {
            column: max(metrics.horizontalAdvance(sample), self._title_width(column)) + 2 * PAD
            for column, sample in _SAMPLES.items()
        }
        line = self._painter.spark_width + self._painter.rate_width + PAD // 2
        title = metrics.horizontalAdvance(self._title(RATE))
        return widths | {RATE: max(line, title) + 2 * PAD}

    def lay_out(self) -> None:
        """Show the columns there is room for."""
        if self._view.model() is None:
            return
        metrics = QFontMetrics(self._theme.body)
        room = self._view.viewport().width()
        widths = self.widths()
        name = metrics.horizontalAdvance(_NAME_SAMPLE)
        shown = shown_columns(room, name, widths, self.choices)
        fitted = fitted_widths(room, name, widths, shown, metrics.horizontalAdvance(_LEAST_SAMPLE) + 2 * PAD)
        header = self._view.header()
        header.setFixedHeight(max(24, metrics.height() + 8))
        for column in widths:
            header.setSectionHidden(column, column not in fitted)
            if column in fitted:
                header.resizeSection(column, fitted[column])
        header.resizeSection(TOPIC, max(48, room - sum(fitted.values())))

    def menu(self) -> QMenu:
        """The columns to choose from; each entry a switch."""
        columns = [
            (column, self._title(column), self.choices.get(column, not self._view.header().isSectionHidden(column)))
            for column in NAMES.values()
        ]
        return column_menu(
            self._view, columns, choose=self.choose, forget=self.forget_choices, chosen=bool(self.choices)
        )

    def choose(self, column: int, wanted: bool) -> None:
        """The user wants a column, or not, whatever the width."""
        self.choices[column] = wanted
        self.lay_out()

    def forget_choices(self) -> None:
        """Let the width decide again."""
        self.choices.clear()
        self.lay_out()

    def show_menu(self, place: QPoint) -> None:
        """Open the menu at a place of the header."""
        self.menu().popup(self._view.header().mapToGlobal(place))

    def _title(self, column: int) -> str:
        return str(self._view.topics().headerData(column, Qt.Orientation.Horizontal))

    def _title_width(self, column: int) -> int:
        metrics = QFontMetrics(self._theme.body)
        return metrics.horizontalAdvance(self._title(column))
