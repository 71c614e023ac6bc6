"""What an instance keeps of its hub while the hub comes, goes, changes and loses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from eventmon.hub.base import OBSERVER, TOPIC, HubEntry, VersionConflict
from eventmon.hub.local import LocalHub
from tests.helpers.tcp_proxy import TcpProxy
from tests.helpers.valkey import ValkeyServer
from tests.hub.conftest import Run
from tests.hub.rig import Instance, MemoryShelf, RedisClients, counter, edit, instance, living, redis_hub
from tests.hub.switched import Switched

Opened = Callable[[], Any]


def test_what_one_changes_all_others_have(run: Run[Any], clients: Opened) -> None:
    async def scenario() -> None:
        async with clients() as many, living(many.new(), "desk") as maria, living(many.new(), "laptop") as omar:
            await maria.connected()
            await omar.connected()
            await maria.put("paid", counter())
            await omar.until(lambda: omar.view() == {"paid": counter()})
            await omar.put("sold", counter("a/#"), instead_of="paid")
            await maria.until(lambda: maria.view() == {"sold": counter("a/#")})
            await maria.put("sold", None)
            await omar.until(lambda: omar.view() == {})

    run(scenario())


def test_instances_see_each_other_come_report_and_go(run: Run[Any], clients: Opened) -> None:
    async def scenario() -> None:
        async with clients() as many, living(many.new(), "desk") as maria:
            await maria.connected()
            async with living(many.new(), "laptop") as omar:
                await maria.until(lambda: "laptop" in maria.follower.present)
                omar.watcher.revision, omar.watcher.reported = 2, b'{"paid": 7}'
                omar.follower.beat_soon()
                await maria.until(lambda: maria.follower.present["laptop"].report == b'{"paid": 7}')
            await maria.until(lambda: list(maria.follower.present) == ["desk"])

    run(scenario())


def test_two_that_edit_one_definition_never_lose_an_edit_silently(run: Run[Any], clients: Opened) -> None:
    async def scenario() -> None:
        async with clients() as many, living(many.new(), "desk") as maria, living(many.new(), "laptop") as omar:
            await maria.connected()
            made = await maria.put("paid", counter())
            await omar.until(lambda: "paid" in omar.view())
            await omar.put("paid", counter("omar/#"), by="omars-laptop")
            with pytest.raises(VersionConflict, match="changed by omars-laptop"):
                await maria.put("paid", counter("maria/#"), seen=made.version)
            await maria.until(lambda: maria.view() == {"paid": counter("omar/#")})
            (conflict,) = maria.replica.waiting.conflicts
            assert conflict.theirs is not None
            assert (conflict.wish.content, conflict.theirs.content) == (counter("maria/#"), counter("omar/#"))

    run(scenario())


def test_edits_wait_for_the_hub_and_build_on_each_other(run: Run[Any]) -> None:
    async def scenario() -> None:
        hub, shelf = Switched(LocalHub()), MemoryShelf()
        hub.cut = True
        async with living(hub, shelf=shelf) as maria:
            await maria.until(lambda: maria.follower.phase == "lost")
            first = await maria.put("paid", counter())
            assert first is not None
            await maria.put("paid", counter("a/#"), seen=first.version)
            await maria.put("sold", counter("b/#"), instead_of="paid")
            await maria.put("gone", counter())
            await maria.put("gone", None)
            assert maria.view() == {"sold": counter("b/#")}
            assert len(maria.replica.waiting) == 5
            hub.cut = False
            await maria.until(lambda: len(maria.replica.waiting) == 0)
            assert maria.view() == {"sold": counter("b/#")}
            assert [entry.content for entry in (await hub.load()).entries] == [counter("b/#")]
            (sold,) = maria.replica.of_kind(OBSERVER)
            await maria.put("sold", counter("c/#"), seen=sold.version)

    run(scenario())


def test_an_edit_made_from_a_version_that_was_only_here_goes_on_once_the_hub_has_it(run: Run[Any]) -> None:
    async def scenario() -> None:
        hub = Switched(LocalHub())
        hub.cut = True
        async with living(hub) as maria:
            first = await maria.put("paid", counter())
            hub.cut = False
            await maria.until(lambda: len(maria.replica.waiting) == 0)
            changed = await maria.put("paid", counter("a/#"), seen=first.version)
            assert changed.version > 0

    run(scenario())


def test_edits_outlive_the_process_and_so_does_what_is_known(run: Run[Any]) -> None:
    async def scenario() -> None:
        hub, shelf = Switched(LocalHub()), MemoryShelf()
        async with living(hub, shelf=shelf) as maria:
            await maria.connected()
            await maria.put("paid", counter())
        hub.cut = True
        async with living(hub, shelf=shelf) as maria:
            assert maria.view() == {"paid": counter()}
            await maria.put("paid", counter("a/#"))
        async with living(hub, shelf=shelf) as maria:
            assert maria.view() == {"paid": counter("a/#")}
            hub.cut = False
            await maria.until(lambda: len(maria.replica.waiting) == 0)
        assert [entry.content for entry in (await hub.load()).entries] == [counter("a/#")]

    run(scenario())


@pytest.mark.parametrize("reply", ["lost before", "lost behind"])
def test_an_edit_whose_answer_is_lost_is_done_once(run: Run[Any], reply: str) -> None:
    async def scenario() -> None:
        hub = Switched(LocalHub())
        async with living(hub) as maria:
            await maria.connected()
            hub.lose = reply
            await maria.put("paid", counter())
            await maria.until(lambda: len(maria.replica.waiting) == 0)
            assert maria.replica.waiting.conflicts == []
            assert (await hub.load()).position.version == 1

    run(scenario())


def test_a_waiting_edit_that_comes_too_late_is_kept_for_choosing(run: Run[Any]) -> None:
    async def scenario() -> None:
        shared, shelf = LocalHub(), MemoryShelf()
        hub = Switched(shared)
        async with living(hub, shelf=shelf) as maria:
            await maria.connected()
            made = await maria.put("paid", counter())
            hub.cut = True
            await maria.put("paid", counter("maria/#"))
            await maria.put("paid", counter("maria/new/#"))
            theirs: Any = await shared.apply(edit("paid", counter("omar/#"), made.version, by="omars-laptop"))
            hub.cut = False
            await maria.until(lambda: bool(maria.replica.waiting.conflicts))
            assert maria.view() == {"paid": counter("omar/#")}
        async with living(hub, shelf=shelf) as maria:
            (conflict,) = maria.replica.waiting.conflicts
            assert (conflict.wish.content, conflict.theirs) == (counter("maria/new/#"), theirs)
            newer: Any = await shared.apply(edit("paid", counter("omar/2/#"), theirs.version))
            await maria.until(lambda: maria.replica.waiting.conflicts[0].theirs == newer)

    run(scenario())


def test_after_a_cut_only_what_was_missed_is_asked_for(run: Run[Any]) -> None:
    async def scenario() -> None:
        shared = LocalHub()
        hub = Switched(shared)
        async with living(hub) as maria:
            await maria.connected()
            await maria.put("sold", counter())
            hub.cut = True
            await maria.until(lambda: maria.follower.phase == "lost")
            await shared.apply(edit("paid", counter()))
            hub.cut = False
            await maria.until(lambda: maria.view().keys() == {"sold", "paid"})
            assert hub.loads == 1

    run(scenario())


def test_after_a_long_absence_everything_is_loaded(run: Run[Any]) -> None:
    async def scenario() -> None:
        shared = LocalHub(kept_changes=3)
        hub = Switched(shared)
        async with living(hub) as maria:
            await maria.connected()
            hub.cut = True
            await maria.until(lambda: maria.follower.phase == "lost")
            for number in range(9):
                await shared.apply(edit(f"paid-{number}", counter()))
            hub.cut = False
            await maria.until(lambda: len(maria.view()) == 9)
            assert hub.loads == 2

    run(scenario())


def test_a_copied_profile_becomes_another_instance(run: Run[Any], clients: Opened) -> None:
    async def scenario() -> None:
        async with clients() as many, living(many.new(), "desk") as maria:
            await maria.connected()
            await maria.until(lambda: "desk" in maria.follower.present)
            shelf = MemoryShelf()
            async with living(many.new(), "desk", shelf) as copy:
                copy.follower.info = instance("desk", run="copy", place="backup:/home/maria")
                await copy.connected()
                assert (copy.follower.info.id, copy.watcher.others) == ("desk-2", [instance("desk")])
                assert maria.follower.info.id == "desk"

    run(scenario())


def test_a_hub_that_lost_everything_gets_back_what_each_is_responsible_for(run: Run[Any], valkey: ValkeyServer) -> None:
    def own(name: str) -> Callable[[HubEntry], bool]:
        return lambda entry: entry.kind == TOPIC or entry.content.get("instance") == name

    async def scenario() -> None:
        many = RedisClients(valkey.port)
        async with (
            living(many.new(), "desk", restores=own("desk")) as maria,
            living(many.new(), "laptop", restores=own("laptop")) as omar,
        ):
            await maria.connected()
            await omar.connected()
            await maria.put("paid", {"instance": "desk"})
            await omar.put("sold", {"instance": "laptop"})
            await maria.put("of-nobody", {"instance": "gone"})
            await maria.put("refunds/eu", {}, kind=TOPIC, expected=None)
            await omar.until(lambda: len(omar.replica.of_kind(TOPIC)) == 1)
            with valkey.client() as client:
                client.flushall()
            for one in (maria, omar):
                await one.until(partial(settled, one, {"paid", "sold"}))
                assert one.replica.waiting.conflicts == []
            left = (await redis_hub_entries(many)).entries
            assert {entry.name for entry in left} == {"paid", "sold", "refunds/eu"}
        await many.close()

    run(scenario())


def settled(one: Instance, names: set[str]) -> bool:
    return one.view().keys() == names and not len(one.replica.waiting)


async def redis_hub_entries(many: RedisClients) -> Any:
    return await many.new().load()


def test_a_server_that_is_killed_and_comes_back_is_met_again(run: Run[Any]) -> None:
    async def scenario() -> None:
        async with ValkeyServer(appendonly="always") as server:
            many = RedisClients(server.port)
            async with living(many.new(), "desk") as maria, living(many.new(), "laptop") as omar:
                await maria.connected()
                await omar.connected()
                for round_ in range(3):
                    await maria.put("paid", counter(f"round/{round_}"))
                    server.kill()
                    await maria.until(lambda: maria.follower.phase == "lost")
                    await maria.put(f"offline-{round_}", counter())
                    assert f"offline-{round_}" in maria.view()
                    await server.restart_async()
                    await maria.until(lambda: not len(maria.replica.waiting))
                    await omar.until(lambda: omar.view() == maria.view())
                assert len(omar.view()) == 4
            await many.close()

    run(scenario())


def test_cuts_of_the_line_lose_nothing(run: Run[Any], valkey: ValkeyServer) -> None:
    async def scenario() -> None:
        many = RedisClients(valkey.port)
        async with TcpProxy(valkey.port) as proxy:
            near = redis_hub(proxy.port)
            async with living(near, "desk") as maria, living(many.new(), "laptop") as omar:
                await maria.connected()
                await omar.connected()
                for number in range(30):
                    writing = asyncio.ensure_future(maria.put(f"paid-{number}", counter()))
                    await omar.put(f"sold-{number}", counter())
                    proxy.cut()
                    await writing
                everything = {f"{word}-{number}" for word in ("paid", "sold") for number in range(30)}
                for one in (maria, omar):
                    await one.until(partial(settled, one, everything))
                assert maria.replica.waiting.conflicts == []
        await many.close()

    run(scenario())


def test_a_full_server_is_said_and_the_edit_sent_when_there_is_room(
    run: Run[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eventmon.hub.follower.RESEND_SECONDS", 0.05)

    async def scenario() -> None:
        hub = Switched(LocalHub())
        async with living(hub) as maria:
            await maria.connected()
            hub.full = True
            await maria.put("paid", counter())
            assert (maria.follower.phase, maria.follower.detail) == ("connected", "It is full.")
            hub.full = False
            await maria.until(lambda: not len(maria.replica.waiting))
            await maria.until(lambda: maria.follower.detail == "")

    run(scenario())


def test_a_hub_that_refuses_is_asked_again_when_told(run: Run[Any]) -> None:
    async def scenario() -> None:
        hub = Switched(LocalHub())
        hub.cut, hub.retry = True, False
        async with living(hub) as maria:
            await maria.until(lambda: maria.follower.phase == "refused")
            assert maria.follower.detail == "The line is cut."
            hub.cut = False
            maria.follower.hurry()
            await maria.connected()

    run(scenario())
