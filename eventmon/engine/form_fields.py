"""The fields of a settings Struct as a form shows them, and what is filled in as settings: for every kind of form.

Forms of connections and of observers are made alike, and so is what the command line takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, TypeVar

import msgspec
from msgspec import inspect

from eventmon.core.errors import UserError
from eventmon.core.units import read_amount, written_amount
from eventmon.engine.config_fields import ConfigField, fields_of

FieldKind = Literal["text", "number", "switch", "choice", "list", "secret", "path", "amount", "template"]
FieldValue = str | int | float | bool


class FormField(msgspec.Struct, frozen=True, kw_only=True):
    """One field of a form.

    Attributes:
        name: its name in the values, which is also its name in a URL's query.
        kind: ``list`` is text with commas between the items; ``secret`` is never shown; ``amount`` has a unit;
            ``template`` has several lines and placeholders.
        title: its label.
        description: one sentence under it; may be empty.
        default: what it holds at first.
        required: it has no default and must be filled in.
        choices: of a ``choice``, each what is written in a URL.
        minimum: of a ``number``; None without one.
        maximum: of a ``number``; None without one.
        advanced: behind *More settings*.
        names: of the choices, for people; empty where the choices are words already.
        optional: nothing may be filled in.
        placeholders: of a ``template``, what may stand in it.
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
    names: tuple[str, ...] = ()
    optional: bool = False
    placeholders: tuple[str, ...] = ()


Settings = TypeVar("Settings", bound=msgspec.Struct)


def settings_from(settings_type: type[Settings], values: Mapping[str, FieldValue], title: str) -> Settings:
    """Settings from what was filled in; fields that are left out hold their defaults.

    Args:
        settings_type: the Struct.
        values: by the names that fields have in forms.
        title: whose settings they are, for people.

    Raises:
        UserError: a value does not fit; the sentence names the field.
    """
    fields = {field.encode_name: field for field in fields_of(settings_type)}
    unknown = values.keys() - fields.keys()
    if unknown:
        raise UserError(f"{title} has no field “{min(unknown)}”. Leave it out.")
    given = {fields[name].name: _converted(value, fields[name]) for name, value in values.items()}
    for field in fields.values():
        if field.required and field.name not in given:
            raise UserError(f"{field.title} has to be filled in.")
    return settings_type(**given)


def values_from(settings: msgspec.Struct) -> dict[str, FieldValue]:
    """What each field of a form holds to show these settings."""
    return {field.encode_name: _shown(field, getattr(settings, field.name)) for field in fields_of(type(settings))}


@cache
def form_fields(settings_type: type[msgspec.Struct]) -> tuple[FormField, ...]:
    """The fields of a form, in the order of their definition."""
    return tuple(map(_form_field, fields_of(settings_type)))


def _form_field(field: ConfigField) -> FormField:
    minimum, maximum = _bounds(field.kind)
    return FormField(
        name=field.encode_name,
        kind=_kind_of(field),
        title=field.title,
        description=field.description,
        default=_shown(field, field.default),
        required=field.required,
        choices=field.choices,
        minimum=minimum,
        maximum=maximum,
        advanced=field.advanced,
        names=field.names,
        optional=field.optional,
        placeholders=field.placeholders,
    )


def _shown(field: ConfigField, value: Any) -> FieldValue:
    return written_amount(value, field.unit) if field.unit and isinstance(value, int) else shown_value(value)


def _kind_of(field: ConfigField) -> FieldKind:
    kind = field.kind
    if field.secret or field.path:
        return "secret" if field.secret else "path"
    if field.unit or field.placeholders:
        return "amount" if field.unit else "template"
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


def shown_value(value: Any) -> FieldValue:
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
    if field.unit:
        given = _amount(str(given), field)
    try:
        return msgspec.convert(given, field.annotation, strict=False)
    except msgspec.ValidationError as error:
        raise UserError(f"{field.title}: {_expectation(field)} is expected.") from error


def _amount(text: str, field: ConfigField) -> int:
    try:
        return read_amount(text, field.unit)
    except UserError as error:
        raise UserError(f"{field.title}: {error}") from error


def _expectation(field: ConfigField) -> str:
    kind, (minimum, maximum) = _kind_of(field), _bounds(field.kind)
    if kind == "choice":
        return "one of " + ", ".join(field.names or field.choices)
    if kind != "number":
        return {"amount": "more than nothing", "switch": "yes or no"}.get(kind, "another value")
    what = "a whole number" if isinstance(field.kind, inspect.IntType) else "a number"
    if minimum is not None and maximum is not None:
        return f"{what} from {minimum} to {maximum}"
    if minimum is not None:
        return f"{what} of at least {minimum}"
    return what if maximum is None else f"{what} of at most {maximum}"
