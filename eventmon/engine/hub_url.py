"""Addresses of hubs: those of the Redis connector, without anything that is watched."""

from __future__ import annotations

from msgspec.structs import replace

from eventmon.connectors.base import ConnectorConfig
from eventmon.connectors.redis import RedisConfig
from eventmon.core.errors import UserError
from eventmon.engine.address import Address
from eventmon.engine.secrets import SecretStore

EXAMPLE = "redis://localhost:6379"


def hub_address(url: str) -> Address:
    """The address of a hub.

    Raises:
        UserError: it is not one of a Redis or Valkey server.
    """
    address = Address.read(url)
    config = address.config
    if not isinstance(config, RedisConfig):
        raise UserError(f"A hub lives on a Redis or Valkey server. Write its address as {EXAMPLE}.")
    if config.channels or config.streams:
        raise UserError("The address of a hub names a server alone, no channels and no streams. Leave them out.")
    return address


def hub_place(address: Address) -> str:
    """The server and the database, without users and secrets: what tells two hubs apart."""
    config = address.config
    assert isinstance(config, RedisConfig)
    return config.source


async def resolved(address: Address, secrets: SecretStore) -> RedisConfig:
    """The settings with real secrets.

    Raises:
        UserError: a reference leads nowhere.
    """
    config: ConnectorConfig = await address.resolved(secrets)
    assert isinstance(config, RedisConfig)
    return replace(config, channels=(), streams=())
