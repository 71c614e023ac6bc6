"""Asks on which hub the workspace is to be shared; says how it went at the field, and nothing typed is lost."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from eventmon.engine.frame import HubStatus
from eventmon.engine.requests import ShareWorkspace, TryHub
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.dialogs.frame import FramedDialog
from eventmon.gui.models.log_inquiry import Inquiry
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.field_note import FieldNote
from eventmon.gui.widgets.labelled_field import LabelledField
from eventmon.gui.widgets.plain_text import PlainLabel

WIDTH: Final = 480
MAX_LENGTH: Final = 2_000


def _tr(text: str) -> str:
    return QCoreApplication.translate("Hub", text)


class ShareDialog(FramedDialog):
    """One field, a test, and the way to share."""

    def __init__(self, theme: Theme, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(_tr("Share this workspace"), parent)
        self.setObjectName("shareDialog")
        self.setFixedWidth(WIDTH)
        self._inquiry = Inquiry(bridge, self)
        head = PlainLabel(
            _tr(
                "Topics and observers move to the hub, where everybody on it sees, counts and changes them. "
                "Each observer goes on running where it was attached. Connections stay here."
            ),
            self,
        )
        head.setWordWrap(True)
        self.edit = QLineEdit(self)
        self.edit.setObjectName("hubUrl")
        self.edit.setMaxLength(MAX_LENGTH)
        self.edit.setPlaceholderText("redis://localhost:6379")
        note = _tr("A Redis or Valkey server. A password is kept in the keyring, not in the workspace.")
        self.field = LabelledField(theme, _tr("Address of the hub"), self.edit, note)
        self.outcome = FieldNote(theme, self)
        self.add(head)
        self.add(self.field, self.outcome)
        self._add_buttons()
        self.edit.textChanged.connect(self._edited)
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self._edited()

    def _add_buttons(self) -> None:
        self.test = QPushButton(_tr("Test"), self)
        self.test.setAutoDefault(False)
        self.footer.insertWidget(0, self.test)
        self.cancel = self.add_button(_tr("Cancel"))
        self.share = self.add_button(_tr("Share"), default=True)
        self.test.clicked.connect(self._try)
        self.cancel.clicked.connect(self.reject)
        self.share.clicked.connect(self._share)

    def _edited(self) -> None:
        self.field.clear_error()
        self.outcome.say("")
        self._allow(True)

    def _allow(self, allowed: bool) -> None:
        for button in (self.test, self.share):
            button.setEnabled(allowed and bool(self.edit.text().strip()))

    def _try(self) -> None:
        self._begin(_tr("Asking…"))
        self._inquiry.ask(TryHub(url=self.edit.text().strip()), self._reached, self._refused)

    def _share(self) -> None:
        self._begin(_tr("Sharing…"))
        self._inquiry.ask(ShareWorkspace(url=self.edit.text().strip()), self._shared, self._refused)

    def _begin(self, said: str) -> None:
        self.field.clear_error()
        self.outcome.say(said)
        self._allow(False)
        self.edit.setReadOnly(True)

    def _reached(self, sentence: str) -> None:
        self._end()
        self.outcome.say(sentence, "ok")

    def _shared(self, _status: HubStatus) -> None:
        self._end()
        self.accept()

    def _refused(self, sentence: str) -> None:
        self._end()
        self.field.show_error(sentence)
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _end(self) -> None:
        self.edit.setReadOnly(False)
        self.outcome.say("")
        self._allow(True)
