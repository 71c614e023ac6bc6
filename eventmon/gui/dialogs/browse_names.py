"""The list of names that a source has, to be ticked; it fills while the engine looks, and can be stopped.

It asks nothing itself: whoever opened it hands over one part after the other while ``running``.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, QModelIndex, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHeaderView, QPushButton, QStackedLayout, QTreeView, QWidget

from eventmon.engine.requests import BrowsedNames
from eventmon.gui.dialogs.frame import INSET, FramedDialog
from eventmon.gui.formatting import count
from eventmon.gui.models.found_names import KIND, MOST, NAME, NOTE, FoundNames
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.empty_state import EmptyState
from eventmon.gui.widgets.field_note import FieldNote
from eventmon.gui.widgets.find_field import FindField
from eventmon.gui.widgets.plain_list import RowDelegate
from eventmon.gui.widgets.plain_text import PlainLabel


def _tr(text: str) -> str:
    return QCoreApplication.translate("Browse", text)


class NamesView(QTreeView):
    """Rows with ticks: a click anywhere in a row or Space turns its tick."""

    def __init__(self, names: FoundNames, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("namesView")
        self.setAccessibleName(_tr("Names"))
        self._names = names
        self.setModel(names)
        self.setItemDelegate(RowDelegate(self))
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setUniformRowHeights(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(names.toggle)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        wide = self.fontMetrics().averageCharWidth()
        header.resizeSection(KIND, 14 * wide)
        header.resizeSection(NOTE, 22 * wide)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space ticks, the rest is the view's."""
        if event.key() == Qt.Key.Key_Space:
            self._names.toggle(self.currentIndex())
        else:
            super().keyPressEvent(event)


class BrowseNames(FramedDialog):
    """Asks which names to watch.

    Attributes:
        running: parts are still wanted.
    """

    def __init__(self, theme: Theme, fields: Mapping[str, tuple[str, list[str]]], parent: QWidget) -> None:
        super().__init__(_tr("Browse"), parent)
        self.setObjectName("browseNames")
        self.resize(560, 480)
        self.running = True
        self._looked_at = 0
        self._total = 0
        self.names = FoundNames(fields, self)
        self.field = FindField(theme, _tr("Find names"), self)
        self.view = NamesView(self.names, self)
        self.trouble = FieldNote(theme, self)
        self._nothing = EmptyState(
            theme,
            "search",
            _tr("No names found"),
            _tr("Type names or patterns into the form; they are watched as soon as they exist."),
        )
        self._pages = QStackedLayout()
        for page in (self.view, self._nothing):
            self._pages.addWidget(page)
        self._lay_out()
        self.field.textChanged.connect(self._find)
        self.field.left.connect(self.view.setFocus)
        self.names.dataChanged.connect(lambda *_: self._say())
        self.finished.connect(lambda _code: self._end())
        self._say()
        self.field.setFocus()

    def take(self, part: BrowsedNames) -> None:
        """Show a part; the last one, or one too many, ends the search."""
        self._looked_at += part.looked_at
        self._total = max(part.total, self._total)
        self.names.take(part.found)
        if not part.cursor or self.names.full:
            self.stop()
        self._say()

    def stop(self) -> None:
        """Look no further; what was found stays."""
        if self.running:
            self._end()
            self.names.sort(NAME)
            self._pages.setCurrentWidget(self.view if self.names.found else self._nothing)
            self._say()

    def show_error(self, sentence: str) -> None:
        """Say why no more names can be listed."""
        self.stop()
        self.trouble.say(sentence, "error")

    def lists(self) -> dict[str, list[str]]:
        """The names of each field of the form."""
        return self.names.lists()

    def _lay_out(self) -> None:
        self.content.setContentsMargins(0, INSET - 8, 0, 0)
        self.content.setSpacing(8)
        self.add(self.field)
        self.trouble.setContentsMargins(12, 0, 12, 0)
        self.content.addWidget(self.trouble)
        self.content.addLayout(self._pages, 1)
        self.stop_button = QPushButton(_tr("Stop"), self)
        self.stop_button.setAutoDefault(False)
        self.stop_button.clicked.connect(self.stop)
        self.progress = PlainLabel("", self, elide=Qt.TextElideMode.ElideRight)
        self.progress.setProperty("tone", "text2")
        self.footer.insertWidget(0, self.stop_button)
        self.footer.insertWidget(1, self.progress, 1000)
        self.cancel = self.add_button(_tr("Cancel"))
        self.cancel.clicked.connect(self.reject)
        self.use = self.add_button(_tr("Use ticked"), default=True)
        self.use.clicked.connect(self.accept)

    def _find(self, text: str) -> None:
        self.names.find(text)
        if self.names.rowCount() and not self.view.currentIndex().isValid():
            self.view.setCurrentIndex(self.names.index(0, NAME, QModelIndex()))

    def _end(self) -> None:
        self.running = False

    def _say(self) -> None:
        self.stop_button.setVisible(self.running)
        self.progress.setText(", ".join(filter(None, (self._how_far(), self._how_many()))))

    def _how_far(self) -> str:
        if not self.running and self.names.full:
            return _tr("The first {n} names; find the rest by a pattern").format(n=count(MOST))
        looked = count(self._looked_at)
        if not self.running or not self._total:
            return _tr("Looked at {n}").format(n=looked)
        return _tr("Looked at {n} of about {total}").format(n=looked, total=count(self._total))

    def _how_many(self) -> str:
        ticked = self.names.ticked()
        return _tr("{n} ticked").format(n=count(ticked)) if ticked else ""
