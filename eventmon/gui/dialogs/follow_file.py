"""The form for following a file: which one, what a line is, and which topic its events get.

It builds the connection's URL and nothing else; whether the file can be read is the engine's to say, and what it
says is shown under the field.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, urlencode

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from eventmon.gui.dialogs.frame import FramedDialog
from eventmon.gui.widgets.looks import set_look

FORMATS = ("auto", "json", "text", "logfmt")


def pipe_url(path: str, *, topic: str = "", format_name: str = "auto") -> str:
    """The URL of a connection that follows a file."""
    options = {name: value for name, value in (("topic", topic), ("format", format_name)) if value}
    if options.get("format") == "auto":
        del options["format"]
    query = f"?{urlencode(options)}" if options else ""
    return f"pipe://{quote(path)}{query}"


class FollowFileDialog(FramedDialog):
    """Asks for a file to follow.

    Attributes:
        chosen: the URL to open (str); the dialog stays until the engine took it.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setWindowTitle(self.tr("Follow a file"))
        self.setMinimumWidth(520)
        self.path = QLineEdit(self)
        self.path.setPlaceholderText("/var/log/shop/orders.jsonl")
        self.path.setAccessibleName(self.tr("File"))
        self.format = QComboBox(self)
        titles = (self.tr("Find out from the first lines"), self.tr("JSON"), self.tr("Text"), self.tr("logfmt"))
        for name, title in zip(FORMATS, titles, strict=True):
            self.format.addItem(title, name)
        self.topic = QLineEdit(self)
        self.error = self.add_field(self.tr("File"), self._path_row(), self._about_file())
        self.add_field(self.tr("Each line is"), self.format)
        self.add_field(
            self.tr("Topic (optional)"),
            self.topic,
            self.tr(
                "A field of the line whose value is the topic, such as “type”, or a fixed topic such as “shop/orders”. "
                "Empty: all lines share one topic."
            ),
        )
        self.content.addStretch(1)
        cancel = self.add_button(self.tr("Cancel"))
        cancel.clicked.connect(self.reject)
        self.follow = self.add_button(self.tr("Follow"), default=True)
        self.follow.clicked.connect(self._choose)
        self.path.textChanged.connect(self._path_changed)
        self._path_changed()
        self.path.setFocus()

    def url(self) -> str:
        """The URL of what is filled in."""
        path = str(Path(self.path.text().strip()).expanduser().absolute())
        return pipe_url(path, topic=self.topic.text().strip(), format_name=self.format.currentData())

    def set_busy(self, busy: bool) -> None:
        """Grey the form out while the engine tries."""
        for widget in (self.path, self.browse, self.format, self.topic, self.follow):
            widget.setEnabled(not busy)

    def show_error(self, sentence: str) -> None:
        """Show why the file cannot be followed, under its field."""
        self._mark(sentence, "error")
        self.path.setFocus()

    def _path_row(self) -> QWidget:
        row = QWidget(self)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        self.browse = QPushButton(self.tr("Browse…"), row)
        self.browse.setAutoDefault(False)
        self.browse.clicked.connect(self._browse)
        layout.addWidget(self.path, 1)
        layout.addWidget(self.browse)
        row.setFocusProxy(self.path)
        return row

    def _about_file(self) -> str:
        return self.tr("New lines become events as they are written. The file is only read.")

    def _browse(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("Follow a file"), self.path.text())
        if chosen:
            self.path.setText(chosen)

    def _choose(self) -> None:
        self._mark(self._about_file(), "")
        self.chosen.emit(self.url())

    def _path_changed(self) -> None:
        self.follow.setEnabled(bool(self.path.text().strip()))
        self._mark(self._about_file(), "")

    def _mark(self, sentence: str, state: str) -> None:
        self.error.setText(sentence)
        set_look(self.error, "tone", state or "text3")
        set_look(self.path, "state", state)
