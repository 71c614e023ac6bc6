"""Looking at a hub without joining it: whether its server can be used and what is there already."""

from __future__ import annotations

import asyncio
from collections import Counter

from eventmon.core.errors import UserError
from eventmon.engine.hub_server import HubServer
from eventmon.engine.hub_url import hub_address, resolved
from eventmon.engine.secrets import SecretStore
from eventmon.hub.base import OBSERVER, TOPIC
from eventmon.hub.redis import RedisHub

TRIAL_SECONDS = 10.0


async def tried_hub(url: str, secrets: SecretStore) -> str:
    """One sentence about the hub at an address.

    Raises:
        UserError: it cannot be used; the sentence says why.
    """
    address = hub_address(url)
    hub = RedisHub(HubServer(await resolved(address, secrets)))
    try:
        async with asyncio.timeout(TRIAL_SECONDS):
            found = await hub.peek()
    except TimeoutError:
        raise UserError(f"{address.masked} does not answer. Check the address.") from None
    finally:
        await hub.close()
    if found is None:
        return "There is no hub yet; sharing makes it."
    kinds = Counter(entry.kind for entry in found.entries)
    return f"There is a hub with {_counted(kinds[OBSERVER], 'observer')} and {_counted(kinds[TOPIC], 'topic')}."


def _counted(number: int, word: str) -> str:
    return f"1 {word}" if number == 1 else f"{number:,} {word}s"
