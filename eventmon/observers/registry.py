"""The table of kinds of observers: literal lazy functions, because package scans come back empty in a frozen build.

A new kind is one file and one line here; its form, its command line and its tests follow from the table.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable

from eventmon.core.errors import UserError
from eventmon.observers.base import ObserverKind


def _counter() -> ObserverKind:
    from eventmon.observers.counter import CounterKind

    return CounterKind()


def _alert() -> ObserverKind:
    from eventmon.observers.alert import AlertKind

    return AlertKind()


def _publish() -> ObserverKind:
    from eventmon.observers.publish import PublishKind

    return PublishKind()


def _file() -> ObserverKind:
    from eventmon.observers.file import FileKind

    return FileKind()


KINDS: dict[str, Callable[[], ObserverKind]] = {
    "counter": _counter,
    "alert": _alert,
    "publish": _publish,
    "file": _file,
}
"""By name, in the order in which they are offered."""


def kind_for(name: str) -> ObserverKind:
    """The kind of this name; UserError names those that there are."""
    make = KINDS.get(name)
    if make is None:
        meant = difflib.get_close_matches(name, KINDS, n=1)
        hint = f"Did you mean {meant[0]}?" if meant else f"Choose one of {', '.join(KINDS)}."
        raise UserError(f"There is no kind of observer “{name[:40]}”. {hint}")
    return make()
