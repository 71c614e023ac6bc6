"""The page of shortcuts, made from the command table: it cannot be out of date."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLineEdit, QTreeWidgetItem, QWidget

from eventmon.gui.command_definition import MENUS, Command
from eventmon.gui.commands import Commands
from eventmon.gui.dialogs.frame import FramedDialog
from eventmon.gui.panels.registry import PANELS
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.plain_list import PlainList


def _tr(text: str) -> str:
    return QCoreApplication.translate("Commands", text)


class ShortcutsDialog(FramedDialog):
    """Every command that has keys, by menu, with a field to find one."""

    def __init__(self, theme: Theme, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.resize(640, 560)
        self._commands = commands
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Find a command or a key"))
        self.search.setAccessibleName(self.tr("Find a command or a key"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(theme.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.textChanged.connect(self._filter)
        columns = [self.tr("Command"), self.tr("Keys"), self.tr("Acts in")]
        self.tree = PlainList(columns, stretch=0, name=self.tr("Shortcuts"), parent=self)
        self._fill(theme)
        self.add(self.search)
        self.add_list(self.tree)
        close = self.add_button(self.tr("Close"), default=True)
        close.clicked.connect(self.accept)

    def _fill(self, theme: Theme) -> None:
        groups: dict[str, QTreeWidgetItem] = {}
        for command in self._commands.bound():
            if not command.shortcut:
                continue
            name = command.menu.partition("/")[0]
            if name not in groups:
                groups[name] = QTreeWidgetItem(self.tree, [_tr(MENUS[name]).replace("&", "")])
                groups[name].setFont(0, theme.title)
                groups[name].setFlags(Qt.ItemFlag.ItemIsEnabled)
            QTreeWidgetItem(groups[name], [self._title(command), self._keys(command), self._scope(command)])
        self.tree.expandAll()

    def _title(self, command: Command) -> str:
        title = _tr(command.title).rstrip("…")
        return self.tr("Go to {panel}").format(panel=title) if command.id.startswith("view.go.") else title

    @staticmethod
    def _keys(command: Command) -> str:
        keys = QKeySequence.listFromString(command.shortcut)
        return ", ".join(key.toString(QKeySequence.SequenceFormat.NativeText) for key in keys)

    def _scope(self, command: Command) -> str:
        panels = {panel.id: QCoreApplication.translate("Panel", panel.title) for panel in PANELS}
        return panels.get(command.scope, self.tr("everywhere"))

    def _filter(self, text: str) -> None:
        wanted = text.strip().casefold()
        for position in range(self.tree.topLevelItemCount()):
            group = self.tree.topLevelItem(position)
            if group is None:
                continue
            group.setHidden(not self._filter_group(group, wanted))

    @staticmethod
    def _filter_group(group: QTreeWidgetItem, wanted: str) -> bool:
        """Hide the rows of a group that are not wanted; whether any is left."""
        found = False
        for position in range(group.childCount()):
            row = group.child(position)
            if row is not None:
                hit = wanted in f"{row.text(0)} {row.text(1)}".casefold()
                row.setHidden(not hit)
                found = found or hit
        return found
