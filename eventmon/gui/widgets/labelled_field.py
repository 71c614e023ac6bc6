"""A field of a dialog with its label above and its note below; what has to be mended is said at that very place."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.field_note import FieldNote
from eventmon.gui.widgets.looks import set_look
from eventmon.gui.widgets.plain_text import PlainLabel

LABEL_GAP = 4


class LabelledField(QWidget):
    """Label, editor and note under each other; ``beside`` stands at the right of the label."""

    def __init__(
        self, theme: Theme, title: str, editor: QWidget, note: str = "", *, beside: QWidget | None = None
    ) -> None:
        super().__init__()
        self.editor = editor
        self._calm = note
        name = title.replace("&", "")
        self.label = PlainLabel(name, self)
        self.label.setProperty("tone", "text2")
        self.label.setBuddy(editor.focusProxy() or editor)
        (editor.focusProxy() or editor).setAccessibleName(name)
        self.note = FieldNote(theme, self)
        self.setFocusProxy(editor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(LABEL_GAP)
        if name:
            top = QHBoxLayout()
            top.addWidget(self.label, 1)
            if beside is not None:
                top.addWidget(beside)
            layout.addLayout(top)
        layout.addWidget(editor)
        layout.addWidget(self.note)
        layout.addStretch(1)
        layout.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.note.say(note)

    @property
    def faulty(self) -> bool:
        """Whether something has to be mended here."""
        return self.note.tone == "error"

    def set_note(self, note: str) -> None:
        """What is said under the field while all is well."""
        self._calm = note
        if not self.faulty:
            self.note.say(note)

    def show_error(self, sentence: str) -> None:
        """Say what has to be mended, with a red edge round the field."""
        self.note.say(sentence, "error")
        self._mark("error")

    def clear_error(self) -> None:
        """Back to the calm note."""
        if self.faulty:
            self.note.say(self._calm)
            self._mark("")

    def _mark(self, state: str) -> None:
        set_look(self.editor.focusProxy() or self.editor, "state", state)
