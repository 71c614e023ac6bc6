"""The preferences, made from the fields of the settings: what can be applied is applied at once.

A settings file with a mistake is shown with its mistake and never overwritten.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from eventmon.core.errors import UserError
from eventmon.engine.form_fields import FormField, form_fields, settings_from, values_from
from eventmon.engine.settings import FROM_NEXT_START, Settings
from eventmon.gui.dialogs.form_editors import FieldEditor, make_editor
from eventmon.gui.dialogs.frame import FramedDialog
from eventmon.gui.settings_keeper import SettingsKeeper
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.field_note import FieldNote
from eventmon.gui.widgets.labelled_field import LabelledField
from eventmon.gui.widgets.plain_text import PlainLabel

WIDTH: Final = 440


class PreferencesDialog(FramedDialog):
    """Shows the settings and keeps what is changed.

    Attributes:
        saved: other settings hold now.
    """

    saved = Signal()

    def __init__(self, theme: Theme, keeper: SettingsKeeper, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setObjectName("preferences")
        self.setWindowTitle(self.tr("Preferences"))
        self.resize(WIDTH, 0)
        self.setMinimumWidth(WIDTH)
        self._theme = theme
        self._keeper = keeper
        self.places: dict[str, LabelledField] = {}
        self.editors: dict[str, FieldEditor] = {}
        fields = form_fields(Settings)
        self._add_group(self.tr("Appearance"), [field for field in fields if field.name not in FROM_NEXT_START])
        self._add_group(self.tr("Event log"), [field for field in fields if field.name in FROM_NEXT_START])
        self.outcome = FieldNote(theme, self)
        self.outcome.setObjectName("preferencesOutcome")
        self.add(self.outcome)
        self.content.addStretch(1)
        self.again = self.add_button(self.tr("Read again"))
        self.again.clicked.connect(self.read)
        self.add_button(self.tr("Cancel")).clicked.connect(self.reject)
        self.save_button = self.add_button(self.tr("Save"), default=True)
        self.save_button.clicked.connect(self.save)
        self.read()
        next(iter(self.editors.values())).setFocus(Qt.FocusReason.OtherFocusReason)

    def showEvent(self, event: QShowEvent) -> None:
        """As high as everything in it needs."""
        super().showEvent(event)
        self._fit()

    def read(self) -> None:
        """Show what the file says; one with a mistake is told of, and nothing can be saved over it."""
        mistake = ""
        try:
            settings = self._keeper.read()
        except UserError as error:
            settings, mistake = self._keeper.settings, str(error)
        for name, value in values_from(settings).items():
            self.editors[name].set_value(value)
            self.places[name].clear_error()
            self.places[name].setEnabled(not mistake)
        self.save_button.setEnabled(not mistake)
        self.again.setVisible(bool(mistake))
        kept = self.tr("Kept in {path}").format(path=self._keeper.paths.settings_file)
        self.outcome.say(mistake or kept, "error" if mistake else "text3")
        self._fit()

    def save(self) -> None:
        """Keep what is filled in, unless something of it cannot be."""
        wrong = [name for name in self.editors if not self._is_right(name)]
        if wrong:
            self.editors[wrong[0]].setFocus(Qt.FocusReason.OtherFocusReason)
            return
        values = {name: editor.value() for name, editor in self.editors.items()}
        try:
            self._keeper.write(settings_from(Settings, values, self.windowTitle()))
        except UserError as error:
            self.outcome.say(str(error), "error")
            return
        self.saved.emit()
        self.accept()

    def _is_right(self, name: str) -> bool:
        """Whether a field can be kept; if not, it says why."""
        try:
            settings_from(Settings, {name: self.editors[name].value()}, self.windowTitle())
        except UserError as error:
            self.places[name].show_error(str(error))
            self._fit()
            return False
        self.places[name].clear_error()
        return True

    def _fit(self) -> None:
        """Grow where a sentence needs another line; nothing is ever squeezed."""
        layout = self.layout()
        if layout is not None and self.isVisible():
            layout.activate()
            self.resize(self.width(), max(self.height(), layout.totalHeightForWidth(self.width())))

    def _add_group(self, title: str, fields: Sequence[FormField]) -> None:
        heading = PlainLabel(title, self)
        heading.setFont(self._theme.title)
        self.add(heading)
        for field in fields:
            self.add(self._place(field))

    def _place(self, field: FormField) -> LabelledField:
        editor = make_editor(field, self._theme)
        if field.kind != "switch":
            editor.setMaximumWidth(WIDTH // 2)
        editor.changed.connect(lambda: self._is_right(field.name))
        later = self.tr("Holds from the next start.") if field.name in FROM_NEXT_START else ""
        note = " ".join(filter(None, (field.description, later)))
        place = LabelledField(self._theme, "" if field.kind == "switch" else field.title, editor, note)
        if field.kind == "switch":
            (editor.focusProxy() or editor).setAccessibleName(field.title)
        self.editors[field.name] = editor
        self.places[field.name] = place
        return place
