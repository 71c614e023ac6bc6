"""The Connect dialog: kinds at the left, what is filled in at the right, the ways out below; it edits as well.

The dialog asks the engine nothing itself: it emits wishes and is told how they went.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QCoreApplication, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPalette, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from eventmon.engine.forms import ConnectorForm
from eventmon.engine.frame import ConnectionStatus
from eventmon.gui.connection_texts import lift_question, short_name
from eventmon.gui.dialogs.browse_names import BrowseNames
from eventmon.gui.dialogs.connect_entry import ConnectEntry
from eventmon.gui.dialogs.form_source import ENGINE_FORMS, FormSource
from eventmon.gui.dialogs.frame import INSET, FramedDialog
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.field_note import FieldNote
from eventmon.gui.widgets.kind_list import KindList
from eventmon.gui.widgets.plain_text import Question

WIDTH: Final = 760
TALLEST: Final = 760
ROOM_TO_SPEAK: Final = 36
"""Spare height, so that a sentence below moves nothing out of sight."""
SMALLEST: Final = QSize(560, 400)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Connect", text)


class ConnectDialog(FramedDialog):
    """Asks for a connection, or for the changes to one.

    Attributes:
        testWanted: try the address, keep nothing.
        connectWanted: open or change it; the dialog stays until it is accepted.
        browseWanted: show which names there are.
        anyway: the user was told that it cannot be reached and may connect all the same.
    """

    testWanted = Signal()
    connectWanted = Signal()
    browseWanted = Signal()

    def __init__(
        self,
        theme: Theme,
        *,
        connections: Sequence[ConnectionStatus] = (),
        scheme: str = "",
        edited: ConnectionStatus | None = None,
        source: FormSource = ENGINE_FORMS,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", parent)
        self.setObjectName("connectDialog")
        self.edited = edited
        self.anyway = False
        self._theme = theme
        self._had_focus: QWidget | None = None
        forms = self._offered(source, edited)
        taken = [status.name for status in connections]
        self.entry = ConnectEntry(theme, forms, source, taken, edited)
        self.kinds = KindList(theme, [(form.scheme, form.icon, form.title) for form in forms], _tr("Kind of source"))
        self.outcome = FieldNote(theme)
        self.outcome.setObjectName("connectResult")
        self._verb = _tr("Connect") if edited is None else _tr("Save")
        self._lay_out()
        self._listen()
        self._begin(forms, scheme)

    # ── what is said ─────────────────────────────────────────────────────────────────────────────────────────────

    def set_busy(self, sentence: str) -> None:
        """Grey everything but Cancel while the engine tries, and say so; an empty sentence gives it back."""
        if sentence and self._body.isEnabled():
            self._had_focus = self.focusWidget()
        for widget in (self._body, self.test, self.connect_button):
            widget.setEnabled(not sentence)
        self.outcome.say(sentence)
        if not sentence and self._had_focus is not None:
            self._had_focus.setFocus()

    def show_success(self, sentence: str) -> None:
        """Say that the address can be reached, and what answered."""
        self.outcome.say(sentence, "ok")

    def show_error(self, sentence: str, field: str = "") -> None:
        """Say what has to be mended: at its field when it is known, else above the buttons. Nothing typed is lost."""
        if self.entry.show_error(sentence, field):
            QTimer.singleShot(0, self, self._show_focused)
        else:
            self.outcome.say(sentence, "error")

    def offer_anyway(self) -> None:
        """The next Connect opens it although it cannot be reached now."""
        self.anyway = True
        self.connect_button.setText(_tr("Connect anyway") if self.edited is None else _tr("Save anyway"))

    def browse_names(self) -> BrowseNames:
        """Show the list that is filled while the engine looks, with what is in the form ticked."""
        form = self.entry.form
        names = BrowseNames(
            self._theme, {name: (form.title(name), editor.items()) for name, editor in form.lists().items()}, self
        )
        names.accepted.connect(lambda: self.entry.take_names(names.lists()))
        names.open()
        return names

    def ask(self, title: str, text: str, yes: str) -> Question:
        """Ask something over the dialog."""
        return Question(self, title, text, yes)

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    @staticmethod
    def _offered(source: FormSource, edited: ConnectionStatus | None) -> list[ConnectorForm]:
        """All kinds, or the one of the connection that is edited."""
        forms = list(source.forms())
        if edited is None:
            return forms
        scheme = source.values_of(edited.url).scheme
        return [form for form in forms if form.scheme == scheme]

    def showEvent(self, event: QShowEvent) -> None:
        """As high as the form needs, as far as the window it stands over has room."""
        super().showEvent(event)
        if not event.spontaneous():
            around = self.height() - self.scroller.height()
            needed = self._column.heightForWidth(WIDTH - self.kinds.width()) + around + ROOM_TO_SPEAK
            over = self.parentWidget()
            room = over.window().height() - 2 * INSET if over is not None else TALLEST
            self.resize(WIDTH, max(SMALLEST.height(), min(needed, room, TALLEST)))

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes through what is shown from top to bottom; Qt's own chain knows when each widget was made."""
        stops = [*self.entry.stops, self.test, self.cancel, self.connect_button, self.kinds]
        reached = [stop for stop in stops if stop.isVisible() and stop.isEnabled()]
        if not reached:
            return False
        here = [at for at, stop in enumerate(reached) if self.focusWidget() in (stop, stop.focusProxy())]
        at = here[0] if here else -1 if forward else 0
        reached[(at + (1 if forward else -1)) % len(reached)].setFocus(
            Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        )
        return True

    def _begin(self, forms: Sequence[ConnectorForm], scheme: str) -> None:
        if self.edited is None:
            self.setWindowTitle(_tr("Connect"))
            known = [form.scheme for form in forms]
            self.entry.show_form(scheme if scheme in known else known[0])
        else:
            self.setWindowTitle(_tr("Edit {name}").format(name=short_name(self.edited.name)))
            self.entry.show_status(self.edited)
        self.entry.focus_first()

    def _lay_out(self) -> None:
        column = QWidget()
        column.setAutoFillBackground(True)
        column.setBackgroundRole(QPalette.ColorRole.Base)
        inner = self._column = QVBoxLayout(column)
        inner.setContentsMargins(INSET, INSET, INSET, INSET)
        inner.addWidget(self.entry)
        inner.addStretch(1)
        self.scroller = QScrollArea()
        self.scroller.setWidgetResizable(True)
        self.scroller.setFrameShape(QFrame.Shape.NoFrame)
        self.scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroller.setWidget(column)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.scroller, 1)
        self.outcome.setContentsMargins(INSET, 8, INSET, 12)
        right.addWidget(self.outcome)
        self._body = QWidget()
        sides = QHBoxLayout(self._body)
        sides.setContentsMargins(0, 0, 0, 0)
        sides.setSpacing(0)
        sides.addWidget(self.kinds)
        sides.addLayout(right, 1)
        self.content.setContentsMargins(0, 0, 0, 0)
        self.content.addWidget(self._body)
        self._add_buttons()
        self.setMinimumSize(SMALLEST)

    def _add_buttons(self) -> None:
        self.test = QPushButton(_tr("Test connection"), self)
        self.test.setAutoDefault(False)
        self.footer.insertWidget(0, self.test)
        self.cancel = self.add_button(_tr("Cancel"))
        self.connect_button = self.add_button(self._verb, default=True)

    def _listen(self) -> None:
        self.kinds.currentRowChanged.connect(lambda _row: self._kind_chosen())
        self.entry.formChanged.connect(self._form_changed)
        self.entry.changed.connect(self._changed)
        self.entry.browseWanted.connect(self.browseWanted)
        self.entry.safety.liftAsked.connect(self._ask_to_lift)
        self.test.clicked.connect(self.testWanted)
        self.cancel.clicked.connect(self.reject)
        self.connect_button.clicked.connect(self.connectWanted)

    def _kind_chosen(self) -> None:
        scheme = self.kinds.chosen()
        if scheme:
            self._changed()
            self.entry.show_form(scheme)

    def _form_changed(self) -> None:
        self.kinds.choose(self.entry.form.form.scheme)
        self.test.setVisible(self.entry.form.form.tests)

    def _changed(self) -> None:
        """Whatever was found out before no longer holds."""
        self.outcome.say("")
        self.anyway = False
        self.connect_button.setText(self._verb)

    def _ask_to_lift(self) -> None:
        safety = self.entry.safety
        text = lift_question(self.entry.shown_name, safety.host)
        question = self.ask(_tr("Read-only"), text, _tr("Lift read-only"))
        question.answered.connect(lambda yes: safety.show_read_only(not yes))

    def _show_focused(self) -> None:
        """The field with the mistake comes into sight, with its sentence."""
        widget = self.focusWidget()
        if widget is not None:
            self.scroller.ensureWidgetVisible(widget, 0, 60)
