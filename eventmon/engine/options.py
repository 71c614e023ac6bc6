"""What an engine is started with; apart from the engine, so that naming it does not load it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from eventmon.connectors.base import Feed
    from eventmon.engine.mount_feed import MountFeed
    from eventmon.engine.serving import LoadListener, ServerAddress

Role = Literal["window", "serve"]


@dataclass(frozen=True, kw_only=True)
class EngineOptions:
    """What an engine is started with.

    Attributes:
        session: the log; None for the profile's default session.
        profile: whose settings and folders are used.
        workspace: the file of definitions; None for the profile's own. One from elsewhere opens to look only.
        hub: where topics and observers are shared, for this run; empty for where the workspace was shared, if it was.
        connections: (name, URL) of each connection to open; an empty name is replaced by a free one.
        serve_control: be the one engine of the profile and listen on its control socket.
        role: who started it. A window may open a session to look only; ``serve`` may not.
        look: open the session to look only, whether or not it could be recorded into.
        listen: where the server for browsers listens from the start; None leaves it off.
        load_listener: gives the way to start that server; None when there is none.
        lend: gives a connection another feed in the place of its own, to choose what is taken; None for its own.
    """

    session: Path | None = None
    profile: str = "default"
    workspace: Path | None = None
    hub: str = ""
    connections: tuple[tuple[str, str], ...] = ()
    serve_control: bool = True
    role: Role = "window"
    look: bool = False
    listen: ServerAddress | None = None
    load_listener: LoadListener | None = None
    lend: Callable[[MountFeed], Feed] | None = None
