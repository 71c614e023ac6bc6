from __future__ import annotations

from typing import Any

import pytest

from eventmon.core.errors import UserError
from eventmon.engine import requests, trying
from eventmon.engine.engine import Engine
from eventmon.engine.options import EngineOptions
from eventmon.engine.paths import Paths
from eventmon.engine.requests import BrowsedNames, ConnectionTest, FoundName
from tests.engine.conftest import Run
from tests.engine.orders_source import OrdersBroker

QUIET = EngineOptions(serve_control=False)


@pytest.fixture
def engine(paths: Paths) -> Engine:
    return Engine(QUIET, paths)


def test_a_test_says_what_answered_and_keeps_nothing(run: Run[Any], engine: Engine, broker: OrdersBroker) -> None:
    async def scenario() -> None:
        await engine.start()
        broker.password = "hunter2"
        test = await engine.answer(requests.TryConnection(url="orders://checkout:hunter2@shop.example"))
        assert test == ConnectionTest(ok=True, sentence="Orders 1.0 answered.")
        assert await engine.answer(requests.ListConnections()) == []
        await engine.stop()

    run(scenario())


def test_a_test_says_which_field_to_mend(
    run: Run[Any], engine: Engine, broker: OrdersBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        await engine.start()
        broker.password = "hunter2"
        test = await engine.answer(requests.TryConnection(url="orders://checkout:wrong@shop.example"))
        assert test == ConnectionTest(
            ok=False, sentence="The password is wrong. Correct it.", field="password", retry=False
        )
        for url, said in (
            ("carrier-pigeon://roof", "carrier-pigeon"),
            ("orders://checkout:${NOT_SET}@shop.example", "NOT_SET"),
            ("orders://checkout:***@shop.example", "only stands for a password"),
            ("demo://", "cannot be tested"),
        ):
            test = await engine.answer(requests.TryConnection(url=url))
            assert not test.ok
            assert said in test.sentence
        await engine.stop()

    run(scenario())


def test_stars_borrow_the_password_of_the_connection_that_is_named(
    run: Run[Any], engine: Engine, broker: OrdersBroker
) -> None:
    async def scenario() -> None:
        await engine.start()
        broker.password = "hunter2"
        await engine.answer(requests.OpenConnection(url="orders://checkout:hunter2@shop.example", name="prod"))
        url = "orders://checkout:***@shop.example"
        assert (await engine.answer(requests.TryConnection(url=url, name="prod"))).ok
        assert (await engine.answer(requests.Browse(url=url, name="prod"))).found
        await engine.stop()

    run(scenario())


def test_names_are_listed_part_by_part(run: Run[Any], engine: Engine, broker: OrdersBroker) -> None:
    async def scenario() -> None:
        await engine.start()
        first = await engine.answer(requests.Browse(url="orders://shop.example"))
        assert first == BrowsedNames(
            found=[FoundName(field="channels", item="created", note="3 orders")], cursor="1", looked_at=1, total=3
        )
        found, cursor = [], "0"
        while cursor:
            part = await engine.answer(requests.Browse(url="orders://shop.example", cursor=cursor))
            found += [name.item for name in part.found]
            cursor = part.cursor
        assert found == ["created", "paid", "shipped"]
        broker.password = "hunter2"
        with pytest.raises(UserError, match="The password is wrong"):
            await engine.answer(requests.Browse(url="orders://shop.example"))
        with pytest.raises(UserError, match="cannot be listed"):
            await engine.answer(requests.Browse(url="demo://"))
        await engine.stop()

    run(scenario())


def test_a_source_that_does_not_answer_is_not_waited_for(
    run: Run[Any], engine: Engine, broker: OrdersBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trying, "ANSWER_SECONDS", 0.01)

    async def scenario() -> None:
        await engine.start()
        broker.answering.clear()
        test = await engine.answer(requests.TryConnection(url="orders://shop.example"))
        assert (test.ok, test.retry) == (False, True)
        assert "No answer" in test.sentence
        with pytest.raises(UserError, match="No answer"):
            await engine.answer(requests.Browse(url="orders://shop.example"))
        await engine.stop()

    run(scenario())


def test_a_bug_in_a_connector_is_a_sentence_without_the_password(
    run: Run[Any],
    engine: Engine,
    broker: OrdersBroker,
    monkeypatch: pytest.MonkeyPatch,
    warnings_logged: list[str],
) -> None:
    async def break_down(config: Any) -> str:
        raise RuntimeError(f"cannot send {config.password}")

    monkeypatch.setattr(broker, "probe", break_down)

    async def scenario() -> None:
        await engine.start()
        test = await engine.answer(requests.TryConnection(url="orders://checkout:hunter2@shop.example"))
        assert not test.ok
        assert "hunter2" not in test.sentence
        await engine.stop()

    run(scenario())
    (logged,) = warnings_logged
    assert "RuntimeError: cannot send ***" in logged
    assert "hunter2" not in logged
