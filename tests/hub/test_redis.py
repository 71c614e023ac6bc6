"""What becomes of a hub whose server is strange, full, strict, gone or another one than it was."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

import pytest

from eventmon.hub.base import LIFE_SECONDS, ChangesLost, HubFault, Position
from eventmon.hub.redis import PREFIX, RedisHub
from tests.helpers.free_port import free_port
from tests.helpers.tcp_proxy import TcpProxy
from tests.helpers.valkey import ValkeyServer
from tests.hub.conftest import Run
from tests.hub.rig import counter, edit, presence, redis_hub


async def fault_of(hub: RedisHub, work: Callable[[RedisHub], Any] = RedisHub.load) -> str:
    try:
        with pytest.raises(HubFault) as raised:
            await work(hub)
        return str(raised.value)
    finally:
        await hub.close()


@pytest.mark.parametrize("name", ["meta", "changes", "edits", "observers", "topics", "unrecordeds"])
def test_keys_that_others_made_below_our_prefix_are_left_alone(run: Run[Any], valkey: ValkeyServer, name: str) -> None:
    with valkey.client() as client:
        client.set(PREFIX + name, "theirs")
        said = run(fault_of(redis_hub(valkey.port)))
        assert f"the key {PREFIX}{name} below {PREFIX} was not made by Eventmon. Delete it there" in said
        assert client.get(PREFIX + name) == b"theirs"


def test_definitions_without_a_head_are_left_alone(run: Run[Any], valkey: ValkeyServer) -> None:
    with valkey.client() as client:
        client.hset(PREFIX + "observers", "paid", "theirs")
        assert "was not made by Eventmon" in run(fault_of(redis_hub(valkey.port)))
        assert client.hgetall(PREFIX + "observers") == {b"paid": b"theirs"}


@pytest.mark.parametrize(
    "kept",
    [
        b"theirs",
        b"1 e {}",
        b"1 e {",
        b"x e {}",
        b"\xff\xfe \xff {}",
        b"1 e " + b"[" * 9_999,
        b'9223372036854775808 e {"by": "omar", "at": 1, "content": {}}',
        b'-1 e {"by": "omar", "at": 1, "content": {}}',
        b'1 e {"by": "omar", "at": 18446744073709551616, "content": {}}',
    ],
)
def test_a_definition_that_nobody_of_us_wrote_is_named(run: Run[Any], valkey: ValkeyServer, kept: bytes) -> None:
    async def scenario() -> str:
        hub = redis_hub(valkey.port)
        await hub.load()
        with valkey.client() as client:
            client.hset(PREFIX + "observers", "paid", kept)
        return await fault_of(hub)

    assert "the observer “paid” cannot be read. Delete it there" in run(scenario())


def test_a_change_that_nobody_of_us_made_is_refused(run: Run[Any], valkey: ValkeyServer) -> None:
    async def scenario() -> str:
        hub = redis_hub(valkey.port)
        await hub.load()
        with valkey.client() as client:
            client.xadd(PREFIX + "changes", {"colour": "red"}, id="1-0")
        return await fault_of(hub, lambda hub: hub.changes(Position()))

    assert "a change cannot be read" in run(scenario())


def test_a_hub_of_a_newer_version_is_left_alone(run: Run[Any], valkey: ValkeyServer) -> None:
    with valkey.client() as client:
        client.hset(PREFIX + "meta", mapping={"format": "7", "uuid": "of-2031"})
        said = run(fault_of(redis_hub(valkey.port)))
    assert "has format 7, but 1 is known here. Use the version of Eventmon that made it." in said


def test_a_wrong_password_is_said(run: Run[Any]) -> None:
    with ValkeyServer(password="right") as server:
        said = run(fault_of(redis_hub(server.port, password="wrong")))
        assert "refused the user or the password. Check both." in said
        assert "wrong" not in said
        assert "asks for a password. Fill it in." in run(fault_of(redis_hub(server.port)))


@pytest.mark.parametrize(
    "rules",
    ["~* +@all -eval", "~orders:* +@all", "~* -@all +@read +eval", "~* -@all +@connection"],
    ids=["no scripts", "other keys", "reading", "nothing"],
)
def test_a_user_who_may_not_is_told(run: Run[Any], rules: str) -> None:
    with ValkeyServer(users=[f"maria on >geheim {rules}"]) as server:
        said = run(fault_of(redis_hub(server.port, user="maria", password="geheim")))
    assert re.match(r"The user may not do this at .*\. Ask for the permission or use another user\.$", said), said


def test_a_full_server_refuses_edits_keeps_presence_and_allows_removals(run: Run[Any], valkey: ValkeyServer) -> None:
    async def scenario(client: Any) -> None:
        hub = redis_hub(valkey.port)
        start = (await hub.load()).position
        made = await hub.apply(edit("paid", counter()))
        assert made is not None
        await hub.beat(presence(), known={})
        client.config_set("maxmemory", "1mb")
        with pytest.raises(HubFault, match="is full") as full:
            await hub.apply(edit("paid", counter("a/#"), made.version))
        assert full.value.retry
        assert (await hub.load()).entries == [made]
        assert len((await hub.beat(presence(), known={})).present) == 1
        assert await hub.apply(edit("paid", None, made.version)) is None
        assert [change.entry for change in await hub.changes(start)] == [made, None]
        await hub.close()

    with valkey.client() as client:
        try:
            run(scenario(client))
        finally:
            client.config_set("maxmemory", "0")


def test_a_full_server_takes_no_new_hub(run: Run[Any]) -> None:
    with ValkeyServer(maxmemory="1mb") as server:
        assert "is full" in run(fault_of(redis_hub(server.port)))


def test_a_cluster_is_used_when_its_node_has_our_slot_and_named_otherwise(run: Run[Any]) -> None:
    async def scenario() -> None:
        hub = redis_hub(server.port)
        await hub.load()
        assert await hub.apply(edit("paid", counter())) is not None
        assert len(await hub.changes(Position())) == 1
        assert len((await hub.beat(presence(), known={})).present) == 1
        await hub.close()

    with ValkeyServer(cluster=True) as server, server.client() as client:
        assert "cluster that is down" in run(fault_of(redis_hub(server.port)))
        client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16_383)
        while client.cluster("info").get("cluster_state") != "ok":
            pass
        run(scenario())


def test_what_is_no_server_of_ours_is_said(run: Run[Any]) -> None:
    said = run(fault_of(redis_hub(free_port())))
    assert "refused the connection. Check host and port" in said


def test_a_read_only_replica_is_named(run: Run[Any], valkey: ValkeyServer) -> None:
    with valkey.client() as client:
        client.execute_command("REPLICAOF", "127.0.0.1", str(free_port()))
        try:
            said = run(fault_of(redis_hub(valkey.port)))
        finally:
            client.execute_command("REPLICAOF", "NO", "ONE")
    assert "is a read-only replica. Use its primary as the hub." in said


def test_a_server_that_dies_in_the_middle_is_a_fault_and_not_an_error(run: Run[Any]) -> None:
    async def scenario() -> None:
        async with ValkeyServer(appendonly="always") as server:
            hub = redis_hub(server.port)
            start = (await hub.load()).position
            waiting = asyncio.ensure_future(hub.changes(start))
            server.kill()
            with pytest.raises(HubFault):
                await waiting
            with pytest.raises(HubFault):
                await hub.apply(edit("paid", counter()))
            await server.restart_async()
            assert await hub.resumes(start)
            await hub.close()

    run(scenario())


def test_a_deaf_server_is_given_up(run: Run[Any], valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eventmon.hub.redis.PATIENCE_SECONDS", 0.2)

    async def scenario() -> None:
        async with TcpProxy(valkey.port) as proxy:
            hub = redis_hub(proxy.port)
            await hub.load()
            proxy.black_hole()
            with pytest.raises(HubFault, match="did not answer"):
                await hub.apply(edit("paid", counter()))
            proxy.pass_through()
            await hub.close()

    run(scenario())


def test_an_instance_that_is_not_heard_of_has_gone(run: Run[Any], valkey: ValkeyServer) -> None:
    async def scenario() -> None:
        hub = redis_hub(valkey.port)
        await hub.load()
        await hub.beat(presence("desk"), known={})
        with valkey.client() as client:
            life = client.pttl(f"{PREFIX}instance:desk")
            assert 0 < life <= LIFE_SECONDS * 1_000
            client.delete(f"{PREFIX}instance:desk")  # what the server does when the life is over
            assert [each.info.id for each in (await hub.beat(presence("laptop"), known={})).present] == ["laptop"]
            assert client.smembers(f"{PREFIX}instances") == {b"laptop"}
        await hub.close()

    run(scenario())


def test_another_hub_takes_no_edit_that_was_meant_for_the_one_before(run: Run[Any], valkey: ValkeyServer) -> None:
    async def scenario() -> None:
        hub, other = redis_hub(valkey.port), redis_hub(valkey.port)
        await hub.load()
        with valkey.client() as client:
            client.flushall()
        await other.load()
        with pytest.raises(ChangesLost):
            await hub.apply(edit("paid", counter()))
        assert not await hub.resumes(Position())
        assert (await other.load()).entries == []
        await hub.close()
        await other.close()

    run(scenario())
