"""What can be done with the rows of the log: copy them in several ways, a cell or a topic, or narrow the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from eventmon.engine.requests import EventDetail
from eventmon.gui.context import PanelContext
from eventmon.gui.formatting import count
from eventmon.gui.models import log_event_texts
from eventmon.gui.models.log_columns import Column
from eventmon.gui.models.log_copy import MOST_ROWS, RowCopy
from eventmon.gui.models.log_feed import LogFeed
from eventmon.gui.models.log_gathering import Gathered, copied_sentence, gather
from eventmon.gui.models.log_work import LogWork
from eventmon.gui.widgets.log_deletion import DELETE
from eventmon.gui.widgets.log_publishing import RowPublishing
from eventmon.gui.widgets.log_view import LogView

DETAIL = "event.detail"
EVENT_PANEL = "view.go.event"
COPIES = ("log.copy_row", "log.copy_json", "log.copy_curl", "log.copy_cli", "log.copy_payload")


class RowActions(QObject):
    """Copying and the context menu of a log view.

    Attributes:
        trouble: a sentence (str as object) about what could not be done in full; empty takes the last one back.
        noted: a sentence (str as object) about what was done.
    """

    trouble = Signal(object)
    noted = Signal(object)

    def __init__(self, context: PanelContext, feed: LogFeed, view: LogView, narrow_to: Callable[[str], object]) -> None:
        super().__init__(view)
        self._context = context
        self._feed = feed
        self._view = view
        self._narrow_to = narrow_to
        self._work = LogWork(self)
        self.publishing = RowPublishing(context, view, self.trouble.emit, self.noted.emit)
        view.customContextMenuRequested.connect(self._show_menu)
        view.chosenChanged.connect(self._enable)
        self._bind()
        self._enable(False)

    def copy(self) -> None:
        """Put the selected rows on the clipboard, as soon as those not at hand have been read."""
        items = self._view.selected_items(MOST_ROWS + 1)
        if items:
            model = self._view.log
            RowCopy(self._feed.source, items, model.utc, partial(self._copied, len(items))).start(model.cache.get)

    def copy_as(self, form: Callable[[EventDetail], str], left_out: Callable[[], int] = int) -> None:
        """Put the selected events on the clipboard, each written by ``form``; a thread reads them.

        ``left_out`` says at the end how much ``form`` could not write.
        """
        seqs = self._view.selected_seqs()
        if seqs:
            ask = self._context.bridge.submit
            self._work.begin(lambda stop: gather(ask, seqs, form, stop), partial(self._gathered, left_out))

    def menu(self, at: QPoint) -> QMenu:
        """What can be done with the row at a place of the view; the menu deletes itself when closed."""
        index = self._view.indexAt(at)
        menu = QMenu(self._view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if index.isValid():
            self._add_row_actions(menu, index.row(), Column(index.column()))
            menu.addSeparator()
        for command in ("log.go_to_seq", "log.follow", "log.clear_view", DELETE):
            menu.addAction(self._context.commands.action(command))
        return menu

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _bind(self) -> None:
        paths = self._context.paths
        socket = "" if paths is None else str(paths.socket_path)
        forms: Mapping[str, Callable[[], None]] = {
            "log.copy_row": self.copy,
            "log.copy_json": lambda: self.copy_as(log_event_texts.json_line),
            "log.copy_curl": lambda: self.copy_as(partial(log_event_texts.curl, socket=socket)),
            "log.copy_cli": self._copy_commands,
            "log.copy_payload": lambda: self.copy_as(log_event_texts.payload),
        }
        for command, handler in forms.items():
            self._context.commands.bind(command, handler)
            self._view.addAction(self._context.commands.action(command))
        if EVENT_PANEL in self._context.commands.table:
            self._bind_detail()

    def _copy_commands(self) -> None:
        left_out: list[int] = []

        def form(detail: EventDetail) -> str:
            left_out.append(log_event_texts.left_out_of_cli(detail.headers))
            return log_event_texts.cli(detail)

        self.copy_as(form, lambda: sum(left_out))

    def _bind_detail(self) -> None:
        """The event in full, where there is a panel for it."""
        go = self._context.commands.bare_action(EVENT_PANEL)
        self._context.commands.bind(DETAIL, go.trigger)
        self._view.addAction(self._context.commands.action(DETAIL))
        self._view.doubleClicked.connect(lambda _index: go.trigger())

    def _enable(self, chosen: bool) -> None:
        for command in (DETAIL, *COPIES, *self.publishing.commands):
            self._context.commands.set_enabled(command, chosen)

    def _show_menu(self, at: QPoint) -> None:
        self.menu(at).popup(self._view.viewport().mapToGlobal(at))

    def _add_row_actions(self, menu: QMenu, row: int, column: Column) -> None:
        commands = self._context.commands
        if commands.is_bound(DETAIL):
            menu.addAction(commands.action(DETAIL))
            menu.addSeparator()
        for command in COPIES[:2]:
            menu.addAction(commands.action(command))
        more = menu.addMenu(self.tr("Copy as"))
        for command in COPIES[2:]:
            more.addAction(commands.action(command))
        self._add_cell_actions(menu, row, column)
        menu.addSeparator()
        for command in self.publishing.commands:
            if commands.is_bound(command):
                menu.addAction(commands.action(command))

    def _add_cell_actions(self, menu: QMenu, row: int, column: Column) -> None:
        model, icon = self._view.log, self._context.theme.icon
        text = model.text(row, column)
        copy_cell = menu.addAction(self.tr("Copy cell"))
        copy_cell.triggered.connect(lambda: QGuiApplication.clipboard().setText(text))
        event = model.event_at(row)
        if event is None:
            return
        copy_topic = menu.addAction(self.tr("Copy topic"))
        copy_topic.triggered.connect(lambda: QGuiApplication.clipboard().setText(event.topic))
        narrow = menu.addAction(icon("list-filter"), self.tr("Filter to this topic"))
        narrow.triggered.connect(lambda: self._narrow_to(event.topic))

    def _copied(self, wanted: int, text: str, rows: int) -> None:
        QGuiApplication.clipboard().setText(text)
        cut = self.tr("Only the first {count} rows were copied.").format(count=count(rows))
        self.trouble.emit(cut if rows < wanted else "")

    def _gathered(self, left_out: Callable[[], int], gathered: Gathered) -> None:
        gathered.left_out = left_out()
        if gathered.texts:
            QGuiApplication.clipboard().setText("\n".join(gathered.texts))
        (self.noted if gathered.whole else self.trouble).emit(copied_sentence(gathered))
