"""The data of an event being written: an editor or a file, the choice of the format, and what is wrong with it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from eventmon.engine.templates import PayloadFormat
from eventmon.gui.models.publish_payload import written_as
from eventmon.gui.models.publish_plan import BODY, FILE
from eventmon.gui.models.publish_texts import FORMATS, format_word
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.field_note import FieldNote
from eventmon.gui.widgets.publish_editor import PublishEditor


def _tr(text: str) -> str:
    return QCoreApplication.translate("Publish", text)


class PublishData(QWidget):
    """Editor and file; the choice of the format stands elsewhere.

    Attributes:
        edited: the user changed the data.
        formatChanged: it is written in another way now, or comes from another file.
        content: the choice of the format, for whoever lays out the form.
        format: how the data is written.
        notes: what is wrong, by the field of the draft.
    """

    edited = Signal()
    formatChanged = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.format: PayloadFormat = "json"
        self.content = QComboBox(self)
        self.editor = PublishEditor(theme, self)
        self.file = QLineEdit(self)
        self.file.setAccessibleName(_tr("File"))
        self.file.setPlaceholderText(_tr("Path of a file"))
        self.browse = QPushButton(_tr("Choose…"), self)
        self.notes = {name: FieldNote(theme, self) for name in (BODY, FILE)}
        self._fill_content()
        self._lay_out()
        self.content.activated.connect(lambda index: self._choose_format(list(FORMATS)[index]))
        self.browse.clicked.connect(self._choose_file)
        self.editor.textChanged.connect(self.edited)
        self.file.textEdited.connect(lambda _text: self.edited.emit())

    def show_data(self, payload_format: PayloadFormat, body: str, file: str) -> None:
        """Show the data of a draft; what is shown already keeps its undo."""
        self.file.setText(file)
        if body != self.editor.text():
            self.editor.set_text(body)
        self.content.setCurrentIndex(list(FORMATS).index(payload_format))
        self._take_format(payload_format)

    def _fill_content(self) -> None:
        for payload_format in FORMATS:
            self.content.addItem(format_word(payload_format))
        self.content.setAccessibleName(_tr("Content"))
        self.content.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.content.setMinimumContentsLength(4)
        self.content.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    def _lay_out(self) -> None:
        self._file = QWidget(self)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.file, 1)
        row.addWidget(self.browse)
        column = QVBoxLayout(self._file)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.notes[FILE])
        column.addStretch(1)
        self._file.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.editor, 1)
        layout.addWidget(self._file)
        layout.addWidget(self.notes[BODY])

    def _choose_format(self, chosen: PayloadFormat) -> None:
        """Write the same bytes in another way, where that can be done; undo brings the text back."""
        text = self.editor.text()
        if "file" not in (chosen, self.format):
            converted = written_as(text, self.format, chosen)
            if converted != text:
                self.editor.replace_text(converted)
        self._take_format(chosen)
        self.edited.emit()

    def _choose_file(self) -> None:
        path, _kind = QFileDialog.getOpenFileName(self, _tr("Publish a file"), self.file.text())
        if path:
            self.file.setText(path)
            self._take_format(self.format)
            self.edited.emit()

    def _take_format(self, payload_format: PayloadFormat) -> None:
        self.format = payload_format
        from_file = payload_format == "file"
        self.editor.setVisible(not from_file)
        self._file.setVisible(from_file)
        self.editor.highlighter.set_json(payload_format == "json")
        self.formatChanged.emit()
