"""The editor of a template in a form: several lines, placeholders to choose or complete, JSON checked while typed."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from eventmon.engine.forms import FieldValue, FormField
from eventmon.gui.dialogs.form_editors import FieldEditor
from eventmon.gui.models.template_texts import look_of
from eventmon.gui.publish_rest import RestTimer
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.field_note import FieldNote
from eventmon.gui.widgets.link_button import LinkButton
from eventmon.gui.widgets.placeholder_completion import PlaceholderCompletion
from eventmon.gui.widgets.publish_editor import PublishEditor

LINES = 6
CHECK_MS = 150
LONGEST_MS = 600


def _tr(text: str) -> str:
    return QCoreApplication.translate("Observers", text)


class TemplateEditor(FieldEditor):
    """A text with placeholders.

    Attributes:
        editor: where it is written.
        state: what is said of it now.
        insert: opens the list of placeholders.
    """

    def __init__(self, field: FormField, theme: Theme) -> None:
        super().__init__(field, theme)
        self.editor = PublishEditor(theme, self, name=f"field.{field.name}", least_lines=LINES)
        self.editor.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.state = FieldNote(theme, self)
        self.insert = LinkButton(_tr("Insert placeholder"), self)
        self.completion = PlaceholderCompletion(self.editor, field.placeholders)
        self._known = ""
        self._check_due = RestTimer("templateCheck", CHECK_MS, LONGEST_MS, self)
        self._check_due.timeout.connect(self.check)
        self.insert.clicked.connect(self._show_menu)
        self.editor.textChanged.connect(self._text_changed)
        self.setFocusProxy(self.editor)
        self._lay_out()
        self.check()

    def stops(self) -> list[QWidget]:
        """The editor, then its list."""
        return [self.editor, self.insert]

    def value(self) -> FieldValue:
        """The text to the letter; nothing for blanks alone."""
        text = self.editor.text()
        return text if text.strip() else ""

    def set_value(self, value: FieldValue) -> None:
        """Show another text."""
        if value != self.value():
            self._known = str(value)
            self.editor.set_text(self._known)
        self.check()

    def check(self) -> None:
        """Say what it sends, and mark what is wrong."""
        self._check_due.stop()
        look = look_of(self.editor.text(), self.field.title)
        self.state.say(look.sentence, look.tone)
        self.editor.highlighter.set_json(look.is_json)
        if self.editor.marked != look.position:
            self.editor.mark(look.position)

    def menu(self) -> QMenu:
        """The placeholders to choose from; it deletes itself when closed."""
        menu = QMenu(self)
        menu.setObjectName("placeholderMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for placeholder in self.field.placeholders:
            menu.addAction(placeholder).triggered.connect(lambda _on, text=placeholder: self.completion.put(text))
        return menu

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.editor)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self.state, 1)
        below.addWidget(self.insert, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(below)
        self.row.addLayout(column)

    def _show_menu(self) -> None:
        self.menu().popup(self.insert.mapToGlobal(self.insert.rect().bottomLeft()))

    def _text_changed(self) -> None:
        text = self.editor.text()
        if text != self._known:  # Qt tells of other colours too
            self._known = text
            self._check_due.touch()
            self.changed.emit()
