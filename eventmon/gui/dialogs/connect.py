"""The Connect dialog: kinds at the left, what is filled in at the right, the ways out below; it edits as well.

The dialog asks the engine nothing itself: it emits wishes and is told how they went.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QCoreApplication, QSize, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from eventmon.engine.forms import ConnectorForm
from eventmon.engine.frame import ConnectionStatus
from eventmon.gui.connection_texts import lift_question, short_name
from eventmon.gui.dialogs.browse_names import BrowseNames
from eventmon.gui.dialogs.connect_entry import ConnectEntry
from eventmon.gui.dialogs.form_source import ENGINE_FORMS, FormSource
from eventmon.gui.dialogs.kind_dialog import KindDialog
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.kind_list import KindList
from eventmon.gui.widgets.plain_text import Question

WIDTH: Final = 760
SMALLEST: Final = QSize(560, 400)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Connect", text)


class ConnectDialog(KindDialog):
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
        super().__init__(theme, QSize(WIDTH, 0), SMALLEST, parent)
        self.setObjectName("connectDialog")
        self.edited = edited
        self.anyway = False
        forms = self._offered(source, edited)
        taken = [status.name for status in connections]
        self.entry = ConnectEntry(theme, forms, source, taken, edited)
        kinds = KindList(theme, [(form.scheme, form.icon, form.title) for form in forms], _tr("Kind of source"))
        self.outcome.setObjectName("connectResult")
        self._verb = _tr("Connect") if edited is None else _tr("Save")
        self.lay_out_columns(kinds, self.entry)
        self._add_buttons()
        self._listen()
        self._begin(forms, scheme)

    # ── what is said ─────────────────────────────────────────────────────────────────────────────────────────────

    def stops(self) -> list[QWidget]:
        """Where Tab stops, in the order shown."""
        return [*self.entry.stops, self.test, self.cancel, self.connect_button, self.kinds]

    def show_success(self, sentence: str) -> None:
        """Say that the address can be reached, and what answered."""
        self.outcome.say(sentence, "ok")

    def show_error(self, sentence: str, field: str = "") -> None:
        """Say what has to be mended: at its field when it is known, else above the buttons. Nothing typed is lost."""
        if self.entry.show_error(sentence, field):
            self.bring_into_sight()
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

    def _begin(self, forms: Sequence[ConnectorForm], scheme: str) -> None:
        if self.edited is None:
            self.setWindowTitle(_tr("Connect"))
            known = [form.scheme for form in forms]
            self.entry.show_form(scheme if scheme in known else known[0])
        else:
            self.setWindowTitle(_tr("Edit {name}").format(name=short_name(self.edited.name)))
            self.entry.show_status(self.edited)
        self.entry.focus_first()

    def _add_buttons(self) -> None:
        self.test = QPushButton(_tr("Test connection"), self)
        self.test.setAutoDefault(False)
        self.footer.insertWidget(0, self.test)
        self.cancel = self.add_button(_tr("Cancel"))
        self.connect_button = self.add_button(self._verb, default=True)
        self.grey_with_body(self.test, self.connect_button)

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
