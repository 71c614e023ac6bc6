"""The foot of the Publish panel: repeat, burst, fire; or why nothing can be fired, and the way out of it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFontMetrics, QIcon, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QSpinBox, QStackedLayout, QVBoxLayout, QWidget

from eventmon.gui.dialogs.frame import FooterButton
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.link_button import LinkButton
from eventmon.gui.widgets.number_box import MARGIN, ROOM_FOR_ARROWS
from eventmon.gui.widgets.plain_text import PlainLabel, plain_tooltip, same_tooltip

ICON = 16
GAP = 5
EVERY_MS = 500
BURST = 100
MAX_EVERY_MS = 3_600_000
MAX_BURST = 1_000_000
ROOM_FOR_BURST = 580
ROOM_FOR_LABEL = 356
ROOM_FOR_EVERY = 280
"""Widths at the usual text size, below which something leaves."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Publish", text)


class PublishActions(QWidget):
    """Buttons for the commands.

    Attributes:
        liftWanted: read-only is to be lifted.
    """

    liftWanted = Signal()

    def __init__(self, theme: Theme, fire: QAction, repeat: QAction, burst: QAction) -> None:
        super().__init__()
        self.setObjectName("publishActions")
        self._theme = theme
        self._every_above = False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.every = _spin(_tr("Repeat every"), EVERY_MS, MAX_EVERY_MS, _tr(" ms"))
        self.count = _spin(_tr("Events of a burst"), BURST, MAX_BURST)
        self.fire = _button(fire, _tr("Fire"), default=True)
        self.repeat = _button(repeat, _tr("Repeat"))
        self.burst = _button(burst, _tr("Burst"))
        self._every_label = PlainLabel(_tr("Repeat every"), self)
        self._count_label = PlainLabel(_tr("Burst of"), self)
        self.burst_box = QWidget(self)
        self.why = PlainLabel("", self)
        self.why.setWordWrap(True)
        self.lift = LinkButton(_tr("Lift read-only…"), self)
        self.lift.clicked.connect(self.liftWanted)
        self._lay_out()
        theme.changed.connect(self._restyle)
        self._restyle()

    def save_state(self) -> dict[str, int]:
        """What is chosen here."""
        return {"every": self.every.value(), "burst": self.count.value()}

    def restore_state(self, state: dict[str, Any]) -> None:
        """Take it back; anything odd is ignored."""
        for name, spin in (("every", self.every), ("burst", self.count)):
            value = state.get(name)
            if type(value) is int and spin.minimum() <= value <= spin.maximum():
                spin.setValue(value)

    def set_running(self, running: bool) -> None:
        """Repeat becomes Stop while something is under way."""
        self.repeat.setText(_tr("Stop") if running else _tr("Repeat"))
        self.every.setEnabled(not running)
        self.count.setEnabled(not running)
        self.updateGeometry()

    def refuse(self, why: str, *, liftable: bool = False) -> None:
        """Say why nothing can be fired, in the place of the buttons; an empty sentence brings them back."""
        self.why.setText(why)
        self.lift.setVisible(liftable)
        self._pages.setCurrentIndex(1 if why else 0)

    @property
    def refused(self) -> bool:
        """Whether the buttons are away."""
        return self._pages.currentIndex() == 1

    def fit(self, width: int) -> None:
        """Leave out what does not fit."""
        room = width * 100 / self._theme.text_percent
        above = room < ROOM_FOR_EVERY
        self._every_label.setVisible(above or room >= ROOM_FOR_LABEL)
        if above != self._every_above:
            self._every_above = above
            for place, widget in enumerate((self._every_label, self.every)):
                (self._above if above else self._row).insertWidget(place, widget)

    def has_room_for_burst(self, width: int) -> bool:
        """Whether the burst stands here, at this width."""
        return width >= ROOM_FOR_BURST * self._theme.text_percent / 100

    def take_burst(self) -> None:
        """Show the burst in this row."""
        self._row.insertWidget(2, self.burst_box)
        self.burst_box.show()

    def _lay_out(self) -> None:
        buttons, refusal = QWidget(self), QWidget(self)
        rows = QVBoxLayout(buttons)
        rows.setContentsMargins(0, 0, 0, 0)
        self._above, self._row = QHBoxLayout(), QHBoxLayout()
        for row in (self._above, self._row):
            row.setSpacing(8)
            rows.addLayout(row)
        self._above.addStretch(1)
        self._row.addWidget(self._every_label)
        self._row.addWidget(self.every)
        self._row.addStretch(1)
        self._row.addWidget(self.repeat)
        self._row.addWidget(self.fire)
        box = QHBoxLayout(self.burst_box)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        for widget in (self._count_label, self.count, self.burst):
            box.addWidget(widget)
        box.addStretch(1)
        line = QHBoxLayout(refusal)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        self._icon = PlainLabel(parent=refusal)
        line.addWidget(self._icon)
        line.addWidget(self.why, 1)
        line.addWidget(self.lift)
        self._pages = QStackedLayout(self)
        self._pages.setContentsMargins(0, 0, 0, 0)
        self._pages.addWidget(buttons)
        self._pages.addWidget(refusal)
        for label in (self._every_label, self._count_label):
            label.setProperty("tone", "text2")
        self.take_burst()

    def _restyle(self) -> None:
        theme = self._theme
        self.fire.setIcon(QIcon(theme.icon("send", "on_accent", ICON, gap=GAP)))
        self.fire.setIconSize(QSize(ICON + GAP, ICON))
        for spin, widest in ((self.every, _tr("{n} ms").format(n="50,000")), (self.count, "10,000")):
            spin.setFixedWidth(QFontMetrics(theme.body).horizontalAdvance(widest) + ROOM_FOR_ARROWS)
        self._icon.setPixmap(theme.pixmap("lock", "warn", ICON, self.devicePixelRatioF()))


def _spin(name: str, value: int, largest: int, suffix: str = "") -> QSpinBox:
    spin = QSpinBox()
    spin.setRange(1, largest)
    spin.setGroupSeparatorShown(True)
    spin.setSuffix(suffix)
    spin.setValue(value)
    spin.setAccessibleName(name)
    spin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    edit = spin.lineEdit()
    assert edit is not None
    edit.setTextMargins(MARGIN, 0, 0, 0)
    plain_tooltip(spin, name)
    return spin


def _button(action: QAction, text: str, *, default: bool = False) -> QPushButton:
    """A button for a command, with a text of its own; it is grey while the command is."""
    button = FooterButton(text)
    button.setAutoDefault(False)
    button.setDefault(default)
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)

    def follow() -> None:
        button.setEnabled(action.isEnabled())
        if action.isEnabled():
            plain_tooltip(button, f"{text} ({keys})" if keys else action.text())
        else:
            same_tooltip(button, action)  # it may say why it is grey

    button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    button.clicked.connect(action.trigger)
    action.changed.connect(follow)
    follow()
    return button
