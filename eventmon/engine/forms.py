"""Forms for connections, derived from the connectors' config Structs; pure, so a window may call it at every key.

A front end knows no connector: it shows the fields described here and gets URLs from what is filled in.
"""

from __future__ import annotations

import msgspec

from eventmon.connectors.base import Connector
from eventmon.connectors.registry import CONNECTORS, connector_for
from eventmon.core.errors import UserError
from eventmon.engine.config_fields import fields_of
from eventmon.engine.form_fields import FieldKind as FieldKind
from eventmon.engine.form_fields import FieldValue as FieldValue
from eventmon.engine.form_fields import FormField as FormField
from eventmon.engine.form_fields import form_fields, settings_from, shown_value


class ConnectorForm(msgspec.Struct, frozen=True, kw_only=True):
    """What a front end has to know of a connector.

    Attributes:
        scheme: its name in the table.
        title: its name for people.
        icon: a Lucide name.
        example: an address to show as a placeholder.
        fields: in the order shown.
        publishes: events can be sent to it.
        tests: an address can be tested.
        browses: its names can be listed.
    """

    scheme: str
    title: str
    icon: str
    example: str
    fields: tuple[FormField, ...]
    publishes: bool = False
    tests: bool = False
    browses: bool = False


class ObserverForm(msgspec.Struct, frozen=True, kw_only=True):
    """What a front end has to know of a kind of observer.

    Attributes:
        kind: its name in the table.
        title: its name for people.
        sentence: what it does, in a few words.
        icon: a Lucide name.
        queued: it has a queue, so that its overflow can be chosen.
        fields: of its settings, in the order shown.
    """

    kind: str
    title: str
    sentence: str
    icon: str
    queued: bool
    fields: tuple[FormField, ...]


class FormValues(msgspec.Struct, frozen=True, kw_only=True):
    """An address taken apart.

    Attributes:
        scheme: which connector it is for.
        values: what each field of its form holds.
        default_name: a name for the connection.
        local: whether the source is on this machine.
        cautions: what has to be answered with yes before it is opened, each a question.
    """

    scheme: str
    values: dict[str, FieldValue]
    default_name: str
    local: bool
    cautions: tuple[str, ...] = ()


def connector_forms() -> tuple[ConnectorForm, ...]:
    """The form of every connector, in the order of their table; one with several schemes is there once."""
    connectors = {connector.scheme: connector for connector in (make() for make in CONNECTORS.values())}
    return tuple(map(_form, connectors.values()))


def values_of(url: str) -> FormValues:
    """An address taken apart; UserError says what is wrong with it."""
    connector, config = connector_for(url)
    fields = fields_of(type(config))
    return FormValues(
        scheme=connector.scheme,
        values={field.encode_name: shown_value(getattr(config, field.name)) for field in fields},
        default_name=connector.default_name(config),
        local=connector.is_local(config),
        cautions=tuple(connector.cautions(config)),
    )


def url_of(scheme: str, values: dict[str, FieldValue]) -> str:
    """The address that these values make, secrets included; fields that are left out hold their defaults.

    Raises:
        UserError: a value does not fit; the sentence names the field.
    """
    make = CONNECTORS.get(scheme)
    if make is None:
        raise UserError(f"There is no connector {scheme}. Choose another one.")
    connector = make()
    return connector.url_of(settings_from(connector.config_type, values, connector.title))


def _form(connector: Connector) -> ConnectorForm:
    can = connector.capabilities
    return ConnectorForm(
        scheme=connector.scheme,
        title=connector.title,
        icon=connector.icon,
        example=connector.example,
        fields=form_fields(connector.config_type),
        publishes=can.publishes,
        tests=can.tests,
        browses=can.browses,
    )
