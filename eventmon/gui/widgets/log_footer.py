"""The line below the log: how much is shown of how much, how the scan goes, and whether the view follows or waits."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from eventmon.gui.models import log_texts
from eventmon.gui.models.log_feed import LogFeed
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.plain_text import PlainLabel

HEIGHT = 28
ICON = 16


@dataclass(frozen=True, kw_only=True)
class Footing:
    """What the footer says."""

    amount: str = ""
    note: str = ""
    offer: str = ""
    """A button beside the note: ``stop``, ``older``, ``all``, or none."""
    quiet: bool = False
    """Nothing to say yet: no engine is there."""
    paused: str = ""
    following: bool = True
    new: int = 0


def footing(feed: LogFeed, *, following: bool, new: int, selected: int = 0) -> Footing:
    """What is to be said of a feed; ``new`` events came since the view stopped following."""
    horizon, search = feed.horizon, feed.search
    note = offer = ""
    if search is None:
        amount = log_texts.events(horizon.total)
        if horizon.cleared:
            note, offer = _tr("since the view was cleared"), "all"
    else:
        scanned = horizon.holes.events_between(search.scanned_low, search.scanned_high)
        amount = log_texts.shown_of(feed.model.rows.events, scanned, horizon.total)
        if search.running:
            note, offer = _tr("scanned {share} %").format(share=int(search.progress * 100)), "stop"
        elif feed.can_scan_older:
            offer = "older"
        note = " · ".join(filter(None, (note, log_texts.muted(len(search.filter.hidden), _muted_events(feed)))))
    note = " · ".join(filter(None, (note, log_texts.selected(selected))))
    deleted = bool(horizon.removals)
    paused = log_texts.paused(horizon.waiting, horizon.gone, deleted=deleted) if horizon.paused else ""
    return Footing(amount=amount, note=note, offer=offer, paused=paused, following=following, new=new)


def _muted_events(feed: LogFeed) -> int | None:
    """How many events of what was looked at are muted; None when a filter leaves out others too."""
    if feed.search is not None and feed.search.filter.typed:
        return None
    return feed.model.rows.shown.left_out()


def _tr(text: str) -> str:
    return QCoreApplication.translate("LogFooter", text)


class LogFooter(QWidget):
    """Says what a ``Footing`` holds; the buttons emit ``offered`` (with its word) and ``jump``."""

    offered = Signal(str)
    jump = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("logFooter")
        self._theme = theme
        self._footing = Footing()
        self._amount = PlainLabel(parent=self, elide=Qt.TextElideMode.ElideRight)
        self._note = PlainLabel(parent=self, elide=Qt.TextElideMode.ElideRight)
        self._note.setProperty("tone", "text2")
        self._offer = QToolButton(self)
        self._offer.setObjectName("logFooterOffer")
        self._offer.clicked.connect(lambda: self.offered.emit(self._footing.offer))
        self._icon = PlainLabel(parent=self)
        self._state = PlainLabel(parent=self)
        self._state.setObjectName("logFooterState")
        self._jump = QToolButton(self)
        self._jump.setObjectName("logFooterJump")
        self._jump.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._jump.clicked.connect(self.jump)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 1, 8, 0)
        layout.setSpacing(6)
        for widget in (self._amount, self._note, self._offer):
            layout.addWidget(widget)
        layout.addStretch(1)
        for widget in (self._icon, self._state, self._jump):
            layout.addWidget(widget)
        theme.changed.connect(self._restyle)
        self._restyle()

    def say(self, footing: Footing) -> None:
        """Show other words; the same ones cost nothing."""
        if footing != self._footing:
            self._footing = footing
            self._show()

    def words(self) -> str:
        """Everything the footer says now, for assistive technology and tests."""
        parts = (self._amount, self._note, self._offer, self._state, self._jump)
        return " · ".join(part.text() for part in parts if not part.isHidden() and part.text())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground and a hairline above."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("base"))
        painter.fillRect(0, 0, self.width(), 1, self._theme.color("hairline"))

    def _show(self) -> None:
        footing = self._footing
        self._amount.setText(footing.amount)
        self._note.setText(footing.note)
        self._note.setVisible(bool(footing.note))
        self._offer.setText(self._offer_text(footing.offer))
        self._offer.setVisible(bool(footing.offer))
        following = footing.following and not footing.paused and not footing.quiet
        self._state.setText(footing.paused or self.tr("Following"))
        self._state.setVisible(bool(footing.paused) or following)
        self._icon.setVisible(bool(footing.paused) or following)
        self._jump.setText(log_texts.jump_to_newest(footing.new))
        self._jump.setVisible(not (footing.following or footing.paused or footing.quiet))
        token, icon = ("warn", "pause") if footing.paused else ("ok", "arrow-down-to-line")
        if self._state.property("tone") != token:
            self._state.setProperty("tone", token)
            self._state.style().polish(self._state)
        self._icon.setPixmap(self._theme.pixmap(icon, token, ICON, self.devicePixelRatioF()))
        self.setAccessibleName(self.words())

    def _offer_text(self, offer: str) -> str:
        texts = {"stop": self.tr("Stop"), "older": self.tr("Search older"), "all": self.tr("Show all")}
        return texts.get(offer, "")

    def _restyle(self) -> None:
        theme = self._theme
        strong = theme.title
        self._amount.setFont(strong)
        self._state.setFont(strong)
        for widget in (self._note, self._offer, self._jump):
            widget.setFont(theme.small)
        self._jump.setIcon(theme.icon("arrow-down-to-line", "accent_text", ICON, gap=5))
        self._jump.setIconSize(QSize(ICON + 5, ICON))
        for button in (self._offer, self._jump):
            button.setStyleSheet(f"color: {theme.color('accent_text').name()}; padding: 1px 6px;")
        self.setFixedHeight(max(HEIGHT, self._amount.fontMetrics().height() + 12))
        self._show()
