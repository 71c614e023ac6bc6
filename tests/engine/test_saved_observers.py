"""Observers over restarts: what the workspace holds, and what a start makes of it, mistakes included."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from eventmon.engine import requests
from eventmon.engine.definitions import ConnectionDefinition, ObserverDefinition
from eventmon.engine.engine import Engine
from eventmon.engine.frame import ObserverStatus
from eventmon.engine.paths import Paths
from eventmon.engine.workspace import read_workspace
from tests.engine.conftest import Run
from tests.engine.orders_source import OrdersBroker
from tests.engine.rig import order
from tests.engine.test_saved_connections import open_saved, problems_of, running, write_workspace

PAID = ObserverDefinition(name="paid", kind="counter", pattern="orders/+/paid", settings={"sum": "total"})
REFUSED = ObserverDefinition(
    name="refused", kind="alert", pattern="payments/#", settings={"text": "{{topic}}", "per_minute": 3}
)
PAID_BY_HAND = '[observers.paid]\nkind = "counter"\npattern = "orders/#"'


async def attach(engine: Engine, *definitions: ObserverDefinition) -> None:
    for definition in definitions:
        await engine.answer(requests.AttachObserver(definition=definition))


async def listed(engine: Engine) -> list[ObserverStatus]:
    return await engine.answer(requests.ListObservers())


def saved(paths: Paths) -> list[ObserverDefinition]:
    return read_workspace(paths.workspace_file, ObserverDefinition)


def test_observers_come_back_as_they_were_left(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            mail = ObserverDefinition(
                name="mail", kind="publish", pattern="#", settings={"topic": "mail"}, overflow="latest"
            )
            await attach(engine, PAID, REFUSED, mail)
            await engine.answer(requests.PauseObserver(name="refused"))
            everything = msgspec.structs.replace(PAID, name="all", pattern="orders/#")
            await engine.answer(requests.EditObserver(name="paid", definition=everything))
            await engine.answer(requests.DetachObserver(name="mail"))
            await engine.answer(requests.ReadObserver(name="all"))
        expected = [msgspec.structs.replace(REFUSED, paused=True), everything]
        assert sorted(saved(paths), key=lambda each: each.name) == sorted(expected, key=lambda each: each.name)
        async with running(paths) as engine:
            assert {each.name: each.state for each in await listed(engine)} == {"refused": "paused", "all": "active"}
            await engine.accept([order(1)])
            assert {each.name: each.matched for each in await listed(engine)} == {"refused": 0, "all": 1}
            assert problems_of(engine) == []

    run(scenario())


def test_what_is_at_its_default_is_not_written(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await attach(engine, msgspec.structs.replace(PAID, settings={}))

    run(scenario())
    assert paths.workspace_file.read_text(encoding="utf-8").strip() == (
        'format = 1\n\n[observers.paid]\nkind = "counter"\npattern = "orders/+/paid"'
    )


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ('[observers.old]\nkind = "webhook"\npattern = "#"', "no kind of observer “webhook”"),
        ('[observers.old]\nkind = "counter"\npattern = "a/#/b"', "# has to be the whole last level"),
        ('[observers.old]\nkind = "counter"\npattern = "#"\nsettings = {total = "x"}', "no field “total”"),
        ('[observers.old]\nkind = "alert"\npattern = "#"\nsettings = {per_minute = 0}', "from 1 to 600"),
    ],
)
def test_one_that_cannot_be_attached_is_listed_with_its_reason(
    run: Run[Any], paths: Paths, table: str, reason: str
) -> None:
    write_workspace(paths, table, PAID_BY_HAND)

    async def scenario() -> None:
        async with running(paths) as engine:
            old, paid = await listed(engine)
            assert (old.name, old.state, paid.state) == ("old", "stopped", "active")
            assert reason in old.why
            with pytest.raises(ValueError, match=reason):
                await engine.answer(requests.ResumeObserver(name="old"))
            mended = msgspec.structs.replace(PAID, name="old")
            status = await engine.answer(requests.EditObserver(name="old", definition=mended))
            assert (status.state, status.why) == ("active", "")
            assert saved(paths)[0] == mended
            await engine.answer(requests.DetachObserver(name="old"))
        assert [each.name for each in saved(paths)] == ["paid"]

    run(scenario())


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[observers.paid]\nkind = "counter"\npattern = "#"\nwhere = "x"', "unknown key “where”"),
        ('[observers.paid]\nkind = "counter"\npattern = 5', "key “pattern”"),
        ('[observers.paid]\nkind = "coun', "cannot be read"),
    ],
)
def test_a_mistake_stops_nothing_and_the_file_is_left_alone(run: Run[Any], paths: Paths, text: str, named: str) -> None:
    write_workspace(paths, text)
    before = paths.workspace_file.read_text(encoding="utf-8")

    async def scenario() -> None:
        async with running(paths) as engine:
            assert await listed(engine) == []
            await attach(engine, REFUSED)
            await engine.accept([order(1)])
            (problem,) = problems_of(engine)
            assert named in problem
            assert paths.workspace_file.read_text(encoding="utf-8") == before
            write_workspace(paths, PAID_BY_HAND)
            await engine.answer(requests.PauseObserver(name="refused"))
            assert [each.name for each in saved(paths)] == ["paid", "refused"]

    run(scenario())


def test_what_another_one_writes_meanwhile_stays(run: Run[Any], paths: Paths, broker: OrdersBroker) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await attach(engine, PAID)
            await open_saved(engine, "orders://localhost")
            file = paths.workspace_file
            file.write_text(file.read_text() + '\n[observers.audit] # by hand\nkind = "counter"\npattern = "audit/#"\n')
            await engine.answer(requests.PauseObserver(name="paid"))
            await attach(engine, REFUSED)
            assert {each.name for each in saved(paths)} == {"paid", "audit", "refused"}
            assert "# by hand" in file.read_text()
            assert [each.name for each in read_workspace(file, ConnectionDefinition)] == ["prod"]
        async with running(paths) as engine:
            assert {each.name: each.state for each in await listed(engine)} == {
                "paid": "paused",
                "audit": "active",
                "refused": "active",
            }

    run(scenario())


def test_an_engine_that_keeps_no_workspace_says_so(run: Run[Any], paths: Paths) -> None:
    write_workspace(paths, PAID_BY_HAND)

    async def scenario() -> None:
        async with running(paths, serve_control=False) as engine:
            assert await listed(engine) == []
            await attach(engine, REFUSED)
            (problem,) = problems_of(engine)
            assert "not saved" in problem
        assert [each.name for each in saved(paths)] == ["paid"]

    run(scenario())


def test_observers_are_there_before_the_first_event_of_a_connection(
    run: Run[Any], paths: Paths, broker: OrdersBroker
) -> None:
    async def send(feed: Any) -> None:
        await feed.deliver([order(1)])

    write_workspace(paths, '[observers.all]\nkind = "counter"\npattern = "#"')

    async def scenario() -> None:
        await broker.steps.put(send)
        async with running(paths, connections=(("prod", "orders://localhost"),)) as engine:
            await broker.steps.join()
            (status,) = await listed(engine)
            assert status.delivered == engine.accounting().received == 1

    run(scenario())
