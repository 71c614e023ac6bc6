"""Forms for observers, derived from the settings of their kinds; pure, so a window may call them at every key."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from eventmon.engine.config_fields import fields_of
from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.form_fields import FieldValue, form_fields, settings_from, shown_value
from eventmon.engine.forms import ObserverForm
from eventmon.observers.base import ObserverConfig, ObserverKind
from eventmon.observers.registry import KINDS, kind_for


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
