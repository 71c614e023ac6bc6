"""Connections that are saved: what the workspace and the store of secrets hold, and what a start makes of it."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from eventmon.core.errors import UserError
from eventmon.engine import requests
from eventmon.engine.definitions import ConnectionDefinition
from eventmon.engine.engine import Engine
from eventmon.engine.frame import ConnectionStatus
from eventmon.engine.options import EngineOptions
from eventmon.engine.paths import Paths
from eventmon.engine.workspace import read_workspace
from tests.engine import whole_engine
from tests.engine.conftest import Run
from tests.engine.orders_source import OrdersBroker
from tests.engine.rig import order

URL = "orders://checkout:hunter2@shop.example?channels=created"


def running(paths: Paths, **options: Any) -> AbstractAsyncContextManager[Engine]:
    """An engine with these options."""
    return whole_engine.running(paths, EngineOptions(**options))


async def open_saved(engine: Engine, url: str = URL, name: str = "prod", **fields: Any) -> ConnectionStatus:
    return await engine.answer(requests.OpenConnection(url=url, name=name, save=True, **fields))


async def until(engine: Engine, *expected: tuple[str, str]) -> list[ConnectionStatus]:
    for _ in range(2_000):
        statuses = await engine.answer(requests.ListConnections())
        if [(status.name, status.phase) for status in statuses] == list(expected):
            return statuses
        await asyncio.sleep(0.005)
    raise AssertionError(statuses)


def problems_of(engine: Engine) -> list[str]:
    return [problem.text for problem in engine.problems.since(0) if problem.where not in ("passwords", "engine")]


def saved(paths: Paths) -> dict[str, ConnectionDefinition]:
    return {each.name: each for each in read_workspace(paths.workspace_file, ConnectionDefinition)}


def secrets_of(paths: Paths) -> dict[str, str]:
    try:
        return msgspec.json.decode(paths.secrets_file.read_bytes(), type=dict[str, str])
    except FileNotFoundError:
        return {}


def write_workspace(paths: Paths, *tables: str) -> None:
    paths.create()
    paths.workspace_file.write_text("format = 1\n" + "\n".join(tables), encoding="utf-8")


def test_a_saved_connection_comes_back_and_its_password_stays_in_the_store(
    run: Run[Any], paths: Paths, broker: OrdersBroker
) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            status = await open_saved(engine, color="red")
            assert (status.saved, status.read_only, status.color) == (True, True, "red")
            assert saved(paths) == {
                "prod": ConnectionDefinition(
                    name="prod",
                    url="orders://checkout:keyring:prod@shop.example?channels=created",
                    read_only=True,
                    color="red",
                )
            }
            assert secrets_of(paths) == {"prod": "hunter2"}
        async with running(paths) as engine:
            (status,) = await until(engine, ("prod", "connected"))
            assert (status.saved, status.read_only, status.color) == (True, True, "red")
            assert status.url == "orders://checkout:***@shop.example?channels=created"
        assert saved(paths)["prod"].connected
        assert [opened.config.password for opened in broker.opened] == ["hunter2", "hunter2"]

    run(scenario())


def test_a_disconnected_one_comes_back_closed_and_a_forgotten_one_not_at_all(
    run: Run[Any], paths: Paths, broker: OrdersBroker
) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await open_saved(engine)
            await open_saved(engine, name="dev")
            await engine.answer(requests.CloseConnection(name="prod"))
            await engine.answer(requests.ForgetConnection(name="dev"))
            assert secrets_of(paths) == {"prod": "hunter2"}
        async with running(paths) as engine:
            (status,) = await until(engine, ("prod", "closed"))
            assert (status.detail, status.publishes, status.saved) == ("Disconnected.", True, True)
            with pytest.raises(UserError, match="read-only"):
                await engine.answer(requests.Publish(topic="prod/created"))
            await engine.answer(requests.ReconnectConnection(name="prod"))
            await until(engine, ("prod", "connected"))
        async with running(paths) as engine:
            await until(engine, ("prod", "connected"))
            await engine.answer(requests.ForgetConnection(name="prod"))
        assert saved(paths) == {}
        assert secrets_of(paths) == {}

    run(scenario())


def test_an_edit_is_remembered_and_replaces_the_password(run: Run[Any], paths: Paths, broker: OrdersBroker) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await open_saved(engine)
            await engine.answer(requests.EditConnection(name="prod", read_only=False, color="amber"))
            await engine.answer(
                requests.EditConnection(name="prod", url="orders://checkout:***@shop.example?channels=paid")
            )
            assert secrets_of(paths) == {"prod": "hunter2"}
            edited = saved(paths)["prod"]
            assert (edited.read_only, edited.color) == (False, "amber")
            assert edited.url == "orders://checkout:keyring:prod@shop.example?channels=paid"
            same_but_password = "orders://checkout:letmein@shop.example?channels=paid"
            await engine.answer(requests.EditConnection(name="prod", url=same_but_password))
            assert secrets_of(paths) == {"prod": "letmein"}
            assert broker.opened[-1].config.password == "letmein"
            await engine.answer(requests.EditConnection(name="prod", url="orders://shop.example"))
            assert secrets_of(paths) == {}
            assert saved(paths)["prod"].url == "orders://shop.example"

    run(scenario())


def test_a_reference_is_saved_as_it_is_written(
    run: Run[Any], paths: Paths, broker: OrdersBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", "hunter2")
    url = "orders://checkout:${SHOP_PASSWORD}@shop.example"

    async def scenario() -> None:
        async with running(paths) as engine:
            await open_saved(engine, url)
            assert saved(paths)["prod"].url == url
            assert secrets_of(paths) == {}
            assert broker.opened[0].config.password == "hunter2"
            with pytest.raises(UserError, match="OTHER_PASSWORD"):
                await open_saved(engine, "orders://checkout:${OTHER_PASSWORD}@shop.example", "dev")
            assert [status.name for status in engine.connections.statuses()] == ["prod"]
            assert list(saved(paths)) == ["prod"]

    run(scenario())


def test_a_password_that_others_refer_to_is_neither_replaced_nor_deleted(
    run: Run[Any], paths: Paths, broker: OrdersBroker
) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await open_saved(engine)
            await open_saved(engine, "orders://audit:keyring:prod@shop.example", "dev")
            await engine.answer(requests.EditConnection(name="prod", url="orders://checkout:letmein@shop.example"))
            assert secrets_of(paths) == {"prod": "hunter2", "prod-2": "letmein"}
            await engine.answer(requests.ForgetConnection(name="prod"))
            assert secrets_of(paths) == {"prod": "hunter2"}
            await engine.answer(requests.ForgetConnection(name="dev"))
            assert secrets_of(paths) == {"prod": "hunter2"}

    run(scenario())


def test_one_that_cannot_be_opened_is_listed_with_its_reason_and_may_be_mended(
    run: Run[Any], paths: Paths, broker: OrdersBroker
) -> None:
    write_workspace(
        paths,
        '[connections.bad]\nurl = "carrier-pigeon://roof"',
        '[connections.lost]\nurl = "orders://checkout:keyring:lost@shop.example"',
        '[connections.orders]\nurl = "orders://shop.example"',
        '[connections.good]\nurl = "orders://localhost"',
    )
    text = paths.workspace_file.read_text()

    async def scenario() -> None:
        async with running(paths, serve_control=False) as engine:
            await engine.accept([order(1)])  # orders/… is local
        async with running(paths) as engine:
            expected = (("bad", "failed"), ("lost", "failed"), ("orders", "failed"), ("good", "connected"))
            bad, lost, local, good = await until(engine, *expected)
            assert "carrier-pigeon" in bad.detail
            assert "keyring:lost" in lost.detail
            assert "local topics" in local.detail
            assert all(status.saved for status in (bad, lost, local, good))
            assert (bad.read_only, lost.read_only, good.read_only) == (True, True, False)
            assert len(problems_of(engine)) == 3
            assert read_text(paths) == text
            with pytest.raises(UserError, match="carrier-pigeon"):
                await engine.answer(requests.EditConnection(name="bad", url="carrier-pigeon://tower"))
            await engine.answer(requests.EditConnection(name="bad", url="orders://localhost"))
            await engine.answer(requests.EditConnection(name="lost", url="orders://checkout:hunter2@shop.example"))
            await engine.answer(requests.ReconnectConnection(name="lost"))
            await until(engine, ("bad", "connected"), ("lost", "connected"), *expected[2:])
            assert saved(paths)["lost"].url == "orders://checkout:keyring:lost@shop.example"
            assert secrets_of(paths) == {"lost": "hunter2"}

    run(scenario())


def read_text(paths: Paths) -> str:
    return paths.workspace_file.read_text(encoding="utf-8")


def test_a_name_of_the_command_line_wins_for_this_run(run: Run[Any], paths: Paths, broker: OrdersBroker) -> None:
    write_workspace(paths, '[connections.prod]\nurl = "orders://shop.example"\nread_only = true')

    async def scenario() -> None:
        async with running(paths, connections=(("prod", "orders://checkout:hunter2@localhost"),)) as engine:
            (status,) = await until(engine, ("prod", "connected"))
            assert (status.url, status.saved) == ("orders://checkout:***@localhost", False)
            (warning,) = problems_of(engine)
            assert "“prod” stands in the command line" in warning
            assert "hunter2" not in warning
            await engine.answer(requests.EditConnection(name="prod", url="orders://localhost"))
            await engine.answer(requests.ForgetConnection(name="prod"))
        assert saved(paths) == {"prod": ConnectionDefinition(name="prod", url="orders://shop.example", read_only=True)}

    run(scenario())


def test_an_engine_that_is_not_the_one_of_its_profile_keeps_no_workspace(
    run: Run[Any], paths: Paths, broker: OrdersBroker, tmp_path: Path
) -> None:
    write_workspace(paths, '[connections.prod]\nurl = "orders://shop.example"')
    text = read_text(paths)

    async def scenario() -> None:
        async with running(paths, serve_control=False, session=tmp_path / "other.eventmon") as engine:
            assert await engine.answer(requests.ListConnections()) == []
            status = await open_saved(engine, name="dev")
            assert not status.saved
            (told,) = problems_of(engine)
            assert "“dev” is not saved" in told
        assert read_text(paths) == text
        assert secrets_of(paths) == {}

    run(scenario())


def test_a_session_to_look_at_opens_no_connection(
    run: Run[Any], paths: Paths, broker: OrdersBroker, tmp_path: Path
) -> None:
    write_workspace(paths, '[connections.prod]\nurl = "orders://shop.example"')
    path = tmp_path / "shared.eventmon"

    async def scenario() -> None:
        async with running(Paths.for_profile("second"), session=path), running(paths, session=path) as viewer:
            assert await viewer.answer(requests.ListConnections()) == []
        assert broker.opened == []

    run(scenario())


def test_a_password_written_into_the_workspace_works_and_is_warned_of(
    run: Run[Any], paths: Paths, broker: OrdersBroker
) -> None:
    write_workspace(paths, f'[connections.prod]\nurl = "{URL}"')

    async def scenario() -> None:
        async with running(paths) as engine:
            await until(engine, ("prod", "connected"))
            assert "workspace file" in problems_of(engine)[0]
            await engine.answer(
                requests.EditConnection(name="prod", url="orders://checkout:***@shop.example?channels=created")
            )
            assert "hunter2" not in read_text(paths)
            assert secrets_of(paths) == {"prod": "hunter2"}

    run(scenario())


def test_what_fails_is_opened_again_with_the_next_start(run: Run[Any], paths: Paths, broker: OrdersBroker) -> None:
    async def fail(feed: Any) -> None:
        raise UserError("The broker refuses the user. Correct it.")

    async def scenario() -> None:
        async with running(paths) as engine:
            await open_saved(engine)
            await broker.steps.put(fail)
            await until(engine, ("prod", "failed"))
        async with running(paths) as engine:
            await until(engine, ("prod", "connected"))

    run(scenario())


def test_a_workspace_with_a_mistake_stops_nothing_and_is_left_alone(
    run: Run[Any], paths: Paths, broker: OrdersBroker
) -> None:
    write_workspace(paths, '[connections.prod]\nurll = "orders://shop.example"')
    text = read_text(paths)

    async def scenario() -> None:
        async with running(paths) as engine:
            assert (await open_saved(engine, name="dev")).phase == "connected"
            (told,) = problems_of(engine)
            assert "[connections.prod]" in told
            assert "not remembered" in told
        assert read_text(paths) == text

    run(scenario())


def test_no_unmasked_password_is_shown_anywhere(run: Run[Any], paths: Paths, broker: OrdersBroker) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await open_saved(engine)
            frame = await engine.answer(requests.TakeFrame(viewer="window"))
            shown = msgspec.json.encode([frame, engine.stats(), await engine.answer(requests.ListConnections())])
            assert b"hunter2" not in shown
            (mount,) = engine.connections.mounts
            assert "hunter2" not in repr((mount.definition, mount.address))

    run(scenario())
