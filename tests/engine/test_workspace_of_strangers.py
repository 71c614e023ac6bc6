"""A workspace from elsewhere opens to look only: nothing that acts outside runs before it was approved here."""

from __future__ import annotations

import asyncio
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from eventmon.core.errors import UserError
from eventmon.engine import requests
from eventmon.engine.approvals import NOT_APPROVED
from eventmon.engine.definitions import ConnectionDefinition, ObserverDefinition
from eventmon.engine.engine import Engine
from eventmon.engine.paths import Paths
from eventmon.engine.workspace import read_workspace
from tests.engine.conftest import Run
from tests.engine.orders_source import OrdersBroker
from tests.engine.rig import order
from tests.engine.test_saved_connections import open_saved, problems_of, running, secrets_of, until
from tests.engine.test_saved_observers import listed


class Listener:
    """A server of nobody's: it only knows whether somebody connects."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.port: int = self.socket.getsockname()[1]

    def was_connected_to(self) -> bool:
        try:
            self.socket.accept()[0].close()
        except BlockingIOError:
            return False
        return True


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.socket.close()


class Team:
    """The workspace that somebody sent: a broker, a file that is written, a rule that publishes, and a counter."""

    def __init__(self, folder: Path, port: int) -> None:
        self.path = folder / "team.toml"
        self.audit = folder / "audit.jsonl"
        self.path.write_text(
            f"""format = 1
[connections.prod]
url = "redis://checkout:keyring:prod@127.0.0.1:{port}?channels=orders.*"

[observers.audit]
kind = "file"
pattern = "orders/#"
settings = {{path = "{self.audit}"}}

[observers.mail]
kind = "publish"
pattern = "orders/#"
settings = {{topic = "mail"}}

[observers.paid]
kind = "counter"
pattern = "orders/#"
""",
            encoding="utf-8",
        )

    def replace(self, old: str, new: str) -> None:
        text = self.path.read_text(encoding="utf-8")
        assert old in text
        self.path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def team(tmp_path: Path, listener: Listener) -> Team:
    return Team(tmp_path, listener.port)


async def approve(engine: Engine, *names: str) -> requests.ImportedWorkspace:
    review = await engine.answer(requests.ReviewWorkspace())
    chosen = [
        requests.ChosenDefinition(table=each.table, name=each.name, digest=each.digest)
        for each in review.definitions
        if each.name in names or not names
    ]
    return await engine.answer(requests.ApproveDefinitions(chosen=chosen))


async def states(engine: Engine) -> dict[str, str]:
    return {each.name: each.state for each in await listed(engine)}


async def unapproved(engine: Engine) -> int:
    return (await engine.answer(requests.TakeFrame(viewer="window"))).unapproved


def test_nothing_that_acts_runs_before_it_was_approved(
    run: Run[Any], paths: Paths, team: Team, listener: Listener
) -> None:
    async def scenario() -> None:
        async with running(paths, workspace=team.path) as engine:
            (status,) = await until(engine, ("prod", "closed"))
            assert "Off until you approve it" in status.detail
            assert await states(engine) == {"audit": "paused", "mail": "paused", "paid": "active"}
            assert {each.why for each in await listed(engine) if each.state == "paused"} == {NOT_APPROVED}
            assert await unapproved(engine) == 3
            await engine.accept([order(1)])
            assert [topic.topic for topic in engine.topics()] == ["orders/eu/created"]
            for request in (
                requests.ReconnectConnection(name="prod"),
                requests.ResumeObserver(name="audit"),
                requests.ResumeObserver(name="mail"),
            ):
                with pytest.raises(UserError, match="is not approved"):
                    await engine.answer(request)
            assert problems_of(engine) == []
        assert not listener.was_connected_to()
        assert not team.audit.exists()

    run(scenario())


def test_what_is_off_is_listed_with_its_target(run: Run[Any], paths: Paths, team: Team, listener: Listener) -> None:
    async def scenario() -> None:
        async with running(paths, workspace=team.path) as engine:
            review = await engine.answer(requests.ReviewWorkspace())
            assert review.path == str(team.path)
            assert {each.name: each.words for each in review.definitions} == {
                "prod": f"connects to redis://checkout:***@127.0.0.1:{listener.port}?channels=orders.* "
                "with the password “prod” of this machine, events can be sent to it",
                "audit": f"writes to the file {team.audit} for orders/#",
                "mail": "publishes to mail for orders/#",
            }

    run(scenario())


def test_what_was_approved_acts_at_once_and_with_the_next_start(
    run: Run[Any], paths: Paths, team: Team, listener: Listener
) -> None:
    async def scenario() -> None:
        team.replace("checkout:keyring:prod@", "")
        async with running(paths, workspace=team.path) as engine:
            outcome = await approve(engine, "prod", "audit")
            assert outcome == requests.ImportedWorkspace(taken=["prod", "audit"])
            await until_connected_to(listener)
            assert await states(engine) == {"audit": "active", "mail": "paused", "paid": "active"}
            assert await unapproved(engine) == 1
            await engine.accept([order(1)])
        assert team.audit.read_bytes().count(b"\n") == 1
        assert stat.S_IMODE(paths.approvals_file.stat().st_mode) == 0o600
        async with running(paths, workspace=team.path) as engine:
            assert await states(engine) == {"audit": "active", "mail": "paused", "paid": "active"}
            await until_connected_to(listener)

    run(scenario())


async def until_connected_to(listener: Listener) -> None:
    for _ in range(2_000):
        if listener.was_connected_to():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("nobody connected")


@pytest.mark.parametrize(
    ("change", "off"),
    [
        (('"redis://', '"rediss://'), "prod"),
        (("audit.jsonl", ".bashrc"), "audit"),
        (('pattern = "orders/#"\nsettings = {topic', 'pattern = "#"\nsettings = {topic'), "mail"),
        (('kind = "counter"\n', 'kind = "publish"\nsettings = {topic = "mail"}\n'), "paid"),
    ],
)
def test_a_definition_changed_in_the_file_loses_its_approval(
    run: Run[Any], paths: Paths, team: Team, change: tuple[str, str], off: str
) -> None:
    async def scenario() -> None:
        async with running(paths, workspace=team.path) as engine:
            await approve(engine)
        team.replace(*change)
        async with running(paths, workspace=team.path) as engine:
            assert [each.name for each in (await engine.answer(requests.ReviewWorkspace())).definitions] == [off]

    run(scenario())


def test_a_colour_is_no_reason_to_ask_again(run: Run[Any], paths: Paths, team: Team) -> None:
    async def scenario() -> None:
        async with running(paths, workspace=team.path) as engine:
            await approve(engine)
        team.replace("[connections.prod]", '[connections.prod]\ncolor = "red"')
        async with running(paths, workspace=team.path) as engine:
            assert await unapproved(engine) == 0

    run(scenario())


def test_what_is_changed_here_stays_approved_and_what_was_off_stays_off(
    run: Run[Any], paths: Paths, team: Team
) -> None:
    async def scenario() -> None:
        async with running(paths, workspace=team.path) as engine:
            await approve(engine, "audit")
            await engine.answer(requests.PauseObserver(name="audit"))
            await engine.answer(requests.PauseObserver(name="mail"))
            await engine.answer(requests.EditConnection(name="prod", color="red"))
            await engine.answer(requests.CloseConnection(name="prod"))
        async with running(paths, workspace=team.path) as engine:
            assert await states(engine) == {"audit": "paused", "mail": "paused", "paid": "active"}
            assert {each.name for each in (await engine.answer(requests.ReviewWorkspace())).definitions} == {
                "prod",
                "mail",
            }

    run(scenario())


def test_what_is_made_or_edited_whole_here_is_approved_by_that(
    run: Run[Any], paths: Paths, team: Team, tmp_path: Path
) -> None:
    async def scenario() -> None:
        mine = ObserverDefinition(
            name="mine", kind="file", pattern="orders/#", settings={"path": str(tmp_path / "mine.jsonl")}
        )
        mail = ObserverDefinition(name="mail", kind="publish", pattern="orders/#", settings={"topic": "shop/mail"})
        async with running(paths, workspace=team.path) as engine:
            await engine.answer(requests.AttachObserver(definition=mine))
            await engine.answer(requests.EditObserver(name="mail", definition=mail))
            await open_saved(engine, "demo://?rate=1", "demo")
            await engine.answer(requests.EditConnection(name="prod", url="demo://?rate=2"))
            await until(engine, ("prod", "connected"), ("demo", "connected"))
            assert (await states(engine))["mail"] == "active"
        async with running(paths, workspace=team.path) as engine:
            await until(engine, ("prod", "connected"), ("demo", "connected"))
            assert await states(engine) == {"audit": "paused", "mail": "active", "paid": "active", "mine": "active"}

    run(scenario())


def test_an_edit_that_is_refused_approves_nothing(run: Run[Any], paths: Paths, team: Team) -> None:
    async def scenario() -> None:
        async with running(paths, workspace=team.path) as engine:
            broken = ObserverDefinition(name="audit", kind="file", pattern="a/#/b", settings={"path": "/tmp/x"})
            with pytest.raises(UserError):
                await engine.answer(requests.EditObserver(name="audit", definition=broken))
            with pytest.raises(UserError, match="is not approved"):
                await engine.answer(requests.ResumeObserver(name="audit"))
            with pytest.raises(UserError):
                await engine.answer(requests.EditConnection(name="prod", url="smoke://signal"))
            with pytest.raises(UserError, match="is not approved"):
                await engine.answer(requests.ReconnectConnection(name="prod"))

    run(scenario())


def test_what_was_detached_here_and_put_back_into_the_file_is_off(run: Run[Any], paths: Paths, team: Team) -> None:
    async def scenario() -> None:
        before = team.path.read_text(encoding="utf-8")
        async with running(paths, workspace=team.path) as engine:
            await approve(engine)
            await engine.answer(requests.DetachObserver(name="audit"))
        team.path.write_text(before, encoding="utf-8")
        async with running(paths, workspace=team.path) as engine:
            assert [each.name for each in (await engine.answer(requests.ReviewWorkspace())).definitions] == ["audit"]

    run(scenario())


def test_an_approval_is_of_what_was_looked_at(run: Run[Any], paths: Paths, team: Team) -> None:
    async def scenario() -> None:
        async with running(paths, workspace=team.path) as engine:
            seen = requests.ChosenDefinition(table="observers", name="audit", digest="of something else")
            outcome = await engine.answer(requests.ApproveDefinitions(chosen=[seen]))
            assert outcome.taken == []
            assert "was changed" in outcome.refused[0]
            assert (await states(engine))["audit"] == "paused"

    run(scenario())


def test_the_same_file_elsewhere_is_another_workspace(run: Run[Any], paths: Paths, team: Team, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(paths, workspace=team.path) as engine:
            await approve(engine)
        copy = tmp_path / "copy.toml"
        copy.write_bytes(team.path.read_bytes())
        async with running(paths, workspace=copy) as engine:
            assert await unapproved(engine) == 3

    run(scenario())


def test_the_workspace_of_the_profile_is_trusted_also_by_its_name(
    run: Run[Any], paths: Paths, team: Team, listener: Listener
) -> None:
    async def scenario() -> None:
        paths.create()
        paths.workspace_file.write_bytes(team.path.read_bytes().replace(b"checkout:keyring:prod@", b""))
        async with running(paths, workspace=paths.workspace_file) as engine:
            assert await unapproved(engine) == 0
            await until_connected_to(listener)
        assert not paths.approvals_file.exists()

    run(scenario())


def test_a_workspace_that_is_not_there_yet_is_made_as_definitions_come(
    run: Run[Any], paths: Paths, tmp_path: Path
) -> None:
    async def scenario() -> None:
        path = tmp_path / "new" / "shop.toml"
        async with running(paths, workspace=path) as engine:
            await open_saved(engine, "demo://?rate=1", "demo")
        assert [each.name for each in read_workspace(path, ConnectionDefinition)] == ["demo"]
        assert not paths.workspace_file.exists()
        async with running(paths, workspace=path) as engine:
            await until(engine, ("demo", "connected"))

    run(scenario())


def test_approvals_that_cannot_be_read_are_none(run: Run[Any], paths: Paths, team: Team) -> None:
    async def scenario() -> None:
        async with running(paths, workspace=team.path) as engine:
            await approve(engine)
        paths.approvals_file.write_text("[", encoding="utf-8")
        async with running(paths, workspace=team.path) as engine:
            assert await unapproved(engine) == 3
            assert "nothing is approved" in problems_of(engine)[0]
            assert (await approve(engine, "mail")).taken == ["mail"]
            assert any("cannot be read" in text for text in problems_of(engine))
            assert paths.approvals_file.read_text(encoding="utf-8") == "["

    run(scenario())


def test_what_an_approval_holds_is_no_text_of_the_definition(run: Run[Any], paths: Paths, team: Team) -> None:
    async def scenario() -> None:
        async with running(paths, workspace=team.path) as engine:
            await approve(engine)
        kept = msgspec.json.decode(paths.approvals_file.read_bytes(), type=dict[str, dict[str, str]])
        assert list(kept) == [str(team.path)]
        assert all(len(digest) == 64 for digest in kept[str(team.path)].values())

    run(scenario())


def test_what_cannot_be_used_is_failed_and_not_approved_by_a_touch(run: Run[Any], paths: Paths, tmp_path: Path) -> None:
    path = tmp_path / "future.toml"
    path.write_text(
        'format = 1\n[connections.far]\nurl = "smoke://signal"\n'
        '[observers.beam]\nkind = "teleport"\npattern = "orders/#"\n',
        encoding="utf-8",
    )

    async def scenario() -> None:
        async with running(paths, workspace=path) as engine:
            await until(engine, ("far", "failed"))
            assert await states(engine) == {"beam": "stopped"}
            assert await unapproved(engine) == 0
            await engine.answer(requests.PauseObserver(name="beam"))
            await engine.answer(requests.EditConnection(name="far", color="red"))
        assert not paths.approvals_file.exists()

    run(scenario())


def test_passwords_of_a_named_workspace_are_its_own(
    run: Run[Any], paths: Paths, tmp_path: Path, broker: OrdersBroker
) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await open_saved(engine)
        async with running(paths, workspace=tmp_path / "team.v2.toml") as engine:
            await open_saved(engine, "orders://checkout:their-own@shop.example")
            await until(engine, ("prod", "connected"))
            assert secrets_of(paths) == {"prod": "hunter2", "prod-of-team-v2": "their-own"}
            await engine.answer(requests.EditConnection(name="prod", url="orders://checkout:keyring:prod@shop.example"))
            assert secrets_of(paths) == {"prod": "hunter2"}
            await engine.answer(requests.ForgetConnection(name="prod"))
            assert secrets_of(paths) == {"prod": "hunter2"}

    run(scenario())
