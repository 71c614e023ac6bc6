"""Eventmon: see every event, fire any event, attach observers to anything.

The library face: ``Event``, ``Bus``, ``connect``. Importing it brings neither Qt nor a network client; its names
are loaded when they are first used, so that a window or a verb that needs no bus does not wait for one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eventmon.core.bus import Bus
    from eventmon.core.errors import BusFull, UserError
    from eventmon.core.event import Event
    from eventmon.core.subscription import Subscription

__version__ = "0.1.0"

__all__ = ["Bus", "BusFull", "Event", "Subscription", "UserError", "__version__", "connect"]

_HOMES = {
    "Bus": "eventmon.core.bus",
    "BusFull": "eventmon.core.errors",
    "Event": "eventmon.core.event",
    "Subscription": "eventmon.core.subscription",
    "UserError": "eventmon.core.errors",
}


def __getattr__(name: str) -> Any:
    """Load a public name where it is first asked for (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def connect(bus: Bus, *, source: str = "") -> None:
    """Mirror a bus into the running Eventmon.

    Raises:
        UserError: always, in this version.
    """
    from eventmon.core.errors import UserError

    raise UserError(
        "Mirroring a bus into a running Eventmon is not available yet: publish to it with 'eventmon publish'."
    )
