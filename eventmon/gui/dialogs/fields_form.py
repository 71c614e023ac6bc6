"""A form as widgets, made from the description of its fields: what it is a form of is not known here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from eventmon.engine.form_fields import FieldValue, FormField
from eventmon.gui.dialogs.form_editors import (
    KEPT,
    FieldEditor,
    ListEditor,
    NumberEditor,
    PathEditor,
    SecretEditor,
    make_editor,
)
from eventmon.gui.dialogs.form_layout import COLUMNS, rows_of
from eventmon.gui.dialogs.frame import FORM_GAP
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.labelled_field import LabelledField
from eventmon.gui.widgets.link_button import LinkButton


def _tr(text: str) -> str:
    return QCoreApplication.translate("Connect", text)


class FieldsForm(QWidget):
    """Fields in rows, each with its label and note.

    Attributes:
        changed: the user changed a field (its name).
        rest: what is rarely needed, behind *More settings*; a widget of its own, to be put further down.
    """

    changed = Signal(str)

    def __init__(
        self,
        theme: Theme,
        fields: Sequence[FormField],
        *,
        keeps_secrets: bool = False,
        beside: tuple[str, QWidget] | None = None,
    ) -> None:
        """Make it; ``beside`` names a field and a widget that stands at the right of its label."""
        super().__init__()
        self.fields = tuple(fields)
        self._keeps_secrets = keeps_secrets
        self._theme = theme
        self._beside = beside
        self._places: dict[str, LabelledField] = {}
        self._editors: dict[str, FieldEditor] = {}
        self.more = LinkButton(_tr("More settings"))
        self.more.setCheckable(True)
        self.more.toggled.connect(self._show_more)
        rare = [field for field in fields if field.advanced]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._rows([field for field in fields if not field.advanced]))
        self._rare = self._rows(rare)
        self._rare.hide()
        self.rest = QWidget()
        below = QVBoxLayout(self.rest)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(FORM_GAP)
        below.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        below.addWidget(self._rare)
        self._has_rest = bool(rare)
        if fields:
            self.setFocusProxy(self._editors[fields[0].name])

    def values(self, *, hide_secrets: bool = False) -> dict[str, FieldValue]:
        """What all fields hold; with ``hide_secrets`` a password is its placeholder."""
        values = {name: editor.value() for name, editor in self._editors.items()}
        if hide_secrets:
            secrets = [field.name for field in self.fields if field.kind == "secret"]
            values |= {name: KEPT for name in secrets if values[name]}
        return values

    def set_values(self, values: Mapping[str, FieldValue]) -> None:
        """Show what an address says; a field that it does not name shows its default."""
        for name, editor in self._editors.items():
            editor.set_value(values.get(name, editor.field.default))
        self.clear_errors()

    def missing(self) -> str:
        """The first field that has to be filled in and is empty; empty when there is none."""
        needed = (field for field in self.fields if field.required)
        return next((field.name for field in needed if self._editors[field.name].value() == ""), "")

    def title(self, name: str) -> str:
        """The label of a field."""
        return self._editors[name].field.title

    def named_in(self, sentence: str) -> str:
        """The field that a sentence begins with, else the one that has to be filled in; empty for none."""
        required = [field.name for field in self.fields if field.required]
        return self.begun_by(sentence) or (required[0] if len(required) == 1 else "")

    def begun_by(self, sentence: str) -> str:
        """The field that a sentence begins with; empty for none."""
        said = (field.name for field in self.fields if sentence.startswith((field.title, f"{field.name}=")))
        return next(said, "")

    def show_error(self, name: str, sentence: str) -> bool:
        """Say at a field what has to be mended and go there; whether there is such a field."""
        place = self._places.get(name)
        if place is None:
            return False
        if self._editors[name].field.advanced:
            self.more.setChecked(True)
        place.show_error(sentence)
        return True

    def clear_errors(self) -> None:
        """All is well again."""
        for place in self._places.values():
            place.clear_error()

    def focus_on(self, name: str) -> None:
        """Give a field the keyboard."""
        self._editors[name].setFocus(Qt.FocusReason.OtherFocusReason)

    def place_of(self, name: str) -> LabelledField | None:
        """A field with its label and note."""
        return self._places.get(name)

    def lists(self) -> dict[str, ListEditor]:
        """The fields that hold names."""
        return {name: editor for name, editor in self._editors.items() if isinstance(editor, ListEditor)}

    def save_paths(self) -> None:
        """Browsing for a file chooses one to write to, which need not exist."""
        for editor in self._editors.values():
            if isinstance(editor, PathEditor):
                editor.writes = True

    def show_all(self, shown: bool) -> None:
        """Show the form and its rest, or neither."""
        self.setVisible(shown)
        self.rest.setVisible(shown and self._has_rest)

    def stops(self) -> list[QWidget]:
        """What Tab goes through, in order, without the rest."""
        stops = [stop for editor in self._editors.values() if not editor.field.advanced for stop in editor.stops()]
        if self._beside is not None:
            name, widget = self._beside
            stops.insert(stops.index(self._editors[name].stops()[0]) + 1, widget)
        return stops

    def stops_of_rest(self) -> list[QWidget]:
        """What Tab goes through in the rest."""
        rare = [editor for editor in self._editors.values() if editor.field.advanced]
        return [self.more, *(stop for editor in rare for stop in editor.stops())]

    def _rows(self, fields: list[FormField]) -> QWidget:
        widget = QWidget()
        column = QVBoxLayout(widget)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(FORM_GAP)
        for row in rows_of(fields):
            line = QHBoxLayout()
            line.setSpacing(FORM_GAP)
            for field, span in row:
                line.addWidget(self._place(field), span)
            left = COLUMNS - sum(span for _, span in row)
            if left:
                line.addWidget(QWidget(), left)  # a stretch would take the gap before it as well
            column.addLayout(line)
        return widget

    def _place(self, field: FormField) -> LabelledField:
        editor = make_editor(field, self._theme)
        if isinstance(editor, SecretEditor):
            editor.keeps = self._keeps_secrets
        editor.changed.connect(lambda: self.changed.emit(field.name))
        note = field.description
        if field.kind == "secret" and not note:
            note = _tr("Kept in the keyring or a private file, never in the workspace.")
        title = "" if field.kind == "switch" else field.title
        beside = self._beside[1] if self._beside is not None and self._beside[0] == field.name else None
        place = LabelledField(self._theme, title, editor, note, beside=beside)
        if field.kind == "switch":
            (editor.focusProxy() or editor).setAccessibleName(field.title)
        if isinstance(editor, NumberEditor):  # its box has the keyboard and the name; the line is read too
            editor.line.setAccessibleName(field.title)
        self._places[field.name] = place
        self._editors[field.name] = editor
        return place

    def _show_more(self, more: bool) -> None:
        self._rare.setVisible(more)
        self.more.setText(_tr("Fewer settings") if more else _tr("More settings"))
