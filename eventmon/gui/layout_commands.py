"""What can be done with layouts: the built-in ones by their keys, the user's own in the same menus."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from eventmon.gui.arrangement import BUILT_IN
from eventmon.gui.context import PanelContext
from eventmon.gui.formatting import one_line
from eventmon.gui.widgets.plain_text import Question
from eventmon.gui.window_layouts import OWN, WindowLayouts


def _tr(text: str) -> str:
    return QCoreApplication.translate("Layouts", text)


def layout_title(name: str) -> str:
    """The name of a layout as people read it."""
    titles = {"watch": _tr("Watch"), "debug": _tr("Debug"), "publish": _tr("Publish")}
    return one_line(name.removeprefix(OWN), 40) if name.startswith(OWN) else titles.get(name, name)


class LayoutCommands(QObject):
    """Binds the commands of layouts and keeps menus in step with what there is."""

    def __init__(self, context: PanelContext, layouts: WindowLayouts, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("layoutCommands")
        self._context = context
        self._layouts = layouts
        self._window = window
        self._menus: list[QMenu] = []
        self._own = QActionGroup(self)
        self._own.setExclusionPolicy(QActionGroup.ExclusionPolicy.ExclusiveOptional)
        commands = context.commands
        for name in BUILT_IN:
            commands.bind(f"view.layout_{name}", lambda _on, name=name: layouts.choose(name))
        commands.bind("view.layout_save_as", self._ask_save)
        commands.bind("view.reset_layout", layouts.reset)
        layouts.changed.connect(self._follow)
        self._follow()

    def list_in(self, menu: QMenu) -> None:
        """Show the user's own layouts in a menu, under the built-in ones."""
        self._menus.append(menu)
        self._list_in(menu)

    def _follow(self) -> None:
        """Other layouts, or another one chosen."""
        commands, chosen = self._context.commands, self._layouts.chosen
        for action in self._own.actions():
            self._own.removeAction(action)
            action.deleteLater()
        for name in self._layouts.own:
            action = QAction(one_line(name, 60).replace("&", "&&"), self._own)
            action.setCheckable(True)
            action.setChecked(chosen == OWN + name)
            action.triggered.connect(lambda _on, name=name: self._layouts.choose(OWN + name))
        for built_in in BUILT_IN:
            commands.set_checked(f"view.layout_{built_in}", chosen == built_in)
        for command, handler in (("rename", self._ask_rename), ("delete", self._ask_delete)):
            if self._layouts.chosen_own:
                commands.bind(f"view.layout_{command}", handler)
            else:
                commands.unbind(f"view.layout_{command}")
        for menu in self._menus:
            self._list_in(menu)

    def _list_in(self, menu: QMenu) -> None:
        actions = menu.actions()
        last = actions.index(self._context.commands.bare_action(f"view.layout_{BUILT_IN[-1]}"))
        menu.insertActions(actions[last + 1] if last + 1 < len(actions) else None, self._own.actions())  # type: ignore[arg-type]  # None appends

    def _ask_save(self) -> None:
        self._ask(_tr("Save layout"), _tr("Save"), self._layouts.chosen_own, self._layouts.save_as)

    def _ask_rename(self) -> None:
        name = self._layouts.chosen_own
        self._ask(_tr("Rename layout"), _tr("Rename"), name, lambda fresh: self._layouts.rename(name, fresh))

    def _ask(self, title: str, verb: str, name: str, take: object) -> None:
        from eventmon.gui.dialogs.name_layout import NameLayoutDialog

        assert callable(take)
        NameLayoutDialog(self._context.theme, title, self._window, verb=verb, name=name, take=take).open()

    def _ask_delete(self) -> None:
        name = self._layouts.chosen_own
        sentence = _tr("Delete the layout “{name}”? The panels stay where they are.").format(name=one_line(name, 60))
        question = Question(self._window, _tr("Delete layout"), sentence, _tr("Delete"))
        question.answered.connect(lambda yes: self._layouts.delete(name) if yes else None)
