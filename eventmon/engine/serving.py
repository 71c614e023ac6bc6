"""The server for browsers and other machines, as the engine knows it: on or off, and where it can be reached.

The engine does not know how it is done. Who puts the program together hands in a way to load it
(``EngineOptions.load_listener``), because front ends lie above the engine and do not import each other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Protocol

from eventmon.core.errors import UserError
from eventmon.engine.server_status import DEFAULT_HOST as DEFAULT_HOST
from eventmon.engine.server_status import DEFAULT_PORT as DEFAULT_PORT
from eventmon.engine.server_status import ServerAddress as ServerAddress
from eventmon.engine.server_status import ServerStatus as ServerStatus
from eventmon.engine.tokens import Tokens, load_tokens, renew_tokens

if TYPE_CHECKING:
    from eventmon.engine.engine import Engine


class Listener(Protocol):
    """A server that listens."""

    @property
    def url(self) -> str:
        """Its address, as a browser takes it."""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of its certificate; empty without TLS."""

    @property
    def viewers(self) -> int:
        """How many pages are open."""

    def use_tokens(self, tokens: Tokens) -> None:
        """From now on only these; whoever came in with others has to leave."""

    async def stop(self) -> None:
        """Stop listening and end every connection."""


StartListener = Callable[["Engine", ServerAddress, Tokens], Coroutine[Any, Any, Listener]]
"""Starts listening; UserError when that cannot be."""
LoadListener = Callable[[], StartListener]
"""Imports what is needed, which takes a while, and gives the way to start."""


class Serving:
    """The switch of the server. Lives on the engine's loop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._listener: Listener | None = None
        self._address = ServerAddress()
        self._tokens: Tokens | None = None
        self._switching = asyncio.Lock()

    @property
    def url(self) -> str | None:
        """Where it listens; None when it does not."""
        return self._listener.url if self._listener is not None else None

    async def start(self, address: ServerAddress) -> ServerStatus:
        """Listen.

        Raises:
            UserError: it listens already, or cannot; the sentence says what to do.
        """
        load = self._engine.options.load_listener
        if load is None:
            raise UserError("This Eventmon has no server. Start it with `eventmon` or `eventmon serve`.")
        async with self._switching:
            if self._listener is not None:
                raise UserError(f"The server is on already at {self._listener.url}. Switch it off first.")
            start_listener = await asyncio.to_thread(load)
            self._tokens = load_tokens(self._engine.paths)
            self._listener = await start_listener(self._engine, address, self._tokens)
            self._address = address
        return self.status()

    async def stop(self) -> ServerStatus:
        """Stop listening; harmless when it does not."""
        async with self._switching:
            listener, self._listener = self._listener, None
            if listener is not None:
                await listener.stop()
        return self.status()

    def renew_tokens(self) -> ServerStatus:
        """New tokens; every page that is open has to be opened anew.

        Raises:
            UserError: they cannot be written; the old ones stay.
        """
        self._tokens = renew_tokens(self._engine.paths)
        if self._listener is not None:
            self._listener.use_tokens(self._tokens)
        return self.status()

    def status(self) -> ServerStatus:
        """How it is."""
        listener = self._listener
        if listener is None or self._tokens is None:
            return ServerStatus()
        return ServerStatus(
            on=True,
            url=listener.url,
            link=f"{listener.url}/#token={self._tokens.view}",
            viewers=listener.viewers,
            remote=self._address.allow_remote,
            fingerprint=listener.fingerprint,
        )
