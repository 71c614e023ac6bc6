"""Whoever can write to a hub cannot make the machines of the others act: no order of edits gets round approval."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from eventmon.core.errors import UserError
from eventmon.engine import requests
from eventmon.engine.approvals import Approvals
from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.paths import Paths
from eventmon.engine.problems import Problems
from eventmon.engine.workspace import Workspace
from tests.engine.conftest import Run
from tests.engine.hub_rig import Colleague, on_hub
from tests.engine.rig import order
from tests.helpers.valkey import ValkeyServer


@pytest.fixture(scope="module")
def valkey() -> Iterator[ValkeyServer]:
    with ValkeyServer() as server:
        yield server


@pytest.fixture
def url(valkey: ValkeyServer) -> str:
    with valkey.client() as client:
        client.flushall()
    return f"redis://{valkey.address}"


def copying(target: Path, name: str = "copy") -> ObserverDefinition:
    return ObserverDefinition(name=name, kind="file", pattern="orders/#", settings={"path": str(target)})


async def changed_by(omar: Colleague, definition: ObserverDefinition) -> None:
    """An edit by a colleague of the observer that has this name."""
    await omar.until(lambda: definition.name in omar.observers())
    await omar.engine.answer(requests.EditObserver(name=definition.name, definition=definition))


async def put_back(omar: Colleague, definition: ObserverDefinition, instance: str) -> None:
    """A colleague writes an observer into the hub for another instance to run."""
    sharing = omar.engine.hub.sharing
    assert sharing is not None
    await omar.until(lambda: definition.name not in omar.observers())
    planted = msgspec.structs.replace(sharing.definitions._new(definition), instance=instance)
    await sharing.definitions._edit("observer", definition.name, planted, seen=0)


def instance_of(one: Colleague) -> str:
    assert one.engine.hub.sharing is not None
    return one.engine.hub.sharing.definitions.instance


def test_what_was_off_does_not_act_after_its_hub_was_left(run: Run[Any], url: str, tmp_path: Path) -> None:
    planted = tmp_path / "bashrc"

    async def scenario() -> None:
        async with on_hub("maria") as maria:
            await maria.engine.answer(requests.ShareWorkspace(url=url))
            async with on_hub("omar", url) as omar:
                await maria.attach("copy")
                await changed_by(omar, copying(planted))
                await maria.until_states(copy="paused")
            await maria.engine.answer(requests.LeaveHub())
            assert maria.states() == {"copy": "paused"}
        async with on_hub("maria") as maria:
            assert maria.states() == {"copy": "paused"}
            await maria.engine.accept([order(1)])
            await maria.engine.answer(requests.ResumeObserver(name="copy"))
            assert maria.states() == {"copy": "active"}
        assert not planted.exists() or not planted.read_bytes()

    run(scenario())


def test_an_edit_here_approves_itself_and_not_what_it_replaces(run: Run[Any], url: str, tmp_path: Path) -> None:
    planted, own = copying(tmp_path / "bashrc"), copying(tmp_path / "orders.txt", "orders")

    async def scenario() -> None:
        async with on_hub("maria", url) as maria, on_hub("omar", url) as omar:
            await maria.attach("copy")
            await changed_by(omar, planted)
            await maria.until_states(copy="paused")
            await maria.engine.answer(requests.EditObserver(name="copy", definition=own))
            assert maria.states() == {"orders": "active"}
            await put_back(omar, planted, instance_of(maria))
            await maria.until_states(copy="paused", orders="active")

    run(scenario())


def test_an_observer_that_was_detached_and_is_put_back_by_somebody_else_is_off(
    run: Run[Any], url: str, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with on_hub("maria", url) as maria, on_hub("omar", url) as omar:
            definition = copying(tmp_path / "orders.txt")
            await maria.engine.answer(requests.AttachObserver(definition=definition))
            await omar.until_states(copy="active")
            await maria.engine.answer(requests.DetachObserver(name="copy"))
            await put_back(omar, definition, instance_of(maria))
            await maria.until_states(copy="paused")

    run(scenario())


def test_what_comes_between_joining_and_restoring_is_weighed_as_well(run: Run[Any], url: str, tmp_path: Path) -> None:
    planted = copying(tmp_path / "bashrc")

    async def scenario() -> None:
        async with on_hub("maria", url) as maria:
            await maria.attach("copy")
            await maria.until(lambda: not maria.hub().waiting)
            workspace = maria.engine.workspace
            assert workspace is not None
            assert workspace.may_act(copying(tmp_path / "orders.txt")) is False
            await maria.engine.observers.obey("copy", planted)  # nothing has told the workspace of it yet
            assert maria.states() == {"copy": "paused"}
            with pytest.raises(UserError, match="not approved"):
                await maria.engine.observers.resume("copy")
            with pytest.raises(UserError, match="was changed since"):
                await maria.engine.observers.approve(planted)

    run(scenario())


def test_sharing_a_workspace_from_elsewhere_approves_nothing_of_it(run: Run[Any], url: str, tmp_path: Path) -> None:
    file = tmp_path / "team.toml"
    file.write_text(
        'format = 1\n[observers.copy]\nkind = "file"\npattern = "orders/#"\n'
        f'[observers.copy.settings]\npath = "{tmp_path / "bashrc"}"\n'
    )

    async def scenario() -> None:
        async with on_hub("maria", workspace=file) as maria:
            assert maria.states() == {"copy": "paused"}
            await maria.engine.answer(requests.ShareWorkspace(url=url))
        async with on_hub("maria", workspace=file) as maria:
            await maria.until_states(copy="paused")
            assert "approve" in maria.observers()["copy"].why

    run(scenario())


def test_a_new_name_takes_the_approval_of_the_old_one(run: Run[Any], tmp_path: Path) -> None:
    async def scenario() -> None:
        problems = Problems(lambda: 0)
        paths = Paths.for_profile("maria")
        paths.create()
        file = tmp_path / "team.toml"
        approvals = Approvals(paths.approvals_file, file, problems)
        workspace = Workspace(file, problems, approvals)
        before, after = copying(tmp_path / "orders.txt"), copying(tmp_path / "orders.txt", "orders")
        await workspace.keep(before)
        await workspace.keep(after, instead_of="copy")
        assert (approvals.cover(before), approvals.cover(after)) == (False, True)

    run(scenario())
