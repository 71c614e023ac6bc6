from __future__ import annotations

import asyncio
from typing import Any

import pytest

from eventmon.engine.tasks import TaskOwner
from tests.engine.conftest import Run


async def _forever() -> None:
    await asyncio.Event().wait()


async def _fail() -> None:
    raise OSError("the broker hung up")


def test_a_failure_is_told_and_harms_nobody_else(run: Run[Any]) -> None:
    async def scenario() -> tuple[BaseException | None, list[str]]:
        owner = TaskOwner("connection")
        ends: asyncio.Queue[BaseException | None] = asyncio.Queue()
        owner.start("steady", _forever())
        owner.start("flaky", _fail(), ends.put_nowait)
        error = await ends.get()
        names = owner.names
        assert await owner.close()
        return error, names

    error, names = run(scenario())
    assert str(error) == "the broker hung up"
    assert names == ["steady"]


def test_a_clean_end_is_told_and_a_cancelled_one_is_not(run: Run[Any]) -> None:
    async def scenario() -> list[BaseException | None]:
        owner = TaskOwner("connection")
        ends: list[BaseException | None] = []
        owner.start("brief", asyncio.sleep(0), ends.append)
        owner.start("steady", _forever(), ends.append)
        await asyncio.sleep(0)
        assert await owner.cancel("steady")
        assert owner.names == []
        return ends

    assert run(scenario()) == [None]


def test_a_name_runs_once_at_a_time(run: Run[Any]) -> None:
    async def scenario() -> None:
        owner = TaskOwner("connection")
        owner.start("orders", _forever())
        with pytest.raises(ValueError, match="orders"):
            owner.start("orders", _forever())
        await owner.close()
        owner.start("orders", asyncio.sleep(0))
        await owner.close()

    run(scenario())


def test_a_task_that_ignores_its_cancellation_is_let_go(run: Run[Any], warnings_logged: list[str]) -> None:
    async def scenario() -> None:
        owner = TaskOwner("connection")
        release, released = asyncio.Event(), asyncio.Event()

        async def deaf() -> None:
            while not release.is_set():
                try:
                    await release.wait()
                except asyncio.CancelledError:
                    continue

        owner.start("deaf", deaf(), lambda _: released.set())
        await asyncio.sleep(0)
        assert not await owner.close(grace=0.01)
        release.set()
        await released.wait()

    run(scenario())
    assert warnings_logged == ["The task “connection: deaf” does not end after its cancellation."]


def test_a_failure_that_nobody_listens_to_is_logged(run: Run[Any], warnings_logged: list[str]) -> None:
    async def scenario() -> None:
        owner = TaskOwner("connection")
        owner.start("flaky", _fail())
        for _ in range(3):
            await asyncio.sleep(0)
        assert owner.names == []

    run(scenario())
    assert warnings_logged == ["The task “connection: flaky” failed."]
