"""A connector's form: its fields, and a way to see which names there are. No connector is known here by name."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal

from eventmon.engine.forms import ConnectorForm
from eventmon.gui.dialogs.fields_form import FieldsForm
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.link_button import LinkButton


def _tr(text: str) -> str:
    return QCoreApplication.translate("Connect", text)


class ConnectForm(FieldsForm):
    """The fields of one connector.

    Attributes:
        browseWanted: the user wants to see which names there are.
    """

    browseWanted = Signal()

    def __init__(self, theme: Theme, form: ConnectorForm, *, keeps_secrets: bool = False) -> None:
        self.form = form
        browse = LinkButton(_tr("Browse…"))
        browse.setAccessibleName(_tr("Browse for names"))
        lists = [field.name for field in form.fields if field.kind == "list" and not field.advanced]
        beside = (lists[-1], browse) if lists and form.browses else None
        super().__init__(theme, form.fields, keeps_secrets=keeps_secrets, beside=beside)
        self.browse = browse
        self.browse.setVisible(beside is not None)
        self.browse.clicked.connect(self.browseWanted)
