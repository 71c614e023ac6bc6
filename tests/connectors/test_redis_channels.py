"""Patterns of channels mean what the server means by them, and each message is delivered once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventmon.connectors.base import ConnectionFault
from eventmon.connectors.names import native_of
from eventmon.connectors.redis import channel_item
from eventmon.connectors.redis_channels import ChannelSession, Subscriptions
from eventmon.connectors.redis_globs import is_pattern, pattern_of
from eventmon.connectors.redis_socket import RedisSocket
from eventmon.core.clock import now_microseconds
from tests.connectors.conftest import Run, Running
from tests.connectors.feed import RememberingFeed
from tests.connectors.redis_rig import config_at, connected, opened
from tests.helpers.tcp_proxy import TcpProxy
from tests.helpers.valkey import ValkeyServer

CHANNELS = st.text("abc:*?[]\\^-", max_size=8).map(str.encode)


@pytest.fixture(scope="module")
def server() -> Iterator[ValkeyServer]:
    with ValkeyServer() as running:
        yield running


@settings(max_examples=300, deadline=None)
@given(CHANNELS, CHANNELS)
def test_a_pattern_matches_what_the_server_matches(server: ValkeyServer, glob: bytes, channel: bytes) -> None:
    client = server.client()
    with client.pubsub() as listener:  # type: ignore[no-untyped-call]
        listener.subscribe(channel)
        assert listener.get_message(timeout=5) is not None
        matched = channel in client.pubsub_channels(glob or b"\\")
    client.close()
    if glob and not glob.endswith(b"\\"):
        assert (pattern_of(glob).fullmatch(channel) is not None) == matched


@given(st.binary(max_size=30))
def test_a_channel_that_was_found_is_watched_alone(channel: bytes) -> None:
    native = native_of(channel_item(channel))
    if is_pattern(native):
        assert pattern_of(native).fullmatch(channel)
        assert not pattern_of(native).fullmatch(channel + b"x")
    else:
        assert native == channel


def routed(subscriptions: Subscriptions, channel: bytes) -> list[str]:
    """Where a message goes that the server sends once for each subscription that matches."""
    copies = [
        route[channel] for pattern, route in subscriptions.routes.items() if pattern_of(pattern).fullmatch(channel)
    ]
    if channel in subscriptions._exact:
        copies.append(subscriptions.direct[channel])
    return [copy for copy in copies if copy is not None]


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([b"orders.*", b"orders.eu.*", b"*", b"orders.eu.paid"]))))
def test_exactly_one_copy_of_a_message_is_delivered_whatever_overlaps(steps: list[tuple[bool, bytes]]) -> None:
    subscriptions = Subscriptions(bytes.decode)
    channel = b"orders.eu.paid"
    for begun, name in steps:
        kind = (b"" if begun else b"un") + b"subscribe"
        subscriptions.confirm((b"p" if is_pattern(name) else b"") + kind, name)
        assert routed(subscriptions, channel) == ["orders.eu.paid"] * subscriptions.covers(channel)


def test_overlapping_subscriptions_deliver_each_message_once(
    server: ValkeyServer, run: Run[Any], running: Running
) -> None:
    async def scenario() -> None:
        feed = RememberingFeed("prod")
        connection = opened(server, "channels=orders.*,orders.eu.*,orders.eu.paid", feed)
        async with running(connection):
            await connected(feed)
            client = server.client()
            assert client.publish("orders.eu.paid", "first") == 3
            assert client.publish("orders.us.paid", "second") == 1
            client.publish("orders.us.paid", "last")
            await feed.until(lambda: b"last" in feed.lines)
        client.close()
        assert feed.lines == [b"first", b"second", b"last"]

    run(scenario())


def test_a_busy_channel_is_pinged_each_second_so_that_a_gap_begins_where_it_must(
    server: ValkeyServer, run: Run[Any], running: Running
) -> None:
    async def scenario() -> None:
        feed = RememberingFeed("prod")
        async with running(opened(server, "channels=orders", feed)):
            await connected(feed)
            with server.client() as client:
                began = time.monotonic()
                while time.monotonic() - began < 2.5:
                    client.publish("orders", "busy")
                    await asyncio.sleep(0.02)
                killed = now_microseconds()
                client.client_kill_filter(_type="pubsub")
            await connected(feed, times=2)
        ((started, ended, _),) = feed.gaps
        assert killed - 1_500_000 <= started <= killed <= ended

    run(scenario())


def test_a_channel_alone_is_found_dead_by_its_own_pings(run: Run[Any]) -> None:
    async def scenario() -> None:
        async with ValkeyServer() as server, TcpProxy(server.port) as proxy:
            config = config_at(proxy.port, "channels=orders")
            session = ChannelSession(
                config, RememberingFeed("prod"), await RedisSocket.open(config), seen=lambda _until: None
            )
            await session.begin(["orders"])
            proxy.black_hole()
            began = time.monotonic()
            with pytest.raises(ConnectionFault, match="does not answer any more"):
                await session.run()
            assert time.monotonic() - began <= 5.0

    run(scenario())


def test_a_connection_that_watches_no_channel_lives_on_its_pings(
    server: ValkeyServer, run: Run[Any], running: Running
) -> None:
    async def scenario() -> None:
        feed = RememberingFeed("prod")
        config = config_at(server.port)
        answered: list[int] = []
        session = ChannelSession(config, feed, await RedisSocket.open(config), seen=answered.append)
        task = asyncio.ensure_future(session.run())
        async with asyncio.timeout(10):
            while len(answered) < 2 and not task.done():  # noqa: ASYNC110 - looked at, not waited for
                await asyncio.sleep(0.01)
        assert not task.done()
        task.cancel()
        await asyncio.wait([task])

    run(scenario())
