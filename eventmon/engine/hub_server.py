"""How a hub reaches its server: with the client, the TLS and the sentences of the Redis connector.

The hub is handed this, because what lies in one layer does not import each other.
"""

from __future__ import annotations

from redis.asyncio import Redis

from eventmon.connectors.redis import RedisConfig
from eventmon.connectors.redis_client import client_of
from eventmon.connectors.redis_faults import fault_of
from eventmon.hub.base import HubFault


class HubServer:
    """The server that an address with its real secrets leads to."""

    def __init__(self, config: RedisConfig) -> None:
        self._config = config

    @property
    def where(self) -> str:
        """``host:port``, for people."""
        return self._config.where

    def client(self) -> Redis:
        """A client that is not yet connected; ConnectionFault when a certificate cannot be used."""
        return client_of(self._config)

    def fault_of(self, error: Exception) -> HubFault:
        """What an error of the client means."""
        if "READONLY" in str(error) or type(error).__name__ == "ReadOnlyError":
            return HubFault(f"{self.where} is a read-only replica. Use its primary as the hub.", retry=False)
        fault = fault_of(error, self._config)
        return HubFault(str(fault), retry=fault.retry)
