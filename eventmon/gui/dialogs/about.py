"""The About box: versions to quote in a report, and the licences of what is inside."""

from __future__ import annotations

import platform
from importlib import metadata

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QTreeWidgetItem, QWidget

from eventmon.gui.dialogs.frame import FramedDialog
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.plain_list import PlainList
from eventmon.gui.widgets.plain_text import PlainLabel

_PARTS = (
    ("PySide6-Essentials", "Qt for Python", "LGPL-3.0"),
    ("qasync", "qasync", "BSD-2-Clause"),
    ("pyqtgraph", "pyqtgraph", "MIT"),
    ("numpy", "NumPy", "BSD-3-Clause"),
    ("apsw", "APSW and SQLite", "any OSI licence; public domain"),
    ("msgspec", "msgspec", "BSD-3-Clause"),
    ("aiohttp", "aiohttp", "Apache-2.0"),
    ("redis", "redis-py", "MIT"),
    ("hiredis", "hiredis", "MIT"),
    ("keyring", "keyring", "MIT"),
    ("pyroaring", "pyroaring", "MIT"),
    ("click", "click", "BSD-3-Clause"),
    ("platformdirs", "platformdirs", "MIT"),
    ("tomlkit", "TOML Kit", "MIT"),
    ("uuid-utils", "uuid-utils", "BSD-3-Clause"),
)
LUCIDE = ("Lucide icons", "1.62", "ISC, parts MIT")


def version_of(package: str) -> str:
    """The installed version of a package; empty when it is not installed."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def parts() -> list[tuple[str, str, str]]:
    """Name, version and licence of what is inside."""
    installed = [(name, version_of(package), licence) for package, name, licence in _PARTS]
    return [*((name, version, licence) for name, version, licence in installed if version), LUCIDE]


class AboutDialog(FramedDialog):
    """What this program is, in which versions, under which licences."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setWindowTitle(self.tr("About Eventmon"))
        self.setMinimumWidth(460)
        name = PlainLabel(self.tr("Eventmon"), self)
        name.setFont(theme.heading)
        sentence = PlainLabel(self.tr("See every event, fire any event, attach observers to anything."), self)
        sentence.setProperty("tone", "text2")
        self._versions = PlainLabel(self.versions(), self)
        self._versions.setProperty("tone", "text3")
        self.add(name, sentence, self._versions)
        self.add_list(self._list())
        copy = self.add_button(self.tr("Copy versions"))
        copy.clicked.connect(self.copy_versions)
        close = self.add_button(self.tr("Close"), default=True)
        close.clicked.connect(self.accept)

    def versions(self) -> str:
        """One line with everything a report needs."""
        return self.tr("Version {version} · Python {python} · Qt {qt} · {system} · Apache-2.0").format(
            version=version_of("eventmon") or self.tr("from source"),
            python=platform.python_version(),
            qt=qVersion(),
            system=f"{platform.system()} {platform.machine()}",
        )

    def copy_versions(self) -> None:
        """Put the versions on the clipboard."""
        lines = [self.versions(), *(f"{name} {version}" for name, version, _ in parts())]
        QGuiApplication.clipboard().setText("\n".join(lines))

    def _list(self) -> PlainList:
        columns = [self.tr("Contains"), self.tr("Version"), self.tr("Licence")]
        shown = PlainList(columns, stretch=2, name=self.tr("Contains"), parent=self)
        for texts in parts():
            QTreeWidgetItem(shown, list(texts))
        shown.setMinimumHeight(240)
        return shown
