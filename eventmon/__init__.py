"""Eventmon: see every event, fire any event, attach observers to anything.

The library face: ``Event``, ``Bus``, ``connect``. Importing it brings neither Qt nor a network client.
"""

from __future__ import annotations

from eventmon.core.errors import BusFull, UserError
from eventmon.core.event import Event

__version__ = "0.1.0"

__all__ = ["BusFull", "Event", "UserError", "__version__"]
