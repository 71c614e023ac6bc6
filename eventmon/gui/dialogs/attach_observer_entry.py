"""What is filled in to attach an observer: name, pattern, the fields of its kind, what happens when it is slow."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal, get_args

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.forms import ObserverForm
from eventmon.gui.dialogs.fields_form import FieldsForm
from eventmon.gui.dialogs.frame import FORM_GAP
from eventmon.gui.known_topics import KnownTopics
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.labelled_field import LabelledField
from eventmon.gui.widgets.observer_pattern import ObserverPattern

Overflow = Literal["drop_oldest", "drop_newest", "latest"]
OVERFLOWS: Final[tuple[Overflow, ...]] = get_args(Overflow)
MAX_NAME = 200
_QUOTED = re.compile("“.*”", re.DOTALL)
"""What a user has typed may say anything."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Observers", text)


def free_name(wanted: str, taken: Sequence[str]) -> str:
    """The name, or the first of ``name 2``, ``name 3``… that no observer has."""
    known = set(taken)
    number, name = 2, wanted
    while name in known:
        name, number = f"{wanted} {number}", number + 1
    return name


class AttachObserverEntry(QWidget):
    """The middle column of the dialog.

    Attributes:
        changed: the user changed something.
        formChanged: the form of another kind is shown.
        stops: where Tab stops, in the order shown.
    """

    changed = Signal()
    formChanged = Signal()

    def __init__(self, theme: Theme, forms: Sequence[ObserverForm], topics: KnownTopics, taken: Sequence[str]) -> None:
        super().__init__()
        self._theme = theme
        self._forms = {form.kind: form for form in forms}
        self._taken = taken
        self._pages: dict[str, FieldsForm] = {}
        self._kind = ""
        self._paused = False
        self.stops: list[QWidget] = []
        self.name_line = QLineEdit()
        self.name_line.setObjectName("name")
        self.name_line.setMaxLength(MAX_NAME)
        self.name = LabelledField(theme, _tr("Name"), self.name_line)
        self.pattern = ObserverPattern(theme, topics)
        self.overflow = QComboBox()
        self.overflow.setObjectName("overflow")
        words = (_tr("Drop the oldest event"), _tr("Drop the newest event"), _tr("Keep only the latest event"))
        self.overflow.addItems(words)
        self.slow = LabelledField(
            theme, _tr("When it is slow"), self.overflow, _tr("1,000 events or 8 MiB wait for it before that.")
        )
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(FORM_GAP)
        self.name_line.textEdited.connect(lambda _text: self._edited(self.name))
        self.pattern.edited.connect(self.changed)
        self.overflow.activated.connect(lambda _index: self.changed.emit())

    @property
    def kind(self) -> str:
        """The kind whose form is shown."""
        return self._kind

    @property
    def form(self) -> FieldsForm:
        """The fields that are shown."""
        return self._pages[self._kind]

    def show_form(self, kind: str) -> None:
        """Show the form of a kind; what was typed into another stays there."""
        if kind == self._kind:
            return
        if kind not in self._pages:
            page = self._pages[kind] = FieldsForm(self._theme, self._forms[kind].fields)
            page.changed.connect(self._field_edited)
            page.save_paths()
        self._kind = kind
        self.name_line.setPlaceholderText(free_name(self._forms[kind].title, self._taken))
        self._arrange()
        self.formChanged.emit()

    def show_definition(self, definition: ObserverDefinition, *, name: str) -> None:
        """Show what is known of an observer."""
        self.show_form(definition.kind)
        self.name_line.setText(name)
        self.pattern.set_text(definition.pattern)
        self.form.set_values(definition.settings)
        self.overflow.setCurrentIndex(OVERFLOWS.index(definition.overflow))
        self._paused = definition.paused

    def definition(self) -> ObserverDefinition:
        """What is filled in now, right or not."""
        return ObserverDefinition(
            name=self.name_line.text().strip() or self.name_line.placeholderText(),
            kind=self._kind,
            pattern=self.pattern.text,
            settings=self.form.values(),
            paused=self._paused,
            overflow=OVERFLOWS[max(0, self.overflow.currentIndex())],
        )

    def checked(self) -> ObserverDefinition | None:
        """What is filled in; None when something has to be mended, which is said at its field."""
        self.clear_errors()
        if not self.pattern.check():
            self.pattern.line.setFocus(Qt.FocusReason.OtherFocusReason)
            return None
        missing = self.form.missing()
        if missing:
            title = self.form.title(missing)
            self.show_error(_tr("{field} has to be filled in.").format(field=title), missing)
            return None
        return self.definition()

    def show_error(self, sentence: str, field: str = "") -> bool:
        """Say at its field what has to be mended; whether there is such a field."""
        field = field or self._field_of(sentence)
        own = {"name": self.name, "pattern": self.pattern.field}
        if field in own:
            own[field].show_error(sentence)
            own[field].setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        if not self.form.show_error(field, sentence):
            return False
        self.form.focus_on(field)
        return True

    def point_at(self, sentence: str) -> None:
        """Say a mistake at its field of the kind, where there is one; the keyboard stays where it is."""
        self.form.show_error(self.form.begun_by(sentence), sentence)

    def clear_errors(self) -> None:
        """All is well again."""
        self.name.clear_error()
        self.pattern.field.clear_error()
        self.form.clear_errors()

    def _field_of(self, sentence: str) -> str:
        """The field that a sentence of the engine is about; empty when it does not say."""
        of_form = self.form.begun_by(sentence)
        if of_form:
            return of_form
        words = re.findall(r"\w+", _QUOTED.sub("", sentence))
        return next((word for word in ("pattern", "name") if word in words), "")

    def _edited(self, field: LabelledField) -> None:
        field.clear_error()
        self.changed.emit()

    def _field_edited(self, name: str) -> None:
        place = self.form.place_of(name)
        if place is not None:
            place.clear_error()
        self.changed.emit()

    def _arrange(self) -> None:
        """Name, pattern, the kind's form, what happens when it is slow, what is rarely needed."""
        while self._box.count():
            self._box.takeAt(0)
        for widget in (self.name, self.pattern, self.form, self.slow, self.form.rest):
            self._box.addWidget(widget)
        for kind, page in self._pages.items():
            page.show_all(kind == self._kind)  # as children: a widget of its own would be a window
        queued = self._forms[self._kind].queued
        self.slow.setVisible(queued)
        slow = [self.overflow] if queued else []
        self.stops = [
            self.name_line,
            self.pattern.line,
            *self.form.stops(),
            *slow,
            *self.form.stops_of_rest(),
        ]
