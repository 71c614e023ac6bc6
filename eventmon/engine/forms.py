"""Forms for connections, derived from the connectors' config Structs; pure, so a window may call it at every key.

A front end knows no connector: it shows the fields described here and gets URLs from what is filled in.
"""

from __future__ import annotations

from typing import Literal

import msgspec

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
    return ()


def values_of(url: str) -> FormValues:
    """An address taken apart; UserError says what is wrong with it."""
    return FormValues(scheme="", values={}, default_name="", local=True)


def url_of(scheme: str, values: dict[str, FieldValue]) -> str:
    """The address that these values make, secrets included; fields that are left out hold their defaults.

    Raises:
        UserError: a value does not fit; the sentence names the field.
    """
    return ""
