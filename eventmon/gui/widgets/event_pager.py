"""The line under a payload that is shown a page at a time: which bytes these are, and the pages beside them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from eventmon.gui.formatting import count, size
from eventmon.gui.models.event_text import PAGE_BYTES, PayloadPage
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.link_button import LinkButton
from eventmon.gui.widgets.plain_text import PlainLabel


class EventPager(QWidget):
    """Hidden while one page holds everything.

    Attributes:
        wanted: where the page begins that was asked for (int as object: a payload may be larger than 2 GiB one day).
    """

    wanted = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._offset = 0
        self._place = PlainLabel("", self, elide=Qt.TextElideMode.ElideRight)
        self._place.setProperty("tone", "warn")
        self.previous = LinkButton(self.tr("Previous"), self)
        self.next = LinkButton(self.tr("Show next 64 KiB"), self)
        self.previous.clicked.connect(lambda: self.wanted.emit(max(0, self._offset - PAGE_BYTES)))
        self.next.clicked.connect(lambda: self.wanted.emit(self._offset + PAGE_BYTES))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 3, 12, 3)
        layout.setSpacing(12)
        layout.addWidget(self._place, 1)
        layout.addWidget(self.previous)
        layout.addWidget(self.next)
        theme.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    @property
    def text(self) -> str:
        """What the line says."""
        return self._place.text()

    def show_page(self, page: PayloadPage) -> None:
        """Say which page is shown."""
        self._offset = page.offset
        self.setVisible(not page.whole)
        self._place.setText(
            self.tr("{part} of {whole}, from byte {first}").format(
                part=size(page.end - page.offset), whole=size(page.size), first=count(page.offset)
            )
        )
        self.previous.setVisible(page.offset > 0)
        self.next.setVisible(page.end < page.size)

    def _restyle(self) -> None:
        for widget in (self._place, self.previous, self.next):
            widget.setFont(self._theme.small)
        for button in (self.previous, self.next):
            button.setFixedHeight(button.fontMetrics().height() + 2)
