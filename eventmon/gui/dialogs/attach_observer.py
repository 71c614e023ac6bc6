"""The Attach dialog: kinds at the left, the form in the middle, a dry run at the right; for changes and copies too.

The dialog asks the engine nothing itself: it emits wishes and is told how they went.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QCoreApplication, QSize, QTimer, Signal
from PySide6.QtWidgets import QWidget

from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.forms import ObserverForm
from eventmon.gui.dialogs.attach_observer_entry import AttachObserverEntry, free_name
from eventmon.gui.dialogs.kind_dialog import KindDialog
from eventmon.gui.formatting import one_line
from eventmon.gui.known_topics import KnownTopics
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.kind_list import KindList
from eventmon.gui.widgets.observer_trial_view import ObserverTrialView

SIZE: Final = QSize(960, 508)
SMALLEST: Final = QSize(760, 400)
ALL_TOPICS: Final = "#"
REST_MS: Final = 250
"""After the last change the dry run is made anew."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Observers", text)


class AttachObserverDialog(KindDialog):
    """Asks for an observer, or for the changes to one.

    Attributes:
        attachWanted: attach or change it; the dialog stays until it is accepted.
        trialWanted: say what it would do now.
    """

    attachWanted = Signal()
    trialWanted = Signal()

    def __init__(
        self,
        theme: Theme,
        forms: Sequence[ObserverForm],
        topics: KnownTopics,
        *,
        taken: Sequence[str] = (),
        pattern: str = "",
        edited: ObserverDefinition | None = None,
        model: ObserverDefinition | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Make it.

        Args:
            theme: colours and fonts.
            forms: the kinds there are.
            topics: what patterns are completed from and counted in.
            taken: names that observers have.
            pattern: to begin with; empty for all topics.
            edited: the observer that is changed; its kind stays.
            model: what a new one begins with.
            parent: the window it stands over.
        """
        super().__init__(theme, SIZE, SMALLEST, parent)
        self.setObjectName("attachObserverDialog")
        self.edited = edited
        shown = [form for form in forms if edited is None or form.kind == edited.kind]
        self.entry = AttachObserverEntry(theme, shown, topics, taken)
        self.trial = ObserverTrialView(theme)
        kinds = KindList(
            theme,
            [(form.kind, form.icon, form.title) for form in shown],
            _tr("Kind of observer"),
            {form.kind: form.sentence for form in shown},
        )
        self.outcome.setObjectName("attachResult")
        self.lay_out_columns(kinds, self.entry, self.trial)
        self._add_buttons()
        self._rest = QTimer(self)
        self._rest.setObjectName("trialRest")
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._listen()
        self._begin(shown, pattern, edited or model, taken)

    def stops(self) -> list[QWidget]:
        """Where Tab stops, in the order shown."""
        return [*self.entry.stops, self.trial.shown, self.cancel, self.attach_button, self.kinds]

    def show_error(self, sentence: str, field: str = "") -> None:
        """Say what has to be mended: at its field when it is known, else above the buttons. Nothing typed is lost."""
        if self.entry.show_error(sentence, field):
            self.bring_into_sight()
        else:
            self.outcome.say(sentence, "error")

    # Inside

    def _begin(
        self,
        forms: Sequence[ObserverForm],
        pattern: str,
        known: ObserverDefinition | None,
        taken: Sequence[str],
    ) -> None:
        if known is not None and known.kind in {form.kind for form in forms}:
            name = known.name if self.edited is not None else free_name(known.name, taken)
            self.entry.show_definition(known, name=name)
        elif forms:
            self.entry.show_form(forms[0].kind)
            self.entry.pattern.set_text(pattern or ALL_TOPICS)
        title = _tr("Attach observer")
        if self.edited is not None:
            title = _tr("Edit {name}").format(name=one_line(self.edited.name, 60))
        self.setWindowTitle(title)
        self.entry.pattern.line.setFocus()
        self.entry.pattern.line.selectAll()

    def _add_buttons(self) -> None:
        self.cancel = self.add_button(_tr("Cancel"))
        verb = _tr("Attach observer") if self.edited is None else _tr("Save")
        self.attach_button = self.add_button(verb, default=True)
        self.grey_with_body(self.attach_button)

    def _listen(self) -> None:
        self.kinds.currentRowChanged.connect(lambda _row: self._kind_chosen())
        self.entry.formChanged.connect(self._form_changed)
        self.entry.changed.connect(self._changed)
        self.entry.pattern.counted.connect(lambda _matching: self._try_soon())
        self._rest.timeout.connect(self.trialWanted)
        self.cancel.clicked.connect(self.reject)
        self.attach_button.clicked.connect(self.attachWanted)

    def _kind_chosen(self) -> None:
        kind = self.kinds.chosen()
        if kind:
            self.entry.show_form(kind)

    def _form_changed(self) -> None:
        self.kinds.choose(self.entry.kind)
        self.grow()
        self._changed()

    def _changed(self) -> None:
        """Whatever was found out before no longer holds."""
        self.outcome.say("")
        self._rest.start()

    def _try_soon(self) -> None:
        """Newer events may match by now; a running wait is left alone."""
        if not self._rest.isActive():
            self._rest.start()
