"""What an engine is started with; apart from the engine, so that naming it does not load it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from eventmon.connectors.base import Feed
    from eventmon.engine.mount_feed import MountFeed

Role = Literal["window", "serve"]


@dataclass(frozen=True, kw_only=True)
class EngineOptions:
    """What an engine is started with.

    Attributes:
        session: the log; None for the profile's default session.
        profile: whose settings and folders are used.
        connections: (name, URL) of each connection to open; an empty name is replaced by a free one.
        serve_control: be the one engine of the profile and listen on its control socket.
        role: who started it. A window may open a session to look only; ``serve`` may not.
        look: open the session to look only, whether or not it could be recorded into.
        lend: gives a connection another feed in the place of its own, to choose what is taken; None for its own.
    """

    session: Path | None = None
    profile: str = "default"
    connections: tuple[tuple[str, str], ...] = ()
    serve_control: bool = True
    role: Role = "window"
    look: bool = False
    lend: Callable[[MountFeed], Feed] | None = None
