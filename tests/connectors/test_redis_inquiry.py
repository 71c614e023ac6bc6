"""What a server holds, found a part at a time, ready to be watched."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from eventmon.connectors.base import BrowseSlice, ConnectionFault, Found
from eventmon.connectors.redis import RedisConnector
from tests.connectors.conftest import Run
from tests.connectors.feed import RememberingFeed
from tests.connectors.redis_rig import config_at, connected
from tests.helpers.valkey import ValkeyServer

CONNECTOR = RedisConnector()


@pytest.fixture
def server() -> Iterator[ValkeyServer]:
    with ValkeyServer() as running:
        yield running


async def everything(server: ValkeyServer) -> tuple[list[Found], list[BrowseSlice]]:
    """All that browsing finds, and the slices it came in."""
    slices = [await CONNECTOR.browse(config_at(server.port))]
    while slices[-1].cursor:
        slices.append(await CONNECTOR.browse(config_at(server.port), slices[-1].cursor))
    return [found for part in slices for found in part.found], slices


def test_a_test_names_the_server_and_how_long_it_took(server: ValkeyServer, run: Run[Any]) -> None:
    sentence = run(CONNECTOR.probe(config_at(server.port, "channels=orders.*,pay&streams=audit")))
    assert sentence.startswith("Valkey 9.")
    assert f"127.0.0.1:{server.port} answered in" in sentence


def test_a_stream_that_is_something_else_is_said_by_the_test(server: ValkeyServer, run: Run[Any]) -> None:
    with server.client() as client:
        client.set("cart", "not a stream")
    with pytest.raises(ConnectionFault, match="cart: What is kept there is not a stream") as caught:
        run(CONNECTOR.probe(config_at(server.port, "streams=audit,cart")))
    assert caught.value.field == "streams"


def test_streams_and_channels_are_found_among_other_keys(server: ValkeyServer, run: Run[Any]) -> None:
    with server.client() as client, client.pubsub() as listener:
        client.mset({f"session:{number}": "x" for number in range(5_000)})
        for name in ("audit", "orders:eu", "with,comma", "späte", b"\xff\x00"):
            client.xadd(name, {"data": "1"})
        client.xadd("audit", {"data": "2"})
        listener.subscribe("payments", "orders*[eu]")
        for _ in range(2):
            assert listener.get_message(timeout=5)
        found, slices = run(everything(server))
    named = {(item.subscription.kind, item.subscription.name): item.note for item in found}
    assert named[("stream", "audit")] == "2 entries"
    assert named[("stream", "with%2Ccomma")] == "1 entry"
    assert {name for kind, name in named if kind == "stream"} == {
        "audit",
        "orders:eu",
        "with%2Ccomma",
        "späte",
        "%FF%00",
    }
    assert named[("channel", "payments")] == "1 subscriber"
    assert ("channel", "orders\\*\\[eu\\]") in named
    assert slices[-1].total == 5_005


def test_whatever_is_found_can_be_watched(server: ValkeyServer, run: Run[Any]) -> None:
    async def scenario() -> None:
        with server.client() as client, client.pubsub() as listener:
            client.xadd(b"\xff, \x00", {"data": "1"})
            listener.subscribe(b"a*b?[c]\\")
            assert listener.get_message(timeout=5)
            found, _ = await everything(server)
            names = [item.subscription for item in found]
            config = CONNECTOR.with_subscriptions(config_at(server.port, "from=start"), names)
            feed = RememberingFeed("prod")
            connection = CONNECTOR.open(CONNECTOR.parse_url(CONNECTOR.url_of(config)), feed)
            task = asyncio.ensure_future(connection.run())
            await connected(feed)
            client.publish(b"a*b?[c]\\", "heard")
            await feed.until(lambda: feed.count == 2)
            task.cancel()
            await asyncio.wait([task])
        assert sorted(feed.lines) == [b"1", b"heard"]

    run(scenario())


def test_browsing_a_server_that_is_not_there_says_why(server: ValkeyServer, run: Run[Any]) -> None:
    server.kill()
    with pytest.raises(ConnectionFault, match="refused the connection"):
        run(CONNECTOR.browse(config_at(server.port)))
