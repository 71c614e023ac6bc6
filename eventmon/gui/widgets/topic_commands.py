"""What can be done with the selected topic: from the menus, the keyboard and the context menu."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from eventmon.gui.connection_commands import fill_menu
from eventmon.gui.context import PanelContext
from eventmon.gui.dialogs.new_topic import NewTopicDialog
from eventmon.gui.models.topic_tree import SEPARATOR, TopicNode
from eventmon.gui.widgets.topic_decisions import TopicDecisions
from eventmon.gui.widgets.topic_deletion import DELETE, TopicDeletion
from eventmon.gui.widgets.topic_expansion import TopicExpansion
from eventmon.gui.widgets.topic_tree_view import TopicTreeView


def _tr(text: str) -> str:
    return QCoreApplication.translate("Topics", text)


class TopicCommands(QObject):
    """Binds the commands of the topics to one view.

    Attributes:
        said: a sentence about what was done; empty when there is nothing to say.
        created: a topic was made known (its path).
        decisions: what can be decided about a topic.
    """

    said = Signal(str)
    created = Signal(object)

    def __init__(self, context: PanelContext, view: TopicTreeView, expansion: TopicExpansion) -> None:
        super().__init__(view)
        self.context = context
        self.decisions = TopicDecisions(context, view)
        self.decisions.said.connect(self.said)
        self.deletion = TopicDeletion(context, view)
        self.deletion.said.connect(self.said)
        self.view = view
        self.model = view.topics()
        self.expansion = expansion
        view.opened.connect(lambda _node: self.filter_log())
        view.customContextMenuRequested.connect(self.show_menu)
        view.selectionModel().currentChanged.connect(lambda *_: self._enable())
        self._bind()

    def filter_log(self) -> None:
        """Narrow the log to the selected topic and all below it."""
        node = self.view.current_node()
        if node is None:
            return
        if self.model.rows.hidden(node):
            self.model.show_next_page(node)
        elif node is self.model.tree.local:
            self._toggle(node)
        else:
            self.context.selection.setTopicFilter(self.model.tree.pattern(node))

    def copy_path(self) -> None:
        """Copy the path of the selected topic."""
        node = self.view.current_node()
        if node is not None and not self.model.rows.hidden(node) and node is not self.model.tree.local:
            QGuiApplication.clipboard().setText(self.model.tree.path(node))

    def expand_all(self) -> None:
        """Open everything, as far as that makes sense."""
        self._expand(self.model.rows.headings)

    def new_topic(self) -> None:
        """Ask for the name of a new topic, beginning below the selected one."""
        node, tree = self.view.current_node(), self.model.tree
        below = node is not None and not self.model.rows.hidden(node) and node.lineage()[0] is tree.local
        start = f"{tree.path(node)}{SEPARATOR}" if below and node is not None and node is not tree.local else ""
        dialog = NewTopicDialog(self.context.theme, self.context.bridge, start, self.view.window())
        dialog.created.connect(self.created)
        dialog.open()

    def show_menu(self, place: QPoint) -> None:
        """Open the context menu of the selected topic at a place of the view."""
        node = self.view.current_node()
        if node is not None:
            self.context_menu(node).popup(self.view.viewport().mapToGlobal(place))

    def context_menu(self, node: TopicNode) -> QMenu:
        """What can be done with a topic."""
        menu = QMenu(self.view)
        menu.setObjectName("topicMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._connection_of(node):
            fill_menu(menu, self.context.commands.action)
            menu.addSeparator()
        action = self.context.commands.action
        menu.addAction(action("topics.filter_log"))
        menu.addAction(action("topics.copy_path"))
        menu.addSeparator()
        menu.addAction(action("topics.new"))
        for command in self.decisions.ids:
            menu.addAction(action(command))
        menu.addSeparator()
        if not self._connection_of(node):
            menu.addAction(action(DELETE))
            menu.addSeparator()
        below = menu.addAction(_tr("Expand all below"))
        below.setEnabled(self.model.rows.has_children(node))
        below.triggered.connect(lambda: self._expand([node]))
        collapse = menu.addAction(_tr("Collapse"))
        collapse.setEnabled(self.view.isExpanded(self.model.index_of(node)))
        collapse.triggered.connect(lambda: self.expansion.close_below(node))
        return menu

    def _bind(self) -> None:
        commands = self.context.commands
        commands.bind("topics.new", self.new_topic)
        commands.bind("topics.filter_log", self.filter_log)
        commands.bind("topics.copy_path", self.copy_path)
        commands.bind("topics.expand_all", self.expand_all)
        commands.bind("topics.collapse_all", lambda: self.expansion.close_below(None))
        self._enable()

    def _enable(self) -> None:
        node = self.view.current_node()
        topic = node is not None and node is not self.model.tree.local and not self.model.rows.hidden(node)
        self.context.commands.set_enabled("topics.filter_log", topic)
        self.context.commands.set_enabled("topics.copy_path", topic)
        self.context.selection.setConnection(self._connection_of(node))
        self.context.selection.subtree = self._subtree(node) if topic else ""

    def _connection_of(self, node: TopicNode | None) -> str:
        """The connection whose heading a node is; empty for every other node."""
        return node.name if node is not None and self.model.tree.is_mount(node) else ""

    def _subtree(self, node: TopicNode | None) -> str:
        """The pattern of a topic and all that is or comes below it."""
        pattern = None if node is None else self.model.marks.pattern(node)
        return "" if pattern is None else pattern.text

    def _toggle(self, node: TopicNode) -> None:
        index = self.model.index_of(node)
        self.view.setExpanded(index, not self.view.isExpanded(index))

    def _expand(self, nodes: list[TopicNode]) -> None:
        if self.expansion.open_below(nodes):
            self.said.emit("")
        else:
            self.said.emit(_tr("Too many topics to open all: the rest stays closed."))
