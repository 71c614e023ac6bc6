"""Whatever is wrong with a server, the connection and the test say it in one plain sentence, at the field to mend."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from eventmon.connectors.base import ConnectionFault
from eventmon.connectors.redis import RedisConfig, RedisConnector
from eventmon.core.errors import UserError
from eventmon.core.event import Event
from tests.connectors.conftest import Run
from tests.connectors.feed import RememberingFeed
from tests.connectors.redis_rig import config_at
from tests.helpers.free_port import free_port
from tests.helpers.tcp_proxy import TcpProxy
from tests.helpers.tls_proxy import Authority, TlsProxy
from tests.helpers.valkey import ValkeyServer

RULES = ("watcher on >geheim resetchannels &orders.* ~orders* +@all -@dangerous", "mute on >geheim resetchannels -@all")


@pytest.fixture(scope="module")
def guarded() -> Iterator[ValkeyServer]:
    with ValkeyServer(password="s3cret", users=RULES) as running:
        yield running


async def fault_of(config: RedisConfig) -> ConnectionFault:
    """What the test of the settings says; the connection itself says the same, and ends if no try can mend it."""
    with pytest.raises(ConnectionFault) as tested:
        await RedisConnector().probe(config)
    feed = RememberingFeed("prod")
    task = asyncio.ensure_future(RedisConnector().open(config, feed).run())
    done, _ = await asyncio.wait([task, waiting := asyncio.ensure_future(_waits(feed))], return_when="FIRST_COMPLETED")
    for other in (task, waiting):
        other.cancel()
        await asyncio.wait([other])
    assert (task in done) == (not tested.value.retry), feed.statuses
    if task in done:
        assert isinstance(task.exception(), ConnectionFault)
    else:
        assert feed.statuses[-1][1].startswith(str(tested.value).partition(" did not")[0].partition(" says")[0])
    return tested.value


async def _waits(feed: RememberingFeed) -> None:
    await feed.until(lambda: "waiting" in dict(feed.statuses))


def test_a_refused_connection_names_host_and_port(run: Run[Any]) -> None:
    fault = run(fault_of(config_at(free_port())))
    assert "refused the connection" in str(fault)
    assert (fault.field, fault.retry) == ("host", True)


def test_a_name_that_is_not_found_is_said_with_the_name(run: Run[Any]) -> None:
    fault = run(fault_of(config_at(6379, host="redis.shop.invalid")))
    assert str(fault) == (
        "The name redis.shop.invalid was not found. Check the spelling, or connect your VPN and try again."
    )
    assert (fault.field, fault.retry) == ("host", True)


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ("", "asks for a password"),
        (":wrong@", "refused the user or the password"),
        ("nobody:geheim@", "refused the user or the password"),
    ],
)
def test_wrong_credentials_end_the_connection(guarded: ValkeyServer, run: Run[Any], who: str, sentence: str) -> None:
    fault = run(fault_of(config_at(guarded.port, who=who)))
    assert sentence in str(fault)
    assert (fault.field, fault.retry) == ("password", False)
    assert "wrong" not in str(fault)
    assert "geheim" not in str(fault)


def test_a_password_where_none_is_set_is_said(run: Run[Any]) -> None:
    with ValkeyServer() as server:
        fault = run(fault_of(config_at(server.port, who="maria:geheim@")))
        assert fault.field == "password"
        run(RedisConnector().probe(config_at(server.port)))


def test_a_channel_that_the_user_may_not_hear_is_said(guarded: ValkeyServer, run: Run[Any]) -> None:
    fault = run(fault_of(config_at(guarded.port, "channels=payments.*", who="watcher:geheim@")))
    assert "may not" in str(fault)
    assert fault.field == "channels"
    run(RedisConnector().probe(config_at(guarded.port, "channels=orders.*", who="watcher:geheim@")))


def test_a_user_who_may_do_nothing_is_told_so(guarded: ValkeyServer, run: Run[Any]) -> None:
    fault = run(fault_of(config_at(guarded.port, "channels=orders", who="mute:geheim@")))
    assert "may not" in str(fault)
    assert not fault.retry


def test_a_database_that_is_not_there_is_said_with_its_number(run: Run[Any]) -> None:
    with ValkeyServer() as server:
        config = RedisConnector().parse_url(f"redis://127.0.0.1:{server.port}/99?streams=audit")
        fault = run(fault_of(config))
    assert "no database 99" in str(fault)
    assert (fault.field, fault.retry) == ("database", False)


def test_what_is_no_redis_is_told_from_one(run: Run[Any]) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async def scenario() -> None:
        async with await asyncio.start_server(answer, "127.0.0.1", port := free_port()):
            fault = await fault_of(config_at(port))
        assert "no Redis server" in str(fault)
        assert (fault.field, fault.retry) == ("port", False)

    run(scenario())


@asynccontextmanager
async def behind_tls(
    folder: Path, *names: str, asks_client: bool = False
) -> AsyncIterator[tuple[ValkeyServer, TlsProxy, Authority]]:
    async with ValkeyServer() as server:
        authority = Authority(folder)
        context = authority.server_context(*names, asks_client=asks_client)
        async with TlsProxy(server.port, context) as proxy:
            yield server, proxy, authority


def test_tls_with_the_right_authority_carries_channels_and_streams(tmp_path: Path, run: Run[Any]) -> None:
    async def scenario() -> None:
        async with behind_tls(tmp_path, "127.0.0.1") as (server, proxy, authority):
            query = f"channels=orders&streams=audit&ca={authority.ca}"
            config = config_at(proxy.port, query, scheme="rediss")
            assert "Valkey" in await RedisConnector().probe(config)
            feed = RememberingFeed("prod")
            connection = RedisConnector().open(config, feed)
            task = asyncio.ensure_future(connection.run())
            await feed.until(lambda: "connected" in dict(feed.statuses))
            with server.client() as client:
                client.publish("orders", "encrypted")
                client.xadd("audit", {"data": "too"})
            await feed.until(lambda: feed.count == 2)
            await connection.publish(Event(topic="prod/orders", data=b"published"))
            await feed.until(lambda: feed.count == 3)
            task.cancel()
            await asyncio.wait([task])

    run(scenario())


@pytest.mark.parametrize(
    ("names", "trusted", "query", "sentence", "field"),
    [
        (("redis.shop.example",), True, "", "is not for the name 127.0.0.1", "host"),
        (("127.0.0.1",), False, "", "is not signed by an authority that is trusted here", "ca"),
        (("127.0.0.1",), True, "&ca=/nowhere/ca.pem", "/nowhere/ca.pem cannot be used (No such file", "ca"),
    ],
)
def test_a_certificate_that_does_not_fit_is_said_at_its_field(
    tmp_path: Path, run: Run[Any], *, names: tuple[str, ...], trusted: bool, query: str, sentence: str, field: str
) -> None:
    async def scenario() -> None:
        async with behind_tls(tmp_path, *names) as (_server, proxy, authority):
            trust = query or (f"&ca={authority.ca}" if trusted else "")
            fault = await fault_of(config_at(proxy.port, f"channels=orders{trust}", scheme="rediss"))
            assert sentence in str(fault)
            assert (fault.field, fault.retry) == (field, False)
            unchecked = config_at(proxy.port, "verify=false", scheme="rediss")
            assert "answered" in await RedisConnector().probe(unchecked)

    run(scenario())


def test_a_server_that_wants_a_client_certificate_is_given_one(tmp_path: Path, run: Run[Any]) -> None:
    async def scenario() -> None:
        async with behind_tls(tmp_path, "127.0.0.1", asks_client=True) as (_server, proxy, authority):
            pem = authority.client_certificate()
            query = f"ca={authority.ca}&cert={pem}&key={pem}"
            assert "answered" in await RedisConnector().probe(config_at(proxy.port, query, scheme="rediss"))
            with pytest.raises(ConnectionFault):
                await RedisConnector().probe(config_at(proxy.port, f"ca={authority.ca}", scheme="rediss"))

    run(scenario())


def test_a_server_without_tls_is_told_from_one_with_it(run: Run[Any]) -> None:
    with ValkeyServer() as server:
        fault = run(fault_of(config_at(server.port, scheme="rediss")))
    assert "whether it speaks TLS" in str(fault)
    assert fault.field == "tls"


def test_a_server_with_tls_is_told_from_one_without(tmp_path: Path, run: Run[Any]) -> None:
    async def scenario() -> None:
        async with behind_tls(tmp_path, "127.0.0.1") as (_server, proxy, _authority):
            fault = await fault_of(config_at(proxy.port))
            assert "Switch TLS on" in str(fault)
            assert fault.field == "tls"

    run(scenario())


def test_a_node_of_a_cluster_names_the_node_that_keeps_the_stream(run: Run[Any]) -> None:
    with ValkeyServer(cluster=True) as one, ValkeyServer(cluster=True) as other:
        with one.client() as client, other.client() as second:
            client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 8191)
            second.execute_command("CLUSTER", "ADDSLOTSRANGE", 8192, 16383)
            second.execute_command("CLUSTER", "BUMPEPOCH")
            bus_port = int(second.config_get("cluster-port")["cluster-port"])
            client.execute_command("CLUSTER", "MEET", "127.0.0.1", other.port, bus_port)
            while client.execute_command("CLUSTER INFO")["cluster_state"] != "ok":
                pass
        streams = ["audit", "orders", "payments"]
        with one.client() as client:
            moved = [name for name in streams if client.cluster("keyslot", name) > 8191]
        fault = run(fault_of(config_at(one.port, f"streams={moved[0]}")))
    assert f"127.0.0.1:{other.port} keeps what you ask for" in str(fault)
    assert not fault.retry


def test_a_full_server_refuses_publishers_with_a_sentence(run: Run[Any]) -> None:
    with ValkeyServer(maxmemory="1mb") as server:
        with server.client() as client:
            client.config_set("maxmemory", "1")
        connection = RedisConnector().open(config_at(server.port, "streams=audit"), RememberingFeed("prod"))

        async def scenario() -> None:
            task = asyncio.ensure_future(connection.run())
            with pytest.raises(UserError, match="is full"):
                await connection.publish(Event(topic="prod/audit", data=b"x"))
            task.cancel()
            await asyncio.wait([task])

        run(scenario())


def test_a_dead_server_is_noticed_within_five_seconds(run: Run[Any]) -> None:
    async def scenario() -> None:
        async with ValkeyServer() as server, TcpProxy(server.port) as proxy:
            for query in ("channels=orders", "streams=audit"):
                feed = RememberingFeed("prod")
                task = asyncio.ensure_future(RedisConnector().open(config_at(proxy.port, query), feed).run())
                await feed.until(lambda: "connected" in dict(feed.statuses))  # noqa: B023
                proxy.black_hole()
                loop = asyncio.get_running_loop()
                began = loop.time()
                await feed.until(lambda: feed.statuses[-1][0] == "waiting")  # noqa: B023 - awaited here
                assert loop.time() - began <= 5.0
                proxy.pass_through()
                await feed.until(lambda: feed.statuses[-1][0] == "connected")  # noqa: B023 - awaited here
                assert len(feed.gaps) == 1
                task.cancel()
                await asyncio.wait([task])

    run(scenario())
