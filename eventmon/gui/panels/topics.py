"""The Topics dock: every topic as a tree with its counts and rates, to look at, to find in, to narrow the log with.

Frames only change figures in memory; the view hears of them four times a second, and not at all while it is hidden.
"""

from __future__ import annotations

import time
from operator import attrgetter
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from eventmon.engine.frame import Frame
from eventmon.gui.context import PanelContext
from eventmon.gui.formatting import count
from eventmon.gui.models.rate_history import RateHistory
from eventmon.gui.models.topic_columns import choices_from, choices_to_save
from eventmon.gui.models.topic_model import TopicModel
from eventmon.gui.models.topic_texts import VALUE
from eventmon.gui.models.topic_tree import TopicNode
from eventmon.gui.models.topic_values import LastValues
from eventmon.gui.panels.base import Panel
from eventmon.gui.widgets.empty_state import EmptyState
from eventmon.gui.widgets.find_field import FindField
from eventmon.gui.widgets.plain_text import PlainLabel
from eventmon.gui.widgets.topic_commands import TopicCommands
from eventmon.gui.widgets.topic_expansion import TopicExpansion
from eventmon.gui.widgets.topic_finder import TopicFinder
from eventmon.gui.widgets.topic_header import TopicHeader
from eventmon.gui.widgets.topic_row_painter import TopicRowPainter
from eventmon.gui.widgets.topic_sorting import TopicSorting
from eventmon.gui.widgets.topic_tree_view import TopicTreeView

TICK_MS = 250
SORT_EVERY = 20
"""Ticks between two sortings by figures that move."""

ROOM_FOR_VISIBLE = 2_000
"""Rings of rates kept for what is looked at when all others are taken."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Topics", text)


class TopicsPanel(Panel):
    """Content of the Topics dock."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.model = TopicModel(self)
        self.history: RateHistory[TopicNode] = RateHistory(attrgetter("millirate"))
        painter = TopicRowPainter(context.theme, self.model, self.history)
        self.view = TopicTreeView(context.theme, painter, self)
        self.view.setModel(self.model)
        self.header = TopicHeader(context.theme, self.view, painter)
        self.sorting = TopicSorting(context.theme, self.view)
        self.expansion = TopicExpansion(self.view)
        self.finder = TopicFinder(self.view, self.expansion)
        self.topic_commands = TopicCommands(context, self.view, self.expansion)
        self.values = LastValues(context.bridge, self)
        self.model.texts.values = self.values.texts
        self.field = FindField(context.theme, _tr("Find topics, or a pattern"), self)
        self._ticks = 0
        self._note = ""
        self._awaited = ""
        self._lay_out()
        self._connect()
        self._timer = QTimer(self)
        self._timer.setObjectName("topicTick")
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)
        self._timer.start()
        if context.bridge.last_frame is not None:
            self.take(context.bridge.last_frame)

    # What the dock asks for

    def title_actions(self) -> list[QAction]:
        """New topic, pin, sort."""
        action = self.context.commands.action
        return [action("topics.new"), action("topics.pin"), self.sorting.action]

    def focus_widget(self) -> QWidget:
        """The tree."""
        return self.view

    def save_state(self) -> dict[str, Any]:
        """Open topics, order, columns, mutes and pins."""
        order = self.model.rows.ranks.order
        return {
            "expansion": self.expansion.save(),
            "sort": order.key,
            "descending": order.descending,
            "columns": choices_to_save(self.header.choices),
            **self.model.marks.save(),
        }

    def restore_state(self, state: dict[str, Any]) -> None:
        """Take it back."""
        self.sorting.restore(state.get("sort"), state.get("descending"))
        self.header.choices = choices_from(state.get("columns"))
        self.header.lay_out()
        self.expansion.restore(state.get("expansion"))
        self.topic_commands.decisions.restore(state)

    def showEvent(self, event: QShowEvent) -> None:
        """Show what changed while the panel was hidden."""
        super().showEvent(event)
        self.tick()

    # What happens

    def take(self, frame: Frame) -> None:
        """Take a frame in; connections first, so that their topics come under their headings."""
        if frame.connections is not None:
            mounts = len(self.model.tree.mounts)
            self.model.set_connections(frame.connections)
            self.expansion.show_wishes()
            if len(self.model.tree.mounts) != mounts and self.finder.hits is not None:
                self.finder.again()
        self.topic_commands.decisions.take(frame)
        if frame.forgotten and self.model.forget(frame.forgotten) and self.finder.hits is not None:
            self.finder.again()
        if frame.topics:
            self.history.note(self.model.take(frame.topics))
        self.history.tick(frame.taken // 1_000_000)

    def tick(self) -> None:
        """Show what changed, four times a second."""
        if not self.isVisible():
            return
        self._ticks += 1
        held = self.view.hold()
        self.model.publish()
        if self._ticks % SORT_EVERY == 0 and not self.view.viewport().underMouse():
            self.model.sort_again()
        else:
            self.view.let_go(held)
        self.view.turn_page()
        visible = self.view.visible_nodes()
        self.history.note(visible, extra=ROOM_FOR_VISIBLE)
        if not self.view.header().isSectionHidden(VALUE):
            self.values.want(visible, time.monotonic())
        self._select_awaited()
        self._tell_note()

    # Inside

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(8, 0, 8, 4)
        top.addWidget(self.field)
        self._nothing = EmptyState(
            self.context.theme, "search", _tr("No topic matches"), _tr("Check the spelling, or press Esc to see all.")
        )
        self._pages = QStackedLayout()
        self._pages.addWidget(self.view)
        self._pages.addWidget(self._nothing)
        self._status = PlainLabel("", self, elide=Qt.TextElideMode.ElideRight)
        self._status.setProperty("tone", "text2")
        self._status.setContentsMargins(12, 0, 12, 0)
        self._status.setMinimumHeight(24)
        self._status.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addLayout(self._pages, 1)
        layout.addWidget(self._status)
        self.setTabOrder(self.field, self.view)

    def _connect(self) -> None:
        bridge = self.context.bridge
        bridge.frameReady.connect(self.take)
        self.field.textChanged.connect(self.finder.search)
        self.field.nextWanted.connect(self.finder.step)
        self.field.left.connect(self.view.setFocus)
        self.finder.found.connect(self._show_found)
        self.view.typed.connect(self._type)
        self.topic_commands.said.connect(self._say)
        self.topic_commands.created.connect(self._await)
        self.values.changed.connect(self.view.viewport().update)
        self.context.commands.bind("topics.find", self._find)
        self.view.verticalScrollBar().valueChanged.connect(lambda _value: self.view.turn_page())
        self.context.theme.changed.connect(self.view.viewport().update)
        utc = self.context.commands.bare_action("view.utc")
        self.model.texts.utc = utc.isChecked()
        utc.toggled.connect(self._show_utc)
        for keys, direction in (("F3", 1), ("Shift+F3", -1)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda direction=direction: self.finder.step(direction))

    def _show_utc(self, utc: bool) -> None:
        self.model.texts.utc = utc

    def _find(self) -> None:
        self.field.setFocus()
        self.field.selectAll()

    def _type(self, text: str) -> None:
        self.field.setFocus()
        self.field.setText(self.field.text() + text)

    def _await(self, topic: str) -> None:
        """Select a topic as soon as the engine tells of it."""
        self._awaited = topic
        self.field.clear()

    def _select_awaited(self) -> None:
        node = self.model.tree.find(self._awaited) if self._awaited else None
        if node is not None and node.own is not None:
            self._awaited = ""
            self.finder.select(node)

    def _show_found(self) -> None:
        hits = self.finder.hits
        nothing = hits is not None and not hits.hits
        self._pages.setCurrentIndex(1 if nothing else 0)
        if hits is None or nothing:
            self._say("")
        elif hits.cut:
            self._say(_tr("The first {number} that match").format(number=count(len(hits.hits))))
        else:
            number = len(hits.hits)
            match = _tr("{number} topic matches") if number == 1 else _tr("{number} topics match")
            self._say(match.format(number=count(number)))

    def _say(self, text: str) -> None:
        self._status.setText(text)
        self._status.setVisible(bool(text))

    def _tell_note(self) -> None:
        tree = self.model.tree
        topics = _tr("1 topic") if tree.topics == 1 else _tr("{n} topics").format(n=count(tree.topics))
        note = topics if tree.topics else ""
        if note and tree.statuses:
            connections = len(tree.statuses)
            where = _tr("1 connection") if connections == 1 else _tr("{n} connections").format(n=count(connections))
            note = _tr("{topics} in {connections}").format(topics=count(tree.topics), connections=where)
        if note != self._note:
            self._note = note
            self.noteChanged.emit(note)
