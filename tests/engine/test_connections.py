from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from eventmon.connectors.base import Feed
from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.store.open import open_reader
from tests.engine.conftest import Run
from tests.engine.orders_source import OrdersBroker
from tests.engine.rig import Rig, order

URL = "orders://checkout:hunter2@localhost"


async def _deliver(feed: Feed) -> None:
    await feed.deliver([order_at(feed.name, 1), order_at(feed.name, 2)], {"orders": "0-2"})


def order_at(mount: str, number: int) -> Event:
    return Event(topic=f"{mount}/orders/created", data=b"%d" % number, type="order.created")


def test_a_connection_delivers_below_its_name_and_masks_its_secret(
    run: Run[Any], path: Path, broker: OrdersBroker
) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            opened = await rig.connections.open(URL, "prod")
            assert (opened.name, opened.phase, opened.url) == ("prod", "connecting", "orders://checkout:***@localhost")
            await broker.steps.put(_deliver)
            await broker.steps.join()
            await rig.until_committed()
            assert rig.connection.phase == "connected"
            assert rig.connection.events == 2
            assert rig.recording.position("prod", "orders") == "0-2"
            assert rig.bus.statistics_of("prod/orders/created") is not None

    run(scenario())


def test_a_connection_that_fails_says_why_and_harms_nobody(
    run: Run[Any], path: Path, broker: OrdersBroker, warnings_logged: list[str]
) -> None:
    async def refuse(feed: Feed) -> None:
        raise UserError("The broker refuses the password. Correct it.")

    async def crash(feed: Feed) -> None:
        raise KeyError("channel")

    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.connections.open(URL, "prod")
            await broker.steps.put(refuse)
            status = await rig.until_phase("failed")
            assert status.detail == "The broker refuses the password. Correct it."
            await rig.connections.forget("prod")
            await rig.connections.open(URL, "dev")
            await broker.steps.put(crash)
            status = await rig.until_phase("failed")
            assert "KeyError" in status.detail
            assert [problem.where for problem in rig.problems.since(0)] == ["prod", "dev"]
            assert (await rig.ingest.accept([order(1)])).first_seq == 1

    run(scenario())
    (logged,) = warnings_logged
    assert logged.startswith("The connection “dev” failed.\nTraceback")


def test_a_source_that_ends_leaves_a_closed_connection(run: Run[Any], path: Path, broker: OrdersBroker) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.connections.open(URL)
            await broker.steps.put(None)
            status = await rig.until_phase("closed")
            assert status.detail == "The source has ended."
            await rig.connections.forget(status.name)
            assert rig.connections.statuses() == []

    run(scenario())


def test_an_unknown_name_is_told(run: Run[Any], path: Path, broker: OrdersBroker) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            connections = rig.connections
            for change in (connections.close, connections.edit, connections.reconnect, connections.forget):
                with pytest.raises(UserError, match="no connection “prod”"):
                    await change("prod")

    run(scenario())


def test_names_are_free_or_refused(run: Run[Any], path: Path, broker: OrdersBroker) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.ingest.accept([order(1)])  # orders/… is local
            assert [(await rig.connections.open(URL)).name for _ in range(3)] == ["shop", "shop-2", "shop-3"]
            for taken in ("shop", "orders"):
                with pytest.raises(UserError, match=taken):
                    await rig.connections.open(URL, taken)
            for impossible in ("a/b", "+", "#", "a\0b", "$SYS", "x" * 5_000):
                with pytest.raises(UserError):
                    await rig.connections.open(URL, impossible)
            assert len(rig.connections.statuses()) == 3

    run(scenario())


def test_a_local_topic_of_the_default_name_moves_the_mount(run: Run[Any], path: Path, broker: OrdersBroker) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.ingest.accept([Event(topic="shop/opened")])
            assert (await rig.connections.open(URL)).name == "shop-2"

    run(scenario())


def test_a_mount_of_an_earlier_run_can_be_mounted_again(run: Run[Any], path: Path, broker: OrdersBroker) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.connections.open(URL, "prod")
            await broker.steps.put(_deliver)
            await broker.steps.join()
        async with Rig(path) as rig:
            rig.ingest.restore("prod/orders/created")
            assert (await rig.connections.open(URL, "prod")).name == "prod"

    run(scenario())


def test_an_unknown_scheme_is_told(run: Run[Any], path: Path) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            with pytest.raises(UserError):
                await rig.connections.open("carrier-pigeon://roof")
            assert rig.connections.statuses() == []

    run(scenario())


def test_gaps_and_problems_and_states_of_a_feed_arrive(run: Run[Any], path: Path, broker: OrdersBroker) -> None:
    async def lose(feed: Feed) -> None:
        feed.status("waiting", "The broker hung up.")
        feed.gap(5, 9, "The broker hung up: \udcff")
        feed.problem("warning", "12 entries were trimmed.")
        with pytest.raises(ValueError, match="dreaming"):
            feed.status("dreaming")

    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.connections.open(URL, "prod")
            before = rig.connections.changes
            await broker.steps.put(lose)
            await broker.steps.join()
            assert rig.connection.detail == "The broker hung up."
            assert rig.connections.changes > before
            assert [problem.where for problem in rig.problems.since(0)] == ["prod"]

    run(scenario())
    reader = open_reader(path)
    (gap,) = reader.gaps()
    reader.close()
    assert (gap.connection, gap.started, gap.ended, gap.reason) == ("prod", 5, 9, "The broker hung up: \\udcff")


def test_streams_named_by_bytes_that_are_no_text_keep_their_position(
    run: Run[Any], path: Path, broker: OrdersBroker
) -> None:
    async def follow(feed: Feed) -> None:
        await feed.deliver([], {"file\udcff.log": "120"})

    async def check(feed: Feed) -> None:
        assert feed.position("file\udcff.log") == "120"
        assert feed.position("file.log") is None

    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.connections.open(URL, "files")
            await broker.steps.put(follow)
            await broker.steps.join()
            await rig.ingest.accept([order(1)])
            await broker.steps.put(check)
            await broker.steps.join()
            assert rig.connection.phase == "connected"

    run(scenario())


def test_a_tick_shows_new_event_counts(run: Run[Any], path: Path, broker: OrdersBroker) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.connections.open(URL, "prod")
            await broker.steps.put(_deliver)
            await broker.steps.join()
            before = rig.connections.changes
            rig.connections.tick()
            assert rig.connections.changes == before + 1
            rig.connections.tick()
            assert rig.connections.changes == before + 1

    run(scenario())


def test_a_connection_that_does_not_end_is_abandoned_and_unheard(
    run: Run[Any], path: Path, broker: OrdersBroker, warnings_logged: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from eventmon.engine.tasks import TaskOwner

    heard: asyncio.Queue[UserError] = asyncio.Queue()
    release = asyncio.Event()
    cancel = TaskOwner.cancel

    async def impatient(self: TaskOwner, name: str, *, grace: float = 0.0) -> bool:
        return await cancel(self, name, grace=0.01)

    async def cling(feed: Feed) -> None:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue
        with pytest.raises(UserError) as refused:
            await _deliver(feed)
        heard.put_nowait(refused.value)

    async def scenario() -> None:
        monkeypatch.setattr(TaskOwner, "cancel", impatient)
        async with Rig(path) as rig:
            await rig.connections.open(URL, "prod")
            await broker.steps.put(cling)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            await rig.connections.close("prod")
            assert rig.connection.phase == "closed"
            await rig.connections.reconnect("prod")
            assert (await rig.until_phase("connected")).events == 0
            assert "abandoned" in rig.problems.since(0)[0].text
            release.set()
            assert "closed" in str(await heard.get())
            await broker.steps.put(None)
            assert rig.recording.ledger.received == 0

    run(scenario())
    assert warnings_logged == ["The task “connection: prod” does not end after its cancellation."]
