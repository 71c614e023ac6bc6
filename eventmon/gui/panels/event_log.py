"""The Event log dock: filter bar, rows, footer; it joins them to the engine's frames and to the commands.

Nothing here touches an event as it arrives: the feed asks for the rows in sight, the footer says what is not shown.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QPalette
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from eventmon.engine.frame import ConnectionStatus, Frame
from eventmon.gui.connection_texts import COLOR_TOKENS
from eventmon.gui.context import PanelContext
from eventmon.gui.models import log_texts
from eventmon.gui.models.log_columns import ColumnChoice
from eventmon.gui.models.log_feed import LogFeed
from eventmon.gui.models.log_model import LogModel
from eventmon.gui.panels.base import Panel
from eventmon.gui.widgets.empty_state import EmptyState
from eventmon.gui.widgets.filter_bar import FilterBar
from eventmon.gui.widgets.log_deletion import LogDeletion
from eventmon.gui.widgets.log_footer import Footing, LogFooter, footing
from eventmon.gui.widgets.log_notice import LogNotice
from eventmon.gui.widgets.log_row_actions import RowActions
from eventmon.gui.widgets.log_travel import LogTravel
from eventmon.gui.widgets.log_view import LogView
from eventmon.gui.widgets.welcome import WelcomePage

MIN_WIDTH = 320
LARGEST_LENGTH = 2**31 - 1
"""Qt measures the length of a view in 32 bits of pixels."""


class EventLogPanel(Panel):
    """All events of the session, newest at the bottom."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.setObjectName("eventLogPanel")
        self.setMinimumWidth(MIN_WIDTH)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self.model = LogModel(self)
        self.feed = LogFeed(context.bridge, self.model, self)
        self.filter_bar = FilterBar(context.theme, self)
        self.view = LogView(self.model, context.theme, self)
        self.footer = LogFooter(context.theme, self)
        self.notice = LogNotice(self)
        self._connections: list[ConnectionStatus] = []
        self._left_at = 0
        self._row_actions = RowActions(context, self.feed, self.view, self.filter_bar.set_topic)
        self._note = ""
        self._travel = LogTravel(context, self.feed, self.view, self.notice.say_note)
        self._deletion = LogDeletion(context, self.feed, self.notice.say_note, self)
        self._lay_out()
        self._listen()
        self._bind()
        self._restyle()
        self._show_state()

    # ── the dock's contract ──────────────────────────────────────────────────────────────────────────────────────

    def title_actions(self) -> list[QAction]:
        """The columns."""
        return [self.context.commands.action("log.columns")]

    def focus_widget(self) -> QWidget:
        """The rows, or the whole panel while there are none."""
        return self.view if self.view.isVisibleTo(self) else self

    def save_state(self) -> dict[str, Any]:
        """The user's columns, and what Δ counts from."""
        return {"columns": self.view.columns.choice.to_state(), "delta_to_row": self.model.delta_to_row}

    def restore_state(self, state: dict[str, Any]) -> None:
        """Take them back."""
        self._set_delta_to_row(state.get("delta_to_row") is True)
        self.view.columns.restore(ColumnChoice.from_state(state.get("columns")))

    # ── set-up ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _lay_out(self) -> None:
        clear = self.context.commands.action("log.filter_clear")
        self._no_match = EmptyState(
            self.context.theme,
            "list-filter",
            self.tr("No events match"),
            log_texts.no_match(0),
            clear,
        )
        self._no_events = EmptyState(
            self.context.theme,
            "list",
            self.tr("No events yet"),
            self.tr("They appear here as soon as they arrive."),
        )
        self._all_muted = EmptyState(
            self.context.theme,
            "eye-off",
            self.tr("All muted"),
            self.tr("The topics of everything that was searched are muted. Show them again in Topics."),
        )
        self._rows = QStackedLayout()
        for page in (self.view, self._no_match, self._no_events, self._all_muted):
            self._rows.addWidget(page)
        working = QWidget(self)
        column = QVBoxLayout(working)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.filter_bar)
        column.addWidget(self.notice)
        column.addLayout(self._rows, 1)
        column.addWidget(self.footer)
        self._welcome = WelcomePage(self.context, self)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(working)
        self._pages.addWidget(self._welcome)
        self._working = working

    def _listen(self) -> None:
        self.feed.changed.connect(self._show_state)
        self.feed.source.failed.connect(self.notice.say_trouble)
        self.view.inSight.connect(self.feed.set_in_sight)
        self.view.followingChanged.connect(self._following_changed)
        self.view.typed.connect(self.filter_bar.type_in)
        self.view.eventChosen.connect(self.context.selection.setEvent)
        self.view.noted.connect(self.notice.say_note)
        self.view.chosenChanged.connect(lambda _chosen: self._show_state())
        self.context.selection.eventChanged.connect(self.model.set_reference)
        self.feed.opened.connect(self._forget_log)
        self._row_actions.trouble.connect(self.notice.say_trouble)
        self._row_actions.noted.connect(self.notice.say_note)
        self.filter_bar.filterChanged.connect(self.feed.set_filter)
        self.filter_bar.topicChanged.connect(self.context.selection.setTopicFilter)
        self.filter_bar.left.connect(lambda: self.focus_widget().setFocus(Qt.FocusReason.OtherFocusReason))
        self.context.selection.topicFilter.connect(self.filter_bar.set_topic)
        self.context.selection.mutedChanged.connect(self.feed.set_muted)
        self.feed.set_muted(self.context.selection.muted)
        self.footer.jump.connect(self.view.follow)
        self.footer.offered.connect(self._take_offer)
        self.context.theme.changed.connect(self._restyle)
        self.context.bridge.connectionsChanged.connect(self._connections_changed)
        self.context.bridge.frameReady.connect(self._frame_ready)

    def _bind(self) -> None:
        commands = self.context.commands
        commands.bind("log.pause", self.feed.set_paused)
        commands.bind("log.clear_view", self.feed.clear_view)
        commands.bind("log.follow", self.view.follow)
        commands.bind("log.filter_focus", self._focus_filter)
        commands.bind("log.filter_clear", self.filter_bar.clear)
        commands.bind("log.columns", self._show_columns)
        commands.bind("log.delta_to_row", self._set_delta_to_row)
        self.view.columns.switches = [commands.bare_action(name) for name in ("log.delta_to_row", "view.utc")]
        utc = commands.action("view.utc")
        utc.toggled.connect(self.model.set_utc)
        self.model.set_utc(utc.isChecked() or self.context.settings.utc)
        self.view.addAction(commands.action("log.follow"))

    # ── intents ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _forget_log(self) -> None:
        self.view.forget_selection()
        self.context.selection.setEvent(0)

    def _focus_filter(self) -> None:
        self.filter_bar.field.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter_bar.field.edit.selectAll()

    def _take_offer(self, offer: str) -> None:
        offers = {"stop": self.feed.stop_scan, "older": self.feed.scan_older, "all": self.feed.show_all}
        offers[offer]()

    def _set_delta_to_row(self, on: bool) -> None:
        self.model.set_delta_to_row(on)
        self.context.commands.set_checked("log.delta_to_row", on)

    def _show_columns(self) -> None:
        header = self.view.columns
        header.columns_menu().popup(self.mapToGlobal(QPoint(max(self.width() - 160, 0), 0)))

    # ── what is shown ────────────────────────────────────────────────────────────────────────────────────────────

    def _following_changed(self, following: bool) -> None:
        self._left_at = self.model.rows.high
        self._show_state()

    def _connections_changed(self, connections: list[ConnectionStatus]) -> None:
        self._connections = connections
        colors = {status.name: COLOR_TOKENS[status.color] for status in connections if status.color}
        if self.view.painter_of_rows.mark_connections(colors):
            self.view.viewport().update()
        self._show_state()

    def _frame_ready(self, frame: Frame) -> None:
        if frame.log.name != self._note:
            self._note = frame.log.name
            self.noteChanged.emit(self._note)

    def _show_state(self) -> None:
        quiet = self.context.bridge.last_frame is None
        new = self.model.rows.shown.after(self._left_at)
        says = footing(self.feed, following=self.view.following, new=new, selected=self.view.selected_events())
        self.footer.say(Footing(quiet=True) if quiet else says)
        search = self.feed.search
        self.filter_bar.show_progress(search.progress if search is not None and search.running else 1.0)
        self._show_page()

    def _show_page(self) -> None:
        horizon, search = self.feed.horizon, self.feed.search
        empty = not horizon.newest_stored and not len(self.model.rows)
        asked = search is not None and (search.filter.typed or not empty)
        welcome = empty and not self._connections and self.context.bridge.last_frame is not None and not asked
        self._pages.setCurrentWidget(self._welcome if welcome else self._working)
        page: QWidget = self.view
        if asked and search is not None and not search.running and not self.model.rows.events:
            sentence = log_texts.no_match(len(self.model.rows), len(self.feed.muted))
            self._no_match.set_text(self.tr("No events match"), sentence)
            page = self._no_match if search.filter.typed else self._all_muted
        elif (empty and self._connections) or self._all_gone:
            page = self._no_events
        self._rows.setCurrentWidget(page)

    @property
    def _all_gone(self) -> bool:
        """Whether the log held events and holds none any more."""
        horizon = self.feed.horizon
        return bool(horizon.newest_stored) and not horizon.events and not len(self.model.rows)

    def _restyle(self) -> None:
        self.notice.setFont(self.context.theme.small)
        self.feed.horizon.most_rows = LARGEST_LENGTH // self.view.row_height - 100
