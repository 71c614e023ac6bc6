"""What a second start hands to the engine that runs; apart, so that a first start loads no client of it."""

from __future__ import annotations

from eventmon.engine.http_client import ControlClient
from eventmon.engine.paths import Paths
from eventmon.engine.remote import ask
from eventmon.engine.requests import OpenConnection, RaiseWindow, StartServer
from eventmon.engine.serving import ServerAddress


def hand_over(
    paths: Paths, connections: tuple[tuple[str, str], ...], listen: ServerAddress | None, *, raise_window: bool
) -> None:
    """Open the connections in the running engine, switch its server on, and bring its window to the front.

    Raises:
        UserError: it is not reachable any more, a connection cannot be opened, or it cannot listen there.
    """
    with ControlClient(paths.socket_path) as client:
        for name, url in connections:
            ask(client, OpenConnection(url=url, name=name))
        if listen is not None:
            ask(client, StartServer(address=listen))
        if raise_window:
            ask(client, RaiseWindow())
