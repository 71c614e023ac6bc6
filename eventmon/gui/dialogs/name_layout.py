"""A small dialog that asks for the name of a layout; what is wrong with it is said under the field."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QWidget

from eventmon.core.errors import UserError
from eventmon.gui.dialogs.frame import FramedDialog
from eventmon.gui.layout import MAX_NAME
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.labelled_field import LabelledField


class NameLayoutDialog(FramedDialog):
    """Asks for a name and hands it on; stays open while that is refused."""

    def __init__(
        self, theme: Theme, title: str, parent: QWidget, *, verb: str, name: str, take: Callable[[str], object]
    ) -> None:
        super().__init__(title, parent)
        self.setObjectName("nameLayout")
        self._take = take
        self.line = QLineEdit(name, self)
        self.line.setMaxLength(MAX_NAME)
        self.line.selectAll()
        self.place = LabelledField(theme, self.tr("Name"), self.line)
        self.line.textEdited.connect(self.place.clear_error)
        self.add(self.place)
        self.setMinimumWidth(360)
        self.add_button(self.tr("Cancel")).clicked.connect(self.reject)
        self.confirm = self.add_button(verb, default=True)
        self.confirm.clicked.connect(self._confirm)

    def _confirm(self) -> None:
        try:
            self._take(self.line.text())
        except UserError as error:
            self.place.show_error(str(error))
            self.line.setFocus()
            return
        self.accept()
