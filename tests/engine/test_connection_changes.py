"""What can be done to a connection that is listed: edit, disconnect, reconnect, forget."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from eventmon.connectors.base import Feed
from eventmon.core.errors import UserError
from eventmon.core.event import Event
from tests.engine.conftest import Run
from tests.engine.orders_source import OrdersBroker
from tests.engine.rig import Rig, order

URL = "orders://checkout:hunter2@localhost?channels=created"


def test_a_disconnected_connection_stays_listed_and_comes_back(run: Run[Any], path: Path, broker: OrdersBroker) -> None:
    async def deliver(feed: Feed) -> None:
        await feed.deliver([Event(topic=f"{feed.name}/created")], {"orders": "0-1"})

    async def check(feed: Feed) -> None:
        assert feed.position("orders") == "0-1"

    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.connections.open(URL, "prod")
            await rig.connections.close("prod")
            assert (rig.connection.phase, rig.connection.detail) == ("closed", "Disconnected.")
            await rig.connections.close("prod")
            await rig.connections.reconnect("prod")
            assert (await rig.until_phase("connected")).events == 0
            await broker.steps.put(deliver)
            await broker.steps.join()
            with rig.disk.stalled():
                await rig.connections.close("prod")
                await rig.connections.reconnect("prod")
                await broker.steps.put(check)
                await broker.steps.join()
            assert rig.connection.phase == "connected"
            assert [opened.config.password for opened in broker.opened] == ["hunter2"] * 3

    run(scenario())


def test_reconnecting_ends_the_wait_of_a_connection_and_opens_a_failed_one_anew(
    run: Run[Any], path: Path, broker: OrdersBroker
) -> None:
    async def wait(feed: Feed) -> None:
        feed.status("waiting", "Next try in 30 s.")

    async def fail(feed: Feed) -> None:
        raise UserError("The broker refuses the user. Correct it.")

    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.connections.open(URL, "prod")
            await broker.steps.put(wait)
            await rig.until_phase("waiting")
            await rig.connections.reconnect("prod")
            assert (await rig.connections.first_word("prod")).detail == "It is back."
            assert [opened.retries for opened in broker.opened] == [1]
            await rig.connections.reconnect("prod")
            assert [opened.retries for opened in broker.opened] == [1]
            await broker.steps.put(fail)
            await rig.until_phase("failed")
            await rig.connections.reconnect("prod")
            assert (await rig.connections.first_word("prod")).phase == "connected"
            assert len(broker.opened) == 2

    run(scenario())


def test_one_that_has_failed_and_still_tries_is_ended_before_it_is_opened_anew(
    run: Run[Any], path: Path, broker: OrdersBroker
) -> None:
    ended: list[str] = []

    async def go_on(feed: Feed) -> None:
        feed.status("failed", "The file cannot be read. Check its permissions.")
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(feed.name)

    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.connections.open(URL, "prod")
            await broker.steps.put(go_on)
            await rig.until_phase("failed")
            await rig.connections.reconnect("prod")
            assert ended == ["prod"]
            assert (await rig.connections.first_word("prod")).phase == "connected"
            assert len(broker.opened) == 2

    run(scenario())


def test_forgetting_takes_a_connection_off_the_list_and_its_name_can_be_taken_again(
    run: Run[Any], path: Path, broker: OrdersBroker
) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.connections.open(URL, "prod")
            await rig.connections.forget("prod")
            assert rig.connections.statuses() == []
            assert (await rig.connections.open(URL, "prod")).name == "prod"

    run(scenario())


def test_other_names_are_watched_without_an_interruption(run: Run[Any], path: Path, broker: OrdersBroker) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.connections.open(URL, "prod")
            status = await rig.connections.edit("prod", url="orders://checkout:***@localhost?channels=shipped,paid")
            assert status.url == "orders://checkout:***@localhost?channels=shipped,paid"
            (opened,) = broker.opened
            assert opened.watched == {"paid", "shipped"}
            with pytest.raises(UserError, match="forbids"):
                await rig.connections.edit("prod", url="orders://checkout:***@localhost?channels=forbidden")
            assert opened.watched == {"paid", "shipped"}
            assert rig.connection.url == status.url
            assert len(broker.opened) == 1

    run(scenario())


def test_another_address_is_opened_anew_with_the_password_that_stars_stand_for(
    run: Run[Any], path: Path, broker: OrdersBroker
) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.connections.open(URL, "prod")
            await rig.connections.edit("prod", url="orders://checkout:***@127.0.0.1?channels=created")
            await rig.connections.edit("prod", url="orders://127.0.0.1?channels=created")
            assert [(each.config.host, each.config.password) for each in broker.opened] == [
                ("localhost", "hunter2"),
                ("127.0.0.1", "hunter2"),
                ("127.0.0.1", ""),
            ]
            with pytest.raises(UserError, match=r"\*\*\* only stands for a password"):
                await rig.connections.edit("prod", url="orders://checkout:***@127.0.0.1")
            with pytest.raises(UserError, match="unknown parameter"):
                await rig.connections.edit("prod", url="orders://127.0.0.1?chanels=created")
            assert rig.connection.url == "orders://127.0.0.1?channels=created"
            assert len(broker.opened) == 3

    run(scenario())


def test_color_and_read_only_change_without_touching_the_connection(
    run: Run[Any], path: Path, broker: OrdersBroker
) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            opened = await rig.connections.open(URL, "prod")
            assert (opened.read_only, opened.color, opened.publishes, opened.saved) == (False, "", True, False)
            await rig.connections.edit("prod", read_only=True, color="red")
            await rig.connections.edit("prod", url="orders://checkout:***@localhost?channels=created")
            assert (rig.connection.read_only, rig.connection.color) == (True, "red")
            await rig.connections.edit("prod", color="")
            assert (rig.connection.read_only, rig.connection.color) == (True, "")
            assert len(broker.opened) == 1

    run(scenario())


def test_what_is_disconnected_is_edited_without_being_opened(run: Run[Any], path: Path, broker: OrdersBroker) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.connections.open(URL, "prod")
            await rig.connections.close("prod")
            await rig.connections.edit("prod", url="orders://checkout:${NOT_SET_YET}@localhost?channels=paid")
            await rig.connections.edit("prod", url="orders://checkout:other-secret@localhost?channels=paid")
            assert rig.connection.phase == "closed"
            await rig.connections.reconnect("prod")
            assert [opened.config.password for opened in broker.opened] == ["hunter2", "other-secret"]

    run(scenario())


def test_a_failed_connection_is_opened_anew_by_editing_it(run: Run[Any], path: Path, broker: OrdersBroker) -> None:
    async def fail(feed: Feed) -> None:
        raise UserError("The broker refuses the user. Correct it.")

    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.connections.open(URL, "prod")
            await broker.steps.put(fail)
            await rig.until_phase("failed")
            await rig.connections.edit("prod", url="orders://checkout:***@localhost?channels=created")
            assert (await rig.connections.first_word("prod")).phase == "connected"

    run(scenario())


def test_other_machines_are_read_only_until_somebody_says_otherwise(
    run: Run[Any], path: Path, broker: OrdersBroker
) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            assert (await rig.connections.open("orders://shop.example")).read_only
            assert not (await rig.connections.open("orders://shop.example", read_only=False)).read_only
            assert (await rig.connections.open("orders://localhost", read_only=True)).read_only

    run(scenario())


def test_no_sentence_about_a_connection_holds_its_password(
    run: Run[Any], path: Path, broker: OrdersBroker, warnings_logged: list[str]
) -> None:
    async def tell(feed: Feed) -> None:
        feed.gap(1, 2, "AUTH checkout hunter2 failed")
        feed.problem("warning", "AUTH checkout hunter2 failed")
        feed.status("waiting", "orders://checkout:hunter2@localhost is gone")

    async def crash(feed: Feed) -> None:
        raise KeyError("AUTH checkout hunter2")

    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.connections.open(URL, "prod")
            await broker.steps.put(tell)
            await broker.steps.join()
            assert rig.connection.detail == "orders://checkout:***@localhost is gone"
            await broker.steps.put(crash)
            status = await rig.until_phase("failed")
            told = [problem.text for problem in rig.problems.since(0)]
            assert "hunter2" not in str([status, *told])
            assert "***" in status.detail
            await rig.ingest.accept([order(1)])

    run(scenario())
    assert "hunter2" not in str(warnings_logged)
    assert b"hunter2" not in path.read_bytes()


def test_figures_of_a_connection_are_shown_with_a_tick(run: Run[Any], path: Path, broker: OrdersBroker) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.connections.open(URL, "prod")
            rig.connections.tick()
            before = rig.connections.changes
            broker.interruptions = 3
            rig.connections.tick()
            assert rig.connections.changes == before + 1
            broker.steps.put_nowait(lambda feed: feed.deliver([order(1, data=b"x" * 4_096), order(2, data=b"")]))
            await broker.steps.join()
            rig.connections.tick()
            shown = rig.connection
            assert (shown.events, shown.bytes, shown.interruptions) == (2, 4_096, 3)

    run(scenario())


def test_changes_of_one_connection_come_one_after_the_other(run: Run[Any], path: Path, broker: OrdersBroker) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.connections.open(URL, "prod")
            edit = rig.connections.edit("prod", url="orders://checkout:***@127.0.0.1")
            changes = (rig.connections.close("prod"), edit, rig.connections.reconnect("prod"))
            await asyncio.gather(*changes)
            assert (await rig.until_phase("connected")).url == "orders://checkout:***@127.0.0.1"
            results = await asyncio.gather(
                rig.connections.forget("prod"), rig.connections.close("prod"), return_exceptions=True
            )
            assert [type(result) for result in results] == [type(None), UserError]
            assert rig.connections.statuses() == []

    run(scenario())
