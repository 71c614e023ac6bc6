"""The client library as we use it: no retry of its own, no reconnect of its own, replies as they come.

WORKAROUND: with its default retry, redis-py repeats commands whose reply was lost; entries of streams are then lost
without an error (seen in five of five runs). Whoever uses this client reconnects by itself.

WORKAROUND: with ``socket_timeout`` it sends through ``asyncio.wait_for``, which before Python 3.12 swallows a
cancellation that comes at the wrong moment (python/cpython#86296), and a connection could not be closed. So it is
given none, and ``in_time`` bounds each call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from eventmon.connectors.redis import RedisConfig
from eventmon.connectors.redis_faults import PATIENCE_SECONDS, plain_words
from eventmon.connectors.redis_socket import tls_context

T = TypeVar("T")

_AS_THEY_COME = ("XREAD", "XREADGROUP", "XAUTOCLAIM", "XINFO STREAM", "SCAN", "PUBSUB CHANNELS", "PUBSUB NUMSUB")


def client_of(config: RedisConfig) -> Redis:
    """A client that is not yet connected; its calls raise what ``redis_faults`` knows."""
    tls_context(config)  # says which file of certificates cannot be used, which the library does not
    client = Redis(
        host=config.host,
        port=config.port,
        db=config.database,
        username=config.user or None,
        password=config.password or None,
        ssl=config.tls,
        ssl_ca_certs=config.ca or None,
        ssl_certfile=config.cert or None,
        ssl_keyfile=config.key or None,
        ssl_cert_reqs="required" if config.verify else "none",
        ssl_check_hostname=config.verify,
        socket_timeout=None,
        socket_connect_timeout=PATIENCE_SECONDS,
        retry=Retry(NoBackoff(), 0),
        retry_on_error=[],
        protocol=2,
    )
    for command in _AS_THEY_COME:
        client.set_response_callback(command, _as_it_comes)  # type: ignore[arg-type]  # its type takes no plain function
    return client


async def answer_to(call: Awaitable[T], config: RedisConfig) -> T:
    """The answer to one call.

    Raises:
        ConnectionFault: what is wrong, in plain words.
    """
    with plain_words(config):
        return await in_time(call)


async def in_time(call: Awaitable[T]) -> T:
    """The answer to one call; TimeoutError when the server keeps silent for too long."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        return await call


def _as_it_comes(reply: Any, **_options: Any) -> Any:
    return reply


def pairs(flat: list[Any] | None) -> dict[bytes, Any]:
    """A flat reply of names and values as a dictionary."""
    return dict(zip(flat[::2], flat[1::2], strict=True)) if flat else {}
