"""What a second start hands to the engine that runs; apart, so that a first start loads no client of it."""

from __future__ import annotations

from eventmon.engine.http_client import ControlClient
from eventmon.engine.paths import Paths
from eventmon.engine.remote import ask
from eventmon.engine.requests import OpenConnection, RaiseWindow


def hand_over(paths: Paths, connections: tuple[tuple[str, str], ...], *, raise_window: bool) -> None:
    """Open the connections in the running engine and, if wanted, bring its window to the front.

    Raises:
        UserError: it is not reachable any more, or a connection cannot be opened.
    """
    with ControlClient(paths.socket_path) as client:
        for name, url in connections:
            ask(client, OpenConnection(url=url, name=name))
        if raise_window:
            ask(client, RaiseWindow())
