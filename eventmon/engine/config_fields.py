"""The fields of a settings Struct and what their metadata say, unwrapped once for each Struct.

msgspec wraps a type for every ``Annotated`` and every ``| None``; forms and the care for secrets want what is inside.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

_ATTRIBUTE = re.compile(r"^    (\w+): (.*(?:\n {6,}.*)*)", re.M)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigField:
    """One field.

    Attributes:
        name: of the Struct's attribute.
        encode_name: in a URL's query and in the values of a form.
        title: its label.
        description: one sentence; may be empty.
        kind: its type, bare.
        annotation: its type as it was written, for conversions.
        choices: what it may be, as written, in the order of its definition; empty for anything.
        optional: it may be None.
        required: it has no default.
        default: None when it is required.
        secret: a password.
        path: the path of a file.
        advanced: behind *More settings*.
        unit: of an amount that is written with its unit; empty for none.
        names: of the choices, for people; empty where the choices are words already.
        placeholders: what may stand in a text of several lines; empty where it is no such text.
    """

    name: str
    encode_name: str
    title: str
    description: str
    kind: msgspec.inspect.Type
    annotation: Any
    choices: tuple[str, ...]
    optional: bool
    required: bool
    default: Any
    secret: bool
    path: bool
    advanced: bool
    unit: str
    names: tuple[str, ...]
    placeholders: tuple[str, ...]


@cache
def fields_of(config_type: type[msgspec.Struct]) -> tuple[ConfigField, ...]:
    """The fields, in the order of their definition."""
    structure = msgspec.inspect.type_info(config_type)
    assert isinstance(structure, msgspec.inspect.StructType)
    annotations = {field.name: field.type for field in msgspec.structs.fields(config_type)}
    descriptions = _descriptions(config_type)
    return tuple(_field(field, annotations[field.name], descriptions) for field in structure.fields)


@cache
def secret_fields(config_type: type[msgspec.Struct]) -> tuple[str, ...]:
    """The names of the fields that hold secrets."""
    return tuple(field.name for field in fields_of(config_type) if field.secret)


def _field(field: msgspec.inspect.Field, annotation: Any, descriptions: dict[str, str]) -> ConfigField:
    kind, optional, said = _unwrapped(field.type)
    default = field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
    return ConfigField(
        name=field.name,
        encode_name=field.encode_name,
        title=said.get("title") or field.encode_name.replace("_", " ").capitalize(),
        description=said.get("description") or ("" if said.get("title") else descriptions.get(field.name, "")),
        kind=kind,
        annotation=annotation,
        choices=tuple(map(str, _choices(annotation))),
        optional=optional,
        required=field.required,
        default=None if field.required else default,
        secret=bool(said.get("secret")),
        path=bool(said.get("path")),
        advanced=bool(said.get("advanced")),
        unit=str(said.get("unit") or ""),
        names=tuple(said.get("names") or ()),
        placeholders=tuple(said.get("placeholders") or ()),
    )


def _unwrapped(kind: msgspec.inspect.Type) -> tuple[msgspec.inspect.Type, bool, dict[str, Any]]:
    """The bare type, whether it may be None, and all that its metadata say."""
    optional = False
    said: dict[str, Any] = {}
    while True:
        if isinstance(kind, msgspec.inspect.Metadata):
            said |= (kind.extra_json_schema or {}) | (kind.extra or {})
            kind = kind.type
        elif isinstance(kind, msgspec.inspect.UnionType):
            others = [each for each in kind.types if not isinstance(each, msgspec.inspect.NoneType)]
            optional = len(others) < len(kind.types)
            kind = others[0]
        else:
            return kind, optional, said


def _choices(annotation: Any) -> tuple[Any, ...]:
    """The values of the ``Literal`` inside; msgspec would give them in another order."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    parts = get_args(annotation)[:1] if get_origin(annotation) is Annotated else _parts_of_union(annotation)
    return next(filter(None, map(_choices, parts)), ())


def _parts_of_union(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, UnionType) else ()


def _descriptions(config_type: type[msgspec.Struct]) -> dict[str, str]:
    """The lines of ``Attributes:`` in the docstring, each as a sentence."""
    _, _, listed = (inspect.getdoc(config_type) or "").partition("Attributes:\n")
    found = {match[1]: " ".join(match[2].replace("``", "").split()) for match in _ATTRIBUTE.finditer(listed)}
    return {name: text[:1].upper() + text[1:] for name, text in found.items()}
