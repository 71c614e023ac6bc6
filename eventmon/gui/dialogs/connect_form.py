"""A connector's form as widgets, made from its description: no connector is known here by name."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from eventmon.engine.forms import ConnectorForm, FieldValue, FormField
from eventmon.gui.dialogs.form_editors import KEPT, FieldEditor, ListEditor, SecretEditor, make_editor
from eventmon.gui.dialogs.form_layout import COLUMNS, rows_of
from eventmon.gui.dialogs.frame import FORM_GAP
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.labelled_field import LabelledField
from eventmon.gui.widgets.link_button import LinkButton


def _tr(text: str) -> str:
    return QCoreApplication.translate("Connect", text)


class ConnectForm(QWidget):
    """The fields of one connector.

    Attributes:
        changed: the user changed a field (its name).
        browseWanted: the user wants to see which names there are.
        rest: what is rarely needed, behind *More settings*; a widget of its own, to be put further down.
    """

    changed = Signal(str)
    browseWanted = Signal()

    def __init__(self, theme: Theme, form: ConnectorForm, *, keeps_secrets: bool = False) -> None:
        super().__init__()
        self.form = form
        self._keeps_secrets = keeps_secrets
        self._theme = theme
        self._places: dict[str, LabelledField] = {}
        self._editors: dict[str, FieldEditor] = {}
        self.browse = LinkButton(_tr("Browse…"))
        self.browse.setAccessibleName(_tr("Browse for names"))
        self.browse.clicked.connect(self.browseWanted)
        self.more = LinkButton(_tr("More settings"))
        self.more.setCheckable(True)
        self.more.toggled.connect(self._show_more)
        plain = [field for field in form.fields if not field.advanced]
        rare = [field for field in form.fields if field.advanced]
        lists = [field.name for field in plain if field.kind == "list"]
        self._browse_at = lists[-1] if lists and form.browses else ""
        self.browse.setVisible(bool(self._browse_at))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._rows(plain))
        self._rare = self._rows(rare)
        self._rare.hide()
        self.rest = QWidget()
        below = QVBoxLayout(self.rest)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(FORM_GAP)
        below.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        below.addWidget(self._rare)
        self._has_rest = bool(rare)
        if form.fields:
            self.setFocusProxy(self._editors[form.fields[0].name])

    def values(self, *, hide_secrets: bool = False) -> dict[str, FieldValue]:
        """What all fields hold; with ``hide_secrets`` a password is its placeholder."""
        values = {name: editor.value() for name, editor in self._editors.items()}
        if hide_secrets:
            secrets = [field.name for field in self.form.fields if field.kind == "secret"]
            values |= {name: KEPT for name in secrets if values[name]}
        return values

    def set_values(self, values: Mapping[str, FieldValue]) -> None:
        """Show what an address says; a field that it does not name shows its default."""
        for name, editor in self._editors.items():
            editor.set_value(values.get(name, editor.field.default))
        self.clear_errors()

    def missing(self) -> str:
        """The first field that has to be filled in and is empty; empty when there is none."""
        needed = (field for field in self.form.fields if field.required)
        return next((field.name for field in needed if self._editors[field.name].value() == ""), "")

    def title(self, name: str) -> str:
        """The label of a field."""
        return self._editors[name].field.title

    def named_in(self, sentence: str) -> str:
        """The field that a sentence begins with, else the one that has to be filled in; empty for none."""
        said = [field.name for field in self.form.fields if sentence.startswith((field.title, f"{field.name}="))]
        required = [field.name for field in self.form.fields if field.required]
        return next(iter(said), required[0] if len(required) == 1 else "")

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

    def show_all(self, shown: bool) -> None:
        """Show the form and its rest, or neither."""
        self.setVisible(shown)
        self.rest.setVisible(shown and self._has_rest)

    def stops(self) -> list[QWidget]:
        """What Tab goes through, in order, without the rest."""
        stops = [stop for editor in self._editors.values() if not editor.field.advanced for stop in editor.stops()]
        if self._browse_at:
            stops.insert(stops.index(self._editors[self._browse_at].stops()[0]) + 1, self.browse)
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
        beside = self.browse if field.name == self._browse_at else None
        place = LabelledField(self._theme, title, editor, note, beside=beside)
        if field.kind == "switch":
            (editor.focusProxy() or editor).setAccessibleName(field.title)
        self._places[field.name] = place
        self._editors[field.name] = editor
        return place

    def _show_more(self, more: bool) -> None:
        self._rare.setVisible(more)
        self.more.setText(_tr("Fewer settings") if more else _tr("More settings"))
