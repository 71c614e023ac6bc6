"""The About box: versions to quote in a report, and the licences of what is inside, each with its whole text."""

from __future__ import annotations

import platform

from PySide6.QtCore import qVersion
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QTreeWidgetItem, QWidget

import eventmon
from eventmon.engine.parts import licence_text, parts
from eventmon.gui.dialogs.frame import FramedDialog
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.plain_list import PlainList
from eventmon.gui.widgets.plain_text import PlainLabel


class AboutDialog(FramedDialog):
    """What this program is, in which versions, under which licences."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setWindowTitle(self.tr("About Eventmon"))
        self.setMinimumWidth(620)
        name = PlainLabel(self.tr("Eventmon"), self)
        name.setFont(theme.heading)
        sentence = PlainLabel(self.tr("See every event, fire any event, attach observers to anything."), self)
        sentence.setProperty("tone", "text2")
        self._versions = PlainLabel(self.versions(), self)
        self._versions.setProperty("tone", "text3")
        self.add(name, sentence, self._versions)
        self.list = self._list()
        self.add_list(self.list)
        self.add_line()
        self.text = self._text()
        self.add(self.text)
        self.list.currentItemChanged.connect(self._show_text)
        self.list.setCurrentIndex(self.list.model().index(0, 0))
        copy = self.add_button(self.tr("Copy versions"))
        copy.clicked.connect(self.copy_versions)
        close = self.add_button(self.tr("Close"), default=True)
        close.clicked.connect(self.accept)

    def versions(self) -> str:
        """One line with everything a report needs."""
        return self.tr("Version {version} · Python {python} · Qt {qt} · {system} · Apache-2.0").format(
            version=eventmon.__version__,
            python=platform.python_version(),
            qt=qVersion(),
            system=f"{platform.system()} {platform.machine()}",
        )

    def copy_versions(self) -> None:
        """Put the versions on the clipboard."""
        lines = [self.versions(), *(f"{part.name} {part.version}" for part in parts())]
        QGuiApplication.clipboard().setText("\n".join(lines))

    def _list(self) -> PlainList:
        columns = [self.tr("Contains"), self.tr("Version"), self.tr("Licence")]
        shown = PlainList(columns, stretch=2, name=self.tr("Contains"), parent=self)
        for part in parts():
            QTreeWidgetItem(shown, [part.name, part.version, part.licence])
        shown.setMinimumHeight(200)
        return shown

    def _text(self) -> QPlainTextEdit:
        shown = QPlainTextEdit(self)
        shown.setReadOnly(True)
        shown.setObjectName("licence_text")
        shown.setAccessibleName(self.tr("Text of the licence"))
        shown.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        shown.setMinimumHeight(160)
        return shown

    def _show_text(self, current: QTreeWidgetItem | None, _previous: QTreeWidgetItem | None = None) -> None:
        row = self.list.indexOfTopLevelItem(current) if current is not None else -1
        text = licence_text(parts()[row]) if row >= 0 else ""
        self.text.setPlainText(text or self.tr("Its authors ship no text of the licence with it."))
