"""The kinds of observers as the window knows them: the engine's forms, asked for when they are first needed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from eventmon.engine.forms import ObserverForm
from eventmon.engine.resources import has_icon

SPARE_ICON = "radar"
"""Of a kind this window does not know."""


def engine_forms() -> tuple[ObserverForm, ...]:
    """The forms of the engine's kinds."""
    from eventmon.engine.observer_forms import observer_forms  # after the first paint

    return observer_forms()


def kind_icons(forms: Callable[[], tuple[ObserverForm, ...]]) -> Callable[[str], str]:
    """The icon of each kind by its name; the forms are asked for once."""

    @cache
    def icons() -> dict[str, str]:
        return {form.kind: form.icon for form in forms() if has_icon(form.icon)}

    return lambda kind: icons().get(kind, SPARE_ICON)
