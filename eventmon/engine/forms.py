"""Forms for connections, derived from the connectors' config Structs; pure, so a window may call it at every key.

A front end knows no connector: it shows the fields described here and gets URLs from what is filled in.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

import msgspec
from msgspec import inspect

from eventmon.connectors.base import Connector, ConnectorConfig
from eventmon.connectors.registry import CONNECTORS, connector_for
from eventmon.core.errors import UserError
from eventmon.engine.config_fields import ConfigField, fields_of

FieldKind = Literal["text", "number", "switch", "choice", "list", "secret", "path"]
FieldValue = str | int | float | bool


class FormField(msgspec.Struct, frozen=True, kw_only=True):
    """One field of a form.

    Attributes:
        name: its name in the values, which is also its name in a URL's query.
        kind: ``list`` is text with commas between the items; ``secret`` is never shown.
        title: its label.
        description: one sentence under it; may be empty.
        default: what it holds at first.
        required: it has no default and must be filled in.
        choices: of a ``choice``, each what is written in a URL.
        minimum: of a ``number``; None without one.
        maximum: of a ``number``; None without one.
        advanced: behind *More settings*.
    """

    name: str
    kind: FieldKind
    title: str
    description: str = ""
    default: FieldValue = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    advanced: bool = False


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
        values={field.encode_name: _shown(getattr(config, field.name)) for field in fields},
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
    fields = {field.encode_name: field for field in fields_of(connector.config_type)}
    unknown = values.keys() - fields.keys()
    if unknown:
        raise UserError(f"{connector.title} has no field “{min(unknown)}”. Leave it out.")
    given = {fields[name].name: _converted(value, fields[name]) for name, value in values.items()}
    for field in fields.values():
        if field.required and field.name not in given:
            raise UserError(f"{field.title} has to be filled in.")
    return connector.url_of(connector.config_type(**given))


def _form(connector: Connector) -> ConnectorForm:
    can = connector.capabilities
    return ConnectorForm(
        scheme=connector.scheme,
        title=connector.title,
        icon=connector.icon,
        example=connector.example,
        fields=_form_fields(connector.config_type),
        publishes=can.publishes,
        tests=can.tests,
        browses=can.browses,
    )


@cache
def _form_fields(config_type: type[ConnectorConfig]) -> tuple[FormField, ...]:
    return tuple(map(_form_field, fields_of(config_type)))


def _form_field(field: ConfigField) -> FormField:
    minimum, maximum = _bounds(field.kind)
    return FormField(
        name=field.encode_name,
        kind=_kind_of(field),
        title=field.title,
        description=field.description,
        default=_shown(field.default),
        required=field.required,
        choices=field.choices,
        minimum=minimum,
        maximum=maximum,
        advanced=field.advanced,
    )


def _kind_of(field: ConfigField) -> FieldKind:
    kind = field.kind
    if field.secret:
        return "secret"
    if field.path:
        return "path"
    if isinstance(kind, inspect.BoolType):
        return "switch"
    if isinstance(kind, inspect.LiteralType):
        return "choice"
    if isinstance(kind, inspect.VarTupleType):
        return "list"
    return "number" if isinstance(kind, inspect.IntType | inspect.FloatType) else "text"


def _bounds(kind: inspect.Type) -> tuple[float | None, float | None]:
    """The smallest and the largest value; for whole numbers both are values themselves."""
    if not isinstance(kind, inspect.IntType | inspect.FloatType):
        return None, None
    step = 1 if isinstance(kind, inspect.IntType) else 0
    minimum = kind.gt + step if kind.gt is not None else kind.ge
    maximum = kind.lt - step if kind.lt is not None else kind.le
    return minimum, maximum


def _shown(value: Any) -> FieldValue:
    """A value of a config as a form holds it."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ",".join(value)
    shown: FieldValue = value
    return shown


def _converted(value: FieldValue, field: ConfigField) -> Any:
    """A value of a form as the config holds it; UserError names the field."""
    given: Any = value.strip() if isinstance(value, str) and not isinstance(field.kind, inspect.StrType) else value
    if given == "" and field.optional:
        return None
    if given == "" and field.required:
        raise UserError(f"{field.title} has to be filled in.")
    if isinstance(field.kind, inspect.VarTupleType):
        given = tuple(dict.fromkeys(filter(None, map(str.strip, str(given).split(",")))))
    try:
        return msgspec.convert(given, field.annotation, strict=False)
    except msgspec.ValidationError as error:
        raise UserError(f"{field.title}: {_expectation(field)} is expected.") from error


def _expectation(field: ConfigField) -> str:
    kind, (minimum, maximum) = _kind_of(field), _bounds(field.kind)
    if kind == "choice":
        return "one of " + ", ".join(field.choices)
    if kind == "switch":
        return "yes or no"
    if kind != "number":
        return "another value"
    what = "a whole number" if isinstance(field.kind, inspect.IntType) else "a number"
    if minimum is not None and maximum is not None:
        return f"{what} from {minimum} to {maximum}"
    if minimum is not None:
        return f"{what} of at least {minimum}"
    return what if maximum is None else f"{what} of at most {maximum}"
