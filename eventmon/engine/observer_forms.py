"""Forms for observers, derived from the settings of their kinds; pure, so a window may call them at every key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from eventmon.engine.config_fields import fields_of
from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.form_fields import FieldValue, form_fields, settings_from, shown_value
from eventmon.engine.forms import ObserverForm
from eventmon.observers.base import ObserverConfig, ObserverKind
from eventmon.observers.registry import KINDS, kind_for
from eventmon.observers.template import Template


def observer_forms() -> tuple[ObserverForm, ...]:
    """The form of every kind, in the order of their table."""
    return tuple(_form(make()) for make in KINDS.values())


def settings_of(kind: str, values: Mapping[str, FieldValue]) -> tuple[ObserverKind, ObserverConfig]:
    """A kind and its settings from what was filled in.

    Raises:
        UserError: there is no such kind, or a value does not fit; the sentence says what to mend.
    """
    found = kind_for(kind)
    return found, settings_from(found.config_type, values, f"The kind {found.title.lower()}")


class TemplateState(msgspec.Struct, frozen=True, kw_only=True):
    """What a template is as it is written now.

    Attributes:
        sends: ``payload`` as it is, a ``json`` document, or a ``text``.
        filled: the text with a value in the place of each placeholder, as long as that, to find mistakes in it.
    """

    sends: Literal["payload", "json", "text"]
    filled: str


def template_state(text: str, title: str) -> TemplateState:
    """What a template of an observer is; UserError when a placeholder is not known, in a field of that title."""
    template = Template(text, title)
    sends: Literal["json", "text"] = "json" if template.is_json else "text"
    return TemplateState(sends="payload" if template.takes_data else sends, filled=template.filled)


def normalised(definition: ObserverDefinition) -> ObserverDefinition:
    """The definition with each setting in the type of its field: the command line gives texts alone.

    Raises:
        UserError: there is no such kind, or a value does not fit.
    """
    _, settings = settings_of(definition.kind, definition.settings)
    values = {
        field.encode_name: shown_value(getattr(settings, field.name))
        for field in fields_of(type(settings))
        if field.encode_name in definition.settings
    }
    return msgspec.structs.replace(definition, settings=values)


def _form(kind: ObserverKind) -> ObserverForm:
    return ObserverForm(
        kind=kind.kind,
        title=kind.title,
        sentence=kind.sentence,
        icon=kind.icon,
        queued=kind.queued,
        fields=form_fields(kind.config_type),
    )
