"""A tree of fields, or why there is none: with the offer to make one of a big payload."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QPushButton, QStackedWidget, QWidget

from eventmon.gui.context import PanelContext
from eventmon.gui.formatting import size
from eventmon.gui.models.event_json import JsonValue
from eventmon.gui.models.event_tree import EventTreeModel
from eventmon.gui.widgets.empty_state import EmptyState
from eventmon.gui.widgets.event_tree_view import EventTreeView


class EventTreePage(QStackedWidget):
    """Fields and values, or why there are none.

    Attributes:
        decodeWanted: a tree of the big payload is to be made.
    """

    decodeWanted = Signal()

    def __init__(
        self, context: PanelContext, titles: tuple[str, str], name: str, parent: QWidget, *, quoted: bool, icon: str
    ) -> None:
        super().__init__(parent)
        self.model = EventTreeModel(titles, quoted=quoted, parent=self)
        self.view = EventTreeView(context.theme, self.model, name, self)
        self.decode = QPushButton(self)
        self.decode.setObjectName("decodePayload")
        self.decode.clicked.connect(self.decodeWanted)
        self.nothing = EmptyState(context.theme, icon, "", "", button=self.decode, parent=self)
        self.addWidget(self.view)
        self.addWidget(self.nothing)

    def keyboard_widget(self) -> QWidget | None:
        """What takes the keyboard; None when nothing here does."""
        if self.currentWidget() is self.view:
            return self.view
        return self.decode if self.decode.isVisibleTo(self) and self.decode.isEnabled() else None

    def show_value(self, value: JsonValue) -> None:
        """Show fields."""
        had_keyboard = self.hasFocus() or self.decode.hasFocus()
        self.view.show_value(value)
        self.setCurrentWidget(self.view)
        if had_keyboard:
            self.view.setFocus()

    def show_nothing(self, title: str, sentence: str, *, decodable: int = 0) -> None:
        """Say why there are no fields, and offer to decode so many bytes."""
        had_keyboard = self.hasFocus() or self.view.hasFocus() or self.decode.hasFocus()
        self.view.show_value([])
        self.nothing.set_text(title, sentence)
        self.decode.setVisible(bool(decodable))
        self.decode.setEnabled(True)
        self.decode.setText(
            QCoreApplication.translate("EventTree", "Decode {size}").format(size=size(decodable)) if decodable else ""
        )
        self.setCurrentWidget(self.nothing)
        if had_keyboard:
            (self.decode if decodable else self).setFocus()
