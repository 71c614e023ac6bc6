"""Eventmon: see every event, fire any event, attach observers to anything.

The library face: ``Event``, ``Bus``, ``connect``. Importing it brings neither Qt nor a network client.
"""

from __future__ import annotations

from eventmon.core.bus import Bus
from eventmon.core.errors import BusFull, UserError
from eventmon.core.event import Event
from eventmon.core.subscription import Subscription

__version__ = "0.1.0"

__all__ = ["Bus", "BusFull", "Event", "Subscription", "UserError", "__version__", "connect"]


def connect(bus: Bus, *, source: str = "") -> None:
    """Mirror a bus into the running Eventmon.

    Raises:
        UserError: always, in this version.
    """
    raise UserError(
        "Mirroring a bus into a running Eventmon is not available yet: publish to it with 'eventmon publish'."
    )
