"""An event in a window of its own: it stays on its event whatever is selected in the log."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from eventmon.engine.requests import EventDetail
from eventmon.gui.context import PanelContext
from eventmon.gui.formatting import count, one_line
from eventmon.gui.widgets.event_copies import EventCopies
from eventmon.gui.widgets.event_view import EventView

WIDTH, HEIGHT = 560, 640
TOP_INSET = 8
TITLE_CHARACTERS = 80


class EventWindow(QWidget):
    """Shows one event; Esc closes it. It goes with the window that opened it."""

    def __init__(self, context: PanelContext, seq: int, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("eventWindow")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setBackgroundRole(self.palette().ColorRole.Base)
        self.setAutoFillBackground(True)
        self.seq = seq
        self.view = EventView(context, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, TOP_INSET, 0, 0)
        layout.addWidget(self.view)
        self.resize(WIDTH, HEIGHT)
        self._say(None)
        self.view.shown.connect(self._say)
        self.copies = EventCopies(context, self.view)
        self._take_keys(context)
        self.view.show_seq(seq)

    def _take_keys(self, context: PanelContext) -> None:
        """The keys of the dock act here too, on the event of this window."""
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self).activated.connect(self.close)
        for name, act in (
            ("event.copy_value", self.copies.copy_value),
            ("event.copy_path", self.copies.copy_path),
            ("event.copy_json", self.copies.copy_json),
            ("event.next_tab", lambda: self.view.pages.step_tab(1)),
            ("event.previous_tab", lambda: self.view.pages.step_tab(-1)),
        ):
            QShortcut(context.commands.bare_action(name).shortcut(), self).activated.connect(act)

    def _say(self, detail: EventDetail | None) -> None:
        number = QCoreApplication.translate("EventWindow", "Event {seq}").format(seq=count(self.seq))
        kind = f"{one_line(detail.type, TITLE_CHARACTERS)} – " if detail is not None else ""
        self.setWindowTitle(f"{kind}{number}")
