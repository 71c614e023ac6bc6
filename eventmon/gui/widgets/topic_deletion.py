"""Deleting the selected topic: Del, the menus; a connection under the same key is forgotten instead."""

from __future__ import annotations

from itertools import islice
from typing import Final

from PySide6.QtCore import QCoreApplication, QObject, Signal

from eventmon.engine.frame import Frame
from eventmon.gui import formatting
from eventmon.gui.connection_commands import FORGET
from eventmon.gui.context import PanelContext
from eventmon.gui.dialogs.delete_topic import DeleteTopicDialog
from eventmon.gui.models.topic_tree import TopicNode, walk
from eventmon.gui.widgets.topic_tree_view import TopicTreeView

DELETE: Final = "topics.delete"
NAME_LIMIT: Final = 60
MOST_COUNTED: Final = 20_000
"""Levels that are looked at to say how many topics are below one."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Topics", text)


class TopicDeletion(QObject):
    """Binds the command to the topics of one view.

    Attributes:
        said: what was deleted (str).
    """

    said = Signal(str)

    def __init__(self, context: PanelContext, view: TopicTreeView) -> None:
        super().__init__(view)
        self.setObjectName("topicDeletion")
        self._context = context
        self._view = view
        self._model = view.topics()
        self._read_only = False
        view.selectionModel().currentChanged.connect(lambda *_: self._enable())
        context.commands.bind(DELETE, self.ask)
        context.bridge.frameReady.connect(self._take)
        self._enable()

    def ask(self) -> None:
        """Ask whether the selected topic is to be deleted."""
        node = self._topic()
        if node is None:
            return
        if self._model.tree.is_mount(node) and self._model.tree.status(node) is not None:
            self._context.commands.bare_action(FORGET).trigger()
            return
        topic = self._model.tree.path(node)
        pattern = self._model.marks.pattern(node)
        dialog = DeleteTopicDialog(
            self._context.theme,
            self._context.bridge,
            topic,
            topic if pattern is None else pattern.text,
            self._view.window(),
            below=_topics_below(node),
            refused=self._refusal(node),
        )
        dialog.deleted.connect(self.said)
        dialog.open()

    def _refusal(self, node: TopicNode) -> str:
        """Why a topic cannot be deleted now; the engine would say so too, but after its events are gone."""
        status = self._model.tree.status(node.lineage()[0])
        if status is None or status.phase in ("closed", "failed"):
            return ""
        name = formatting.one_line(status.name, NAME_LIMIT)
        return _tr(
            "It comes from the connection “{name}”, which is open. Disconnect it first. Its events alone go with "
            "Delete events."
        ).format(name=name)

    def _topic(self) -> TopicNode | None:
        node = self._view.current_node()
        return None if node is None or node is self._model.tree.local or self._model.rows.hidden(node) else node

    def _take(self, frame: Frame) -> None:
        if frame.log.read_only != self._read_only:
            self._read_only = frame.log.read_only
            self._enable()

    def _enable(self) -> None:
        self._context.commands.refuse(DELETE, _tr("open to look only") if self._read_only else "")
        if not self._read_only:
            self._context.commands.set_enabled(DELETE, self._topic() is not None)


def _topics_below(node: TopicNode) -> str:
    """How many topics there are below a node, in words; empty for none."""
    levels = list(islice(walk(node.below()), MOST_COUNTED + 1))
    topics = sum(level.own is not None for level in levels)
    if len(levels) > MOST_COUNTED:
        return _tr("more than {n} topics below it").format(n=formatting.count(topics))
    if not topics:
        return ""
    return _tr("1 topic below it") if topics == 1 else _tr("{n} topics below it").format(n=formatting.count(topics))
