"""The New topic dialog: a name, and why it cannot be used, said under it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from eventmon.core.errors import UserError
from eventmon.core.topic import validate_topic
from eventmon.engine.requests import CreateTopic
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.dialogs.frame import FramedDialog
from eventmon.gui.models.log_inquiry import Inquiry
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.labelled_field import LabelledField

MAX_LENGTH = 4_096
WIDTH = 440


class NewTopicDialog(FramedDialog):
    """Asks for the name of a local topic and has the engine make it.

    Attributes:
        created: the topic that exists now (str as object, which keeps a lone surrogate).
    """

    created = Signal(object)

    def __init__(self, theme: Theme, bridge: EngineBridge, start: str, parent: QWidget | None = None) -> None:
        """Make it; ``start`` is what the field begins with."""
        super().__init__("", parent)
        self.setObjectName("newTopic")
        self.setWindowTitle(self.tr("New topic"))
        self.setMinimumWidth(WIDTH)
        self._inquiry = Inquiry(bridge, self)
        self.edit = QLineEdit(start)
        self.edit.setObjectName("newTopicName")
        self.edit.setMaxLength(MAX_LENGTH)
        self.edit.setPlaceholderText("orders/eu/created")
        self.field = LabelledField(
            theme,
            self.tr("Topic"),
            self.edit,
            self.tr("Levels are separated by “/”. A topic also appears with its first event."),
        )
        self.add(self.field)
        self.cancel = self.add_button(self.tr("Cancel"))
        self.create_button = self.add_button(self.tr("Create topic"), default=True)
        self.cancel.clicked.connect(self.reject)
        self.create_button.clicked.connect(self._create)
        self.edit.textChanged.connect(self._edited)
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self._edited()

    def setVisible(self, visible: bool) -> None:
        """Whoever types goes on behind what the field begins with; Qt would select it."""
        super().setVisible(visible)
        if visible:
            self.edit.end(False)

    def _edited(self) -> None:
        self.field.clear_error()
        self.create_button.setEnabled(bool(self.edit.text()))

    def _create(self) -> None:
        topic = self.edit.text()
        try:
            validate_topic(topic)
        except UserError as error:
            self._refuse(str(error))
            return
        self.create_button.setEnabled(False)
        self._inquiry.ask(CreateTopic(topic=topic), lambda _done: self._done(topic), self._refuse)

    def _done(self, topic: str) -> None:
        self.created.emit(topic)
        self.accept()

    def _refuse(self, sentence: str) -> None:
        self.create_button.setEnabled(True)
        self.field.show_error(sentence)
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
