"""What is filled in to connect: address, name, the connector's fields, read-only and colour.

Address and fields say the same at any time: what was touched last leads, the other follows. A password is never
written into the address line; a placeholder stands for it there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from eventmon.core.errors import UserError
from eventmon.engine.forms import ConnectorForm, FormValues
from eventmon.engine.frame import ConnectionColor, ConnectionStatus
from eventmon.gui.connection_texts import short_name
from eventmon.gui.dialogs.connect_address import AddressField
from eventmon.gui.dialogs.connect_form import ConnectForm
from eventmon.gui.dialogs.connect_safety import ConnectSafety
from eventmon.gui.dialogs.form_source import FormSource
from eventmon.gui.dialogs.frame import FORM_GAP
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.labelled_field import LabelledField


def _tr(text: str) -> str:
    return QCoreApplication.translate("Connect", text)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is to be connected.

    Attributes:
        url: with the password in it, or with a placeholder for the one that is stored.
        name: empty lets the engine choose.
        read_only: None for a source that takes no events.
        color: the colour that marks it.
        cautions: what has to be answered with yes first.
        tests: the address can be tested before it is opened.
    """

    url: str
    name: str
    read_only: bool | None
    color: ConnectionColor
    cautions: tuple[str, ...]
    tests: bool


class ConnectEntry(QWidget):
    """The right side of the dialog.

    Attributes:
        changed: the user changed something that the connection depends on.
        formChanged: another connector's form is shown.
        browseWanted: the user wants to see which names there are.
        stops: where Tab stops, in the order shown.
    """

    changed = Signal()
    formChanged = Signal()
    browseWanted = Signal()

    def __init__(
        self,
        theme: Theme,
        forms: Sequence[ConnectorForm],
        source: FormSource,
        taken: Sequence[str],
        edited: ConnectionStatus | None,
    ) -> None:
        super().__init__()
        self._theme = theme
        self._source = source
        self._forms = {form.scheme: form for form in forms}
        self._taken = frozenset(taken)
        self._edited = edited
        self._pages: dict[str, ConnectForm] = {}
        self._scheme = ""
        self.stops: list[QWidget] = []
        self.address = AddressField(theme)
        self.name_line = QLineEdit()
        self.name_line.setObjectName("name")
        self.name = LabelledField(theme, _tr("Name"), self.name_line)
        self.safety = ConnectSafety(theme)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(FORM_GAP)
        self.address.touched.connect(self.changed)
        self.address.settled.connect(self._take_address)
        self.name_line.textEdited.connect(self._name_typed)

    @property
    def form(self) -> ConnectForm:
        """The form that is shown."""
        return self._pages[self._scheme]

    @property
    def shown_name(self) -> str:
        """The name the connection will have, as far as it is known."""
        return self.name_line.text().strip() or self.name_line.placeholderText()

    def show_form(self, scheme: str) -> None:
        """Show a connector's form; what was typed into another stays there."""
        if scheme == self._scheme:
            return
        if scheme not in self._pages:
            page = self._pages[scheme] = ConnectForm(
                self._theme, self._forms[scheme], keeps_secrets=self._edited is not None
            )
            page.changed.connect(self._field_changed)
            page.browseWanted.connect(self.browseWanted)
        self._scheme = scheme
        self.address.line.setPlaceholderText(self._forms[scheme].example)
        self._arrange()
        self._follow_fields()
        self.formChanged.emit()

    def show_status(self, status: ConnectionStatus) -> None:
        """Show a connection that is there, to be changed; its name stays.

        Raises:
            UserError: its address cannot be understood.
        """
        known = self._source.values_of(status.url)
        self.name_line.setText(status.name)
        self.name_line.setReadOnly(True)
        self.name_line.setProperty("quiet", "true")
        self.show_form(known.scheme)
        self.form.set_values(known.values)
        self._follow_fields()
        self.safety.show_read_only(status.read_only)
        self.safety.color.set_color(status.color)

    def wish(self) -> Wish | None:
        """What is filled in; None when something has to be mended, which is said at its field."""
        self.address.settle()
        if self.address.faulty:
            self.address.line.setFocus()
            return None
        self.clear_errors()
        missing = self.form.missing()
        if missing:
            self.show_error(_tr("{field} is missing. Fill it in.").format(field=self.form.title(missing)), missing)
            return None
        if self._edited is None and self.shown_name in self._taken:
            self._fault_name(_tr("There is a connection of this name already. Choose another one."))
            return None
        try:
            url = self._source.url_of(self._scheme, self.form.values())
            return self._wish(url, self._source.values_of(url))
        except UserError as error:
            if not self.show_error(str(error)):
                self.address.show_error(str(error))
            return None

    def take_names(self, lists: Mapping[str, list[str]]) -> None:
        """Put the names that were ticked into the fields they belong to."""
        editors = self.form.lists()
        for field, items in lists.items():
            editors[field].set_items(items)
            self._field_changed(field)

    def show_error(self, sentence: str, field: str = "") -> bool:
        """Say at its field what has to be mended and go there; whether a field was found for it."""
        place = field or self.form.named_in(sentence)
        if self.form.show_error(place, sentence):
            self.form.focus_on(place)
            return True
        if self._edited is None and self.shown_name and f"“{self.shown_name}”" in sentence:
            self._fault_name(sentence)
            return True
        return False

    def clear_errors(self) -> None:
        """Nothing is wrong as far as is known."""
        self.address.clear_error()
        self.name.clear_error()
        self.form.clear_errors()

    def focus_first(self) -> None:
        """The keyboard begins where one would begin to type."""
        first = self.form if self._begins_with_a_field() else self.address
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    # ── address and fields follow each other ─────────────────────────────────────────────────────────────────────

    def _take_address(self, address: str) -> None:
        """Fill the form from what was typed or pasted."""
        if not address:
            return
        try:
            known = self._source.values_of(address)
        except UserError as error:
            self.address.show_error(str(error))
            return
        if known.scheme not in self._forms:
            self.address.show_error(_tr("This is the address of another kind of source. Connect to it separately."))
            return
        self.show_form(known.scheme)
        self.form.set_values(known.values)
        self._follow_fields()

    def _field_changed(self, name: str) -> None:
        self.changed.emit()
        place = self.form.place_of(name)
        if place is not None:
            place.clear_error()
        sentence = self._follow_fields()
        if sentence and place is not None:
            place.show_error(sentence)

    def _follow_fields(self) -> str:
        """Write the address of what the fields hold, and take what it tells; what does not fit, as a sentence."""
        if self.form.missing():
            self.address.show_address("")
            self._show_default_name("")
            self.safety.set_target(publishes=self.form.form.publishes, local=True, host="")
            return ""
        try:
            self.address.show_address(self._source.url_of(self._scheme, self.form.values(hide_secrets=True)))
            self._know(self._source.values_of(self.address.line.text()))
        except UserError as error:
            return str(error)
        return ""

    def _know(self, known: FormValues) -> None:
        """Take what an address tells beside its values: a name, and whose machine it is."""
        self._show_default_name(known.default_name)
        host = str(known.values.get("host") or "") or _tr("another machine")
        self.safety.set_target(publishes=self.form.form.publishes, local=known.local, host=host)

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _wish(self, url: str, known: FormValues) -> Wish:
        return Wish(
            url=url,
            name=self.name_line.text().strip(),
            read_only=self.safety.read_only(),
            color=self.safety.color.color(),
            cautions=known.cautions,
            tests=self.form.form.tests,
        )

    def _show_default_name(self, wished: str) -> None:
        name, number = wished, 1
        while name in self._taken:
            number += 1
            name = f"{wished}-{number}"
        self.name_line.setPlaceholderText(name)
        self._name_typed()

    def _name_typed(self) -> None:
        self.name.clear_error()
        name = short_name(self.shown_name)
        self.name.set_note(_tr("Its topics appear below {name}/").format(name=name) if name else "")

    def _fault_name(self, sentence: str) -> None:
        self.name.show_error(sentence)
        self.name_line.setFocus()

    def _begins_with_a_field(self) -> bool:
        """A form whose first field has to be filled in, such as a file, begins there: nobody has its address ready."""
        fields = self.form.form.fields
        return bool(fields) and fields[0].required

    def _arrange(self) -> None:
        """Put the parts in the order they are filled in."""
        form, name, address = self.form, self.name, self.address
        for page in self._pages.values():
            for widget in (page, page.rest):
                self._box.removeWidget(widget)
            page.show_all(page is form)
        parts: list[tuple[QWidget, list[QWidget]]] = [
            (address, [address.line]),
            (name, [self.name_line]),
            (form, form.stops()),
            (self.safety, self.safety.stops()),
            (form.rest, form.stops_of_rest()),
        ]
        if self._begins_with_a_field():
            parts = [parts[2], parts[1], parts[3], parts[0], parts[4]]
        for widget, _ in parts:
            self._box.removeWidget(widget)
            self._box.addWidget(widget)
        self.stops = [stop for _, stops in parts for stop in stops]
