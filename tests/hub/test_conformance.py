"""What every hub promises, local or on a server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from eventmon.hub.base import (
    KINDS,
    TOPIC,
    ChangesLost,
    Hub,
    HubChange,
    IdentityTaken,
    Position,
    VersionConflict,
)
from tests.hub.conftest import Run
from tests.hub.rig import counter, edit, instance, presence

Opened = Callable[[], Any]


async def changes_until(hub: Hub, after: Position, count: int) -> list[HubChange]:
    found: list[HubChange] = []
    async with asyncio.timeout(20):
        while len(found) < count:
            fresh = await hub.changes(after)
            found += fresh
            after = fresh[-1].position if fresh else after
    return found


def test_a_new_hub_is_empty_and_the_same_for_everybody(run: Run[Any], clients: Opened) -> None:
    async def scenario() -> None:
        async with clients() as many:
            first, second = await many.new().load(), await many.new().load()
            assert first == second
            assert (first.entries, first.position) == ([], Position())
            assert first.uuid

    run(scenario())


@pytest.mark.parametrize("kind", KINDS)
def test_what_one_puts_in_another_one_loads(run: Run[Any], clients: Opened, kind: str) -> None:
    async def scenario() -> None:
        async with clients() as many:
            maria, omar = many.new(), many.new()
            await maria.load()
            wish = edit("bezahlt ✓", counter(sum="betrag €", deep={"a": [1, 2.5, None, True]}), kind=kind)
            entry = await maria.apply(wish)
            assert entry is not None
            assert (entry.kind, entry.name, entry.content, entry.by) == (kind, wish.name, wish.content, wish.by)
            assert (await omar.load()).entries == [entry]

    run(scenario())


def test_the_slower_of_two_edits_is_refused_and_told_what_is_there(run: Run[Any], clients: Opened) -> None:
    async def scenario() -> None:
        async with clients() as many:
            maria, omar = many.new(), many.new()
            await maria.load()
            await omar.load()
            made = await maria.apply(edit("paid", counter("orders/eu/#")))
            changed = await omar.apply(edit("paid", counter("orders/us/#"), made.version, by="omars-laptop"))
            with pytest.raises(VersionConflict, match="“paid” was changed by omars-laptop at") as refused:
                await maria.apply(edit("paid", counter("orders/#"), made.version))
            assert refused.value.theirs == changed
            assert (await maria.load()).entries == [changed]

    run(scenario())


def test_two_cannot_make_observers_of_one_name(run: Run[Any], clients: Opened) -> None:
    async def scenario() -> None:
        async with clients() as many:
            hub = many.new()
            await hub.load()
            made = await hub.apply(edit("paid", counter()))
            with pytest.raises(VersionConflict) as refused:
                await hub.apply(edit("paid", counter("refunds/#")))
            assert refused.value.theirs == made

    run(scenario())


def test_a_version_is_never_given_again_so_what_was_removed_and_made_anew_is_noticed(
    run: Run[Any], clients: Opened
) -> None:
    async def scenario() -> None:
        async with clients() as many:
            hub = many.new()
            await hub.load()
            made = await hub.apply(edit("paid", counter()))
            assert await hub.apply(edit("paid", None, made.version)) is None
            again = await hub.apply(edit("paid", counter()))
            assert again.version > made.version
            with pytest.raises(VersionConflict):
                await hub.apply(edit("paid", counter("refunds/#"), made.version))

    run(scenario())


def test_an_edit_of_what_was_removed_meanwhile_is_refused(run: Run[Any], clients: Opened) -> None:
    async def scenario() -> None:
        async with clients() as many:
            hub = many.new()
            await hub.load()
            made = await hub.apply(edit("paid", counter()))
            await hub.apply(edit("paid", None, made.version))
            with pytest.raises(VersionConflict, match="“paid” has been removed meanwhile") as refused:
                await hub.apply(edit("paid", counter("refunds/#"), made.version))
            assert refused.value.theirs is None

    run(scenario())


def test_an_edit_that_is_sent_twice_is_done_once(run: Run[Any], clients: Opened) -> None:
    async def scenario() -> None:
        async with clients() as many:
            hub = many.new()
            await hub.load()
            put = edit("paid", counter())
            made = await hub.apply(put)
            assert await hub.apply(put) == made
            removal = edit("paid", None, made.version)
            assert [await hub.apply(removal), await hub.apply(removal)] == [None, None]
            assert len(await changes_until(hub, Position(), 2)) == 2

    run(scenario())


def test_an_edit_that_is_sent_again_late_undoes_nothing(run: Run[Any], clients: Opened) -> None:
    async def scenario() -> None:
        async with clients() as many:
            hub = many.new()
            await hub.load()
            put = edit("paid", counter())
            made = await hub.apply(put)
            changed = await hub.apply(edit("paid", counter("a/#"), made.version))
            assert await hub.apply(put) == changed
            await hub.apply(edit("paid", None, changed.version))
            assert await hub.apply(put) is None
            assert (await hub.load()).entries == []

    run(scenario())


def test_a_definition_may_get_another_name_unless_that_is_taken(run: Run[Any], clients: Opened) -> None:
    async def scenario() -> None:
        async with clients() as many:
            hub = many.new()
            await hub.load()
            paid, refunds = await hub.apply(edit("paid", counter())), await hub.apply(edit("refunds", counter()))
            with pytest.raises(VersionConflict) as refused:
                await hub.apply(edit("refunds", counter(), paid.version, instead_of="paid"))
            assert refused.value.theirs == refunds
            moved = await hub.apply(edit("sold", counter(), paid.version, instead_of="paid"))
            assert {entry.name for entry in (await hub.load()).entries} == {"sold", "refunds"}
            gone, come = await changes_until(hub, position_of(refunds), 2)
            assert (gone.name, gone.entry, come.name, come.entry) == ("paid", None, "sold", moved)

    run(scenario())


def position_of(entry: Any) -> Position:
    return Position(version=entry.version, edit=entry.edit)


def test_what_needs_no_version_is_done_whatever_is_there(run: Run[Any], clients: Opened) -> None:
    async def scenario() -> None:
        async with clients() as many:
            hub = many.new()
            await hub.load()
            for _ in range(2):
                await hub.apply(edit("refunds/eu", {}, None, kind=TOPIC))
            assert [entry.name for entry in (await hub.load()).entries] == ["refunds/eu"]
            for _ in range(2):
                assert await hub.apply(edit("refunds/eu", None, None, kind=TOPIC)) is None
            assert (await hub.load()).entries == []

    run(scenario())


def test_changes_come_in_order_and_while_one_waits_for_them(run: Run[Any], clients: Opened) -> None:
    async def scenario() -> None:
        async with clients() as many:
            maria, omar = many.new(), many.new()
            start = (await maria.load()).position
            await omar.load()
            coming = asyncio.ensure_future(changes_until(maria, start, 3))
            made = await omar.apply(edit("paid", counter()))
            changed = await omar.apply(edit("paid", counter("a/#"), made.version))
            await omar.apply(edit("paid", None, changed.version))
            told = await coming
            assert [change.entry for change in told] == [made, changed, None]
            assert [change.version for change in told] == [1, 2, 3]

    run(scenario())


def test_one_who_was_away_goes_on_where_he_stopped(run: Run[Any], clients: Opened) -> None:
    async def scenario() -> None:
        async with clients() as many:
            hub = many.new()
            assert await hub.resumes((await hub.load()).position)
            made = [await hub.apply(edit(f"paid-{number}", counter())) for number in range(4)]
            position = position_of(made[1])
            assert await hub.resumes(position)
            assert await hub.resumes(Position())
            assert [change.entry for change in await hub.changes(position)] == made[2:]
            assert await hub.changes(position_of(made[3]), wait=False) == []

    run(scenario())


def test_a_position_that_another_edit_made_is_not_gone_on_from(run: Run[Any], clients: Opened) -> None:
    async def scenario() -> None:
        async with clients() as many:
            hub = many.new()
            await hub.load()
            await hub.apply(edit("paid", counter()))
            assert not await hub.resumes(Position(version=1, edit="of-a-lost-hour"))
            assert not await hub.resumes(Position(version=9, edit="of-a-lost-hour"))

    run(scenario())


def test_everybody_who_lives_is_seen_until_he_leaves(run: Run[Any], clients: Opened) -> None:
    async def scenario() -> None:
        async with clients() as many:
            maria, omar = many.new(), many.new()
            await maria.load()
            await maria.beat(presence("desk", report=b'{"paid": 3}'), known={})
            pulse = await omar.beat(presence("laptop"), known={})
            assert {each.info.id: each.report for each in pulse.present} == {"desk": b'{"paid": 3}', "laptop": b"{}"}
            await maria.leave(instance("desk"))
            pulse = await omar.beat(presence("laptop"), known={})
            assert [each.info for each in pulse.present] == [instance("laptop")]

    run(scenario())


def test_what_is_known_of_another_one_stays_until_he_reports_anew(run: Run[Any], clients: Opened) -> None:
    async def scenario() -> None:
        async with clients() as many:
            maria, omar = many.new(), many.new()
            await maria.load()
            await maria.beat(presence("desk", 1, b"one"), known={})
            known = {each.info.id: each for each in (await omar.beat(presence("laptop"), known={})).present}
            for revision, report in [(1, b"one"), (2, b"two")]:
                await maria.beat(presence("desk", revision, report), known=known)
                pulse = await omar.beat(presence("laptop"), known=known)
                assert {each.info.id: each.report for each in pulse.present}["desk"] == report

    run(scenario())


def test_a_copy_of_a_profile_does_not_pass_for_the_original(run: Run[Any], clients: Opened) -> None:
    async def scenario() -> None:
        async with clients() as many:
            hub = many.new()
            await hub.load()
            await hub.beat(presence("desk"), known={})
            with pytest.raises(IdentityTaken) as taken:
                await hub.beat(presence("desk", run="copied", place="backup:/home/maria"), known={})
            assert taken.value.other == instance("desk")

    run(scenario())


def test_a_run_takes_over_from_the_run_before_it_in_its_place(run: Run[Any], clients: Opened) -> None:
    async def scenario() -> None:
        async with clients() as many:
            hub = many.new()
            await hub.load()
            await hub.beat(presence("desk"), known={})
            pulse = await hub.beat(presence("desk", run="after the crash", report=b"new"), known={})
            assert [(each.info.run, each.report) for each in pulse.present] == [("after the crash", b"new")]
            await hub.leave(instance("desk"))  # the run before it, late
            assert len((await hub.beat(presence("laptop"), known={})).present) == 2

    run(scenario())


def test_a_run_that_was_taken_over_from_is_told(run: Run[Any], clients: Opened) -> None:
    async def scenario() -> None:
        async with clients() as many:
            older, newer = many.new(), many.new()
            await older.load()
            known = {each.info.id: each for each in (await older.beat(presence("desk"), known={})).present}
            await newer.beat(presence("desk", run="newer"), known={})
            with pytest.raises(IdentityTaken):
                await older.beat(presence("desk"), known=known)

    run(scenario())


def test_a_beat_tells_where_the_changes_end(run: Run[Any], clients: Opened) -> None:
    async def scenario() -> None:
        async with clients() as many:
            hub = many.new()
            loaded = await hub.load()
            await hub.apply(edit("paid", counter()))
            pulse = await hub.beat(presence(), known={})
            assert (pulse.uuid, pulse.version) == (loaded.uuid, 1)

    run(scenario())


def test_changes_that_are_no_longer_kept_are_not_passed_over(run: Run[Any], clients: Opened) -> None:
    async def scenario() -> None:
        async with clients() as many:
            hub = many.new()
            start = (await hub.load()).position
            entry = await hub.apply(edit("paid", counter()))
            for _ in range(10_200):
                entry = await hub.apply(edit("paid", counter(), entry.version))
            assert not await hub.resumes(start)
            with pytest.raises(ChangesLost):
                await hub.changes(start)

    run(scenario())
