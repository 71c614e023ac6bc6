"""What keeps somebody from firing into production by accident: read-only and a colour, asked for with every connection.

Read-only follows the address: on for another machine, off for this one, until the user decides otherwise; another
host is another decision.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from eventmon.gui.dialogs.frame import FORM_GAP
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.color_choice import ColorChoice
from eventmon.gui.widgets.labelled_field import LabelledField


def _tr(text: str) -> str:
    return QCoreApplication.translate("Connect", text)


class ConnectSafety(QWidget):
    """Read-only and colour side by side.

    Attributes:
        liftAsked: the user wants to send events to another machine, which needs a question first.
    """

    liftAsked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.read_only_box = QCheckBox(_tr("Read-only"))
        self.read_only_box.setObjectName("readOnly")
        self.read_only_box.clicked.connect(self._clicked)
        self.color = ColorChoice(theme)
        self.read_only_place = LabelledField(theme, _tr("Publishing"), self.read_only_box)
        self.read_only_box.setAccessibleName(_tr("Read-only"))
        self.color_place = LabelledField(theme, _tr("Colour"), self.color, _tr("Marks it in the tree and in the log"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(FORM_GAP)
        layout.addWidget(self.read_only_place, 1)
        layout.addWidget(self.color_place, 1)
        self._publishes = False
        self._local = True
        self._host = ""
        self._say()

    @property
    def host(self) -> str:
        """The machine that events would reach."""
        return self._host

    def read_only(self) -> bool | None:
        """Whether nothing is sent; None for a source that takes no events."""
        return self.read_only_box.isChecked() if self._publishes else None

    def set_target(self, *, publishes: bool, local: bool, host: str) -> None:
        """Where the connection leads now; another place takes back what was decided for the one before."""
        moved = (publishes, local, host) != (self._publishes, self._local, self._host)
        self._publishes, self._local, self._host = publishes, local, host
        self.read_only_place.setVisible(publishes)
        if moved:
            self.show_read_only(not local)

    def show_read_only(self, on: bool) -> None:
        """Show it as on or off; nothing is asked."""
        self.read_only_box.setChecked(on)
        self._say()

    def stops(self) -> list[QWidget]:
        """Where Tab stops, in order."""
        return [self.read_only_box, self.color]

    def _clicked(self, on: bool) -> None:
        if not on and not self._local:
            self.show_read_only(True)
            self.liftAsked.emit()
        self._say()

    def _say(self) -> None:
        on = self.read_only_box.isChecked()
        self.read_only_place.set_note(
            _tr("Nothing is sent to it, whatever asks") if on else _tr("Events can be published to it")
        )
