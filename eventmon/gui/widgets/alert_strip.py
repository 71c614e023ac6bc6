"""The strip over the panels for the newest alert of an observer: calm, on one tint, with a way to take it away."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from eventmon.core.secret_names import masked
from eventmon.engine.frame import Alert
from eventmon.gui.formatting import clock, count, one_line
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.banner import Banner
from eventmon.gui.widgets.dock_title import icon_button
from eventmon.gui.widgets.plain_text import plain_tooltip

NAME_LIMIT = 80
TEXT_LIMIT = 300


def _tr(text: str) -> str:
    return QCoreApplication.translate("Alerts", text)


class AlertStrip(Banner):
    """Says when, who, what, and how many more there were since it was last taken away.

    Attributes:
        dismissed: the user has seen it.
    """

    dismissed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setObjectName("alertStrip")
        self._more = 0
        self._dismiss = QAction(_tr("Dismiss alert"), self)
        plain_tooltip(self._dismiss, self._dismiss.text())
        self._dismiss.triggered.connect(self.dismissed)
        self.button = icon_button(self, self._dismiss)
        self.add_button(self.button)
        theme.changed.connect(self._restyle_button)
        self._restyle_button()

    def show_alert(self, alert: Alert, *, more: int, utc: bool) -> None:
        """Show the newest alert; ``more`` came with it."""
        self._more += more + (1 if self.text else 0)
        said = _tr("{time}  {observer}: {text}").format(
            time=clock(alert.at, utc)[:8],
            observer=one_line(alert.observer, NAME_LIMIT),
            text=masked(one_line(alert.text, TEXT_LIMIT)),
        )
        if self._more:
            said = _tr("{alert} (and {n} before)").format(alert=said, n=count(self._more))
        self.show_sentence(said, alert.severity)

    def clear(self) -> None:
        """Say nothing."""
        self._more = 0
        self.show_sentence("", self._severity)

    def _restyle_button(self) -> None:
        self._dismiss.setIcon(self._theme.icon("x"))
