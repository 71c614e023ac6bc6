"""A connection that runs for the length of a block."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from eventmon.connectors.base import Connection

CLOSING_SECONDS = 10.0
"""How long a connection may take to close on a loaded machine."""


@asynccontextmanager
async def running(connection: Connection) -> AsyncIterator[asyncio.Task[None]]:
    """Run it; it is cancelled at the end of the block, and an error of its own comes out."""
    task = asyncio.ensure_future(connection.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task], timeout=CLOSING_SECONDS)
    assert task.done(), "the connection took no notice of being cancelled"
    if not task.cancelled():
        task.result()
