"""The shape of dialogs that ask what kind of thing it is to be: kinds at the left, the form, perhaps something beside.

The dialogs ask the engine nothing themselves: they emit wishes and are told how they went.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QPalette, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from eventmon.gui.dialogs.frame import INSET, FramedDialog
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.field_note import FieldNote
from eventmon.gui.widgets.kind_list import KindList

TALLEST = 760
WIDEST = 1.4
"""Times the normal width, however large the text is."""
ROOM_TO_SPEAK = 36
"""Spare height, so that a sentence below moves nothing out of sight."""


class KindDialog(FramedDialog):
    """Kinds, form and buttons.

    Attributes:
        outcome: what is said above the buttons.
        kinds: the list at the left.
    """

    kinds: KindList

    def __init__(self, theme: Theme, size: QSize, smallest: QSize, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._theme = theme
        self._size = QSize(self._width(size.width(), parent), size.height())
        self._had_focus: QWidget | None = None
        self._aside: QWidget | None = None
        self._greyed: list[QWidget] = []
        self.outcome = FieldNote(theme)
        self.setMinimumSize(smallest)

    def _width(self, normal: int, over: QWidget | None) -> int:
        """Wider for larger text, as far as the window has room."""
        wanted = int(normal * max(1.0, min(WIDEST, self._theme.text_percent / 100)))
        return wanted if over is None else max(normal, min(wanted, over.window().width() - 2 * INSET))

    def stops(self) -> list[QWidget]:
        """Where Tab stops, in the order shown."""
        raise NotImplementedError

    def set_busy(self, sentence: str) -> None:
        """Grey everything but Cancel while the engine works, and say so; an empty sentence gives it back."""
        if sentence and self._body.isEnabled():
            self._had_focus = self.focusWidget()
        for widget in (self._body, *self._greyed):
            widget.setEnabled(not sentence)
        self.outcome.say(sentence)
        if not sentence and self._had_focus is not None:
            self._had_focus.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """As high as the form needs, as far as the window it stands over has room."""
        super().showEvent(event)
        if not event.spontaneous():
            self.resize(self._size.width(), self._needed_height())

    def grow(self) -> None:
        """Another form may need more room; nothing moves when it needs less."""
        if self.isVisible():
            QTimer.singleShot(0, self, self._grow)

    def _grow(self) -> None:
        self.resize(self.width(), max(self.height(), self._needed_height()))

    def _needed_height(self) -> int:
        around = self.height() - self.scroller.height()
        beside = self.kinds.width() + (self._aside.width() if self._aside is not None else 0)
        needed = self._column.heightForWidth(self._size.width() - beside) + around + ROOM_TO_SPEAK
        over = self.parentWidget()
        room = over.window().height() - 2 * INSET if over is not None else TALLEST
        return max(self.minimumHeight(), min(max(needed, self._size.height()), room, TALLEST))

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes through what is shown from top to bottom; Qt's own chain knows when each widget was made."""
        reached = [stop for stop in self.stops() if stop.isVisible() and stop.isEnabled()]
        if not reached:
            return False
        here = [at for at, stop in enumerate(reached) if self.focusWidget() in (stop, stop.focusProxy())]
        at = here[0] if here else -1 if forward else 0
        reached[(at + (1 if forward else -1)) % len(reached)].setFocus(
            Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        )
        return True

    def lay_out_columns(self, kinds: KindList, entry: QWidget, aside: QWidget | None = None) -> None:
        """Put the columns beside each other."""
        self.kinds, self._aside = kinds, aside
        column = QWidget()
        column.setAutoFillBackground(True)
        column.setBackgroundRole(QPalette.ColorRole.Base)
        inner = self._column = QVBoxLayout(column)
        inner.setContentsMargins(INSET, INSET, INSET, INSET)
        inner.addWidget(entry)
        inner.addStretch(1)
        self.scroller = self._scroller_of(column)
        middle = QVBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.scroller, 1)
        self.outcome.setContentsMargins(INSET, 8, INSET, 12)
        middle.addWidget(self.outcome)
        self._body = QWidget()
        sides = QHBoxLayout(self._body)
        sides.setContentsMargins(0, 0, 0, 0)
        sides.setSpacing(0)
        sides.addWidget(kinds)
        sides.addLayout(middle, 1)
        if aside is not None:
            sides.addWidget(aside)
        self.content.setContentsMargins(0, 0, 0, 0)
        self.content.addWidget(self._body)

    def grey_with_body(self, *buttons: QPushButton) -> None:
        """These buttons are grey too while the dialog is busy."""
        self._greyed += buttons

    def bring_into_sight(self) -> None:
        """The field with the keyboard comes into sight, with its sentence, after it was laid out."""
        QTimer.singleShot(0, self, self._show_focused)

    def _show_focused(self) -> None:
        widget = self.focusWidget()
        if widget is not None:
            self.scroller.ensureWidgetVisible(widget, 0, 60)

    @staticmethod
    def _scroller_of(column: QWidget) -> QScrollArea:
        scroller = QScrollArea()
        scroller.setWidgetResizable(True)
        scroller.setFrameShape(QFrame.Shape.NoFrame)
        scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroller.setWidget(column)
        return scroller
