"""Engines on one hub: what one of a team does the others see, count and may change, and nothing is run twice."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from eventmon.core.errors import UserError
from eventmon.engine import requests
from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.paths import Paths
from eventmon.hub.base import VersionConflict
from tests.engine.conftest import Run
from tests.engine.hub_rig import on_hub
from tests.engine.rig import order, orders
from tests.helpers.free_port import free_port
from tests.helpers.valkey import ValkeyServer


@pytest.fixture(scope="module")
def shared_valkey() -> Iterator[ValkeyServer]:
    with ValkeyServer(appendonly="always") as server:
        yield server


@pytest.fixture
def url(shared_valkey: ValkeyServer) -> str:
    with shared_valkey.client() as client:
        client.flushall()
    return f"redis://{shared_valkey.address}"


def counter(name: str, pattern: str = "orders/#", **more: Any) -> ObserverDefinition:
    return ObserverDefinition(name=name, kind="counter", pattern=pattern, **more)


def test_observers_of_all_are_listed_and_counted_everywhere(run: Run[Any], url: str) -> None:
    async def scenario() -> None:
        async with on_hub("maria", url) as maria, on_hub("omar", url) as omar:
            await maria.engine.accept(orders(2))
            await omar.engine.accept(orders(3))
            await maria.attach("paid", "orders/eu/#")
            await omar.attach("sold", "orders/+/created")
            await omar.attach("refunds", "refunds/#")
            for one in (maria, omar):
                await one.until_states(paid="active", sold="active", refunds="active")
                frame = await one.frame()
                assert (frame.observers, one.engine.stats().observers) == (3, 3)
                assert one.topics == {"orders/eu/created": 2}
                assert [topic.observers for topic in one.engine.topics()] == [2]
                assert len(one.hub().instances) == 2

    run(scenario())


def test_an_observer_is_run_by_the_instance_where_it_was_attached(run: Run[Any], url: str) -> None:
    async def scenario() -> None:
        async with on_hub("maria", url) as maria, on_hub("omar", url) as omar:
            await maria.attach("paid")
            await omar.until(lambda: omar.states() == {"paid": "active"})
            await omar.engine.accept(orders(5))
            await maria.engine.accept(orders(2))
            await omar.until(lambda: omar.observers()["paid"].delivered == 2)
            await omar.until(lambda: omar.observers()["paid"].values == {"count": 2.0})
            assert (omar.observers()["paid"].values, omar.engine.observers.own_statuses()) == ({"count": 2.0}, [])
            assert omar.observers()["paid"].instance == maria.observers()["paid"].instance
            assert (bool(omar.observers()["paid"].host), maria.observers()["paid"].host) == (True, "")

    run(scenario())


def test_what_anybody_does_to_an_observer_its_instance_obeys(run: Run[Any], url: str) -> None:
    async def scenario() -> None:
        async with on_hub("maria", url) as maria, on_hub("omar", url) as omar:
            await maria.attach("paid")
            await maria.engine.accept(orders(2))
            await omar.until(lambda: omar.states() == {"paid": "active"})
            await omar.engine.answer(requests.PauseObserver(name="paid"))
            await maria.until(lambda: maria.states() == {"paid": "paused"})
            await omar.engine.answer(requests.ResumeObserver(name="paid"))
            await maria.until(lambda: maria.states() == {"paid": "active"})
            await omar.engine.answer(requests.EditObserver(name="paid", definition=counter("sold", "refunds/#")))
            await maria.until(lambda: maria.states() == {"sold": "active"})
            assert maria.observers()["sold"].pattern == "refunds/#"
            assert maria.observers()["sold"].delivered == 2
            await omar.until(lambda: omar.states() == {"sold": "active"})
            await omar.engine.answer(requests.ResetObserver(name="sold"))
            await maria.until(lambda: maria.observers()["sold"].delivered == 0)
            assert await omar.engine.answer(requests.ReadObserver(name="sold")) == counter("sold", "refunds/#")
            await omar.engine.answer(requests.DetachObserver(name="sold"))
            await maria.until(lambda: maria.states() == {})

    run(scenario())


def test_a_stopped_observer_of_another_instance_can_be_resumed(run: Run[Any], url: str) -> None:
    async def scenario() -> None:
        async with on_hub("maria", url) as maria, on_hub("omar", url) as omar:
            await maria.attach("paid")
            maria.engine.observers._attached["paid"].stop("It was tired.")
            await omar.until(lambda: omar.states() == {"paid": "stopped"})
            assert omar.observers()["paid"].why == "It was tired."
            await omar.engine.answer(requests.ResumeObserver(name="paid"))
            await maria.until(lambda: maria.states() == {"paid": "active"})

    run(scenario())


def test_a_name_is_taken_for_all(run: Run[Any], url: str) -> None:
    async def scenario() -> None:
        async with on_hub("maria", url) as maria, on_hub("omar", url) as omar:
            await maria.attach("paid")
            await omar.until(omar.states)
            with pytest.raises(UserError, match=r"There is an observer “paid” already, on .*. Choose another name."):
                await omar.attach("paid")
            assert (await maria.frame()).observers == 1

    run(scenario())


def test_two_that_edit_one_observer_see_both_versions_and_choose(run: Run[Any], url: str) -> None:
    async def scenario() -> None:
        async with on_hub("maria", url) as maria, on_hub("omar", url) as omar:
            await maria.attach("paid")
            await omar.until(omar.states)
            seen = maria.observers()["paid"].version
            await omar.engine.answer(
                requests.EditObserver(name="paid", definition=counter("paid", "omar/#"), seen=seen)
            )
            await maria.until(lambda: maria.observers()["paid"].pattern == "omar/#")
            with pytest.raises(
                VersionConflict, match=r"“paid” was changed by .* at .*Choose which version shall hold."
            ):
                await maria.engine.answer(
                    requests.EditObserver(name="paid", definition=counter("paid", "maria/#"), seen=seen)
                )
            await maria.until(lambda: maria.observers()["paid"].pattern == "omar/#")
            (conflict,) = maria.hub().conflicts
            both = await maria.engine.answer(requests.ReadConflict(id=conflict.id))
            assert (both.mine, both.theirs) == (counter("paid", "maria/#"), counter("paid", "omar/#"))
            await maria.engine.answer(requests.ResolveConflict(id=conflict.id, mine=True))
            for one in (maria, omar):
                await one.until_pattern("paid", "maria/#")
                assert one.hub().conflicts == []
            with pytest.raises(UserError, match="settled already"):
                await maria.engine.answer(requests.ReadConflict(id=conflict.id))

    run(scenario())


def test_topics_and_what_is_recorded_are_shared(run: Run[Any], url: str) -> None:
    async def scenario() -> None:
        async with on_hub("maria", url) as maria, on_hub("omar", url) as omar:
            await maria.engine.answer(requests.CreateTopic(topic="refunds/eu"))
            await maria.engine.answer(requests.RecordTopics(pattern="metrics/#", record=False))
            await omar.until(lambda: omar.engine.topic_choices.known == ("refunds/eu",))
            await omar.until(lambda: omar.engine.topic_choices.not_recorded == ("metrics/#",))
            await omar.engine.answer(requests.RecordTopics(pattern="metrics/#", record=True))
            await omar.engine.answer(requests.CreateTopic(topic="refunds/us"))
            await maria.until(lambda: maria.engine.topic_choices.not_recorded == ())
            await maria.until(lambda: set(maria.engine.topic_choices.known) == {"refunds/eu", "refunds/us"})
            await omar.engine.answer(requests.DeleteTopic(topic="refunds/us", events=False))
            await maria.until(lambda: maria.engine.topic_choices.known == ("refunds/eu",))
        async with on_hub("maria", url) as maria:
            assert maria.engine.topic_choices.known == ("refunds/eu",)
        assert not Paths.for_profile("maria").workspace_file.exists()

    run(scenario())


def test_an_instance_that_ends_is_no_longer_counted_and_comes_back_with_its_observers(run: Run[Any], url: str) -> None:
    async def scenario() -> None:
        async with on_hub("omar", url) as omar:
            async with on_hub("maria", url) as maria:
                await maria.attach("paid")
                await maria.engine.accept(orders(2))
                await omar.until(lambda: omar.states() == {"paid": "active"})
            await omar.until(lambda: omar.states() == {"paid": "stopped"})
            assert "is not on the hub at the moment" in omar.observers()["paid"].why
            assert (await omar.frame()).observers == 0
            async with on_hub("maria", url) as maria:
                assert maria.states() == {"paid": "active"}
                assert maria.observers()["paid"].delivered == 2
                await omar.until(lambda: omar.states() == {"paid": "active"})

    run(scenario())


def test_a_lost_hub_stops_nothing_and_edits_wait(run: Run[Any], url: str, shared_valkey: ValkeyServer) -> None:
    async def scenario() -> None:
        async with on_hub("maria", url) as maria, on_hub("omar", url) as omar:
            await maria.attach("paid")
            await omar.until(omar.states)
            shared_valkey.kill()
            await maria.until(lambda: maria.hub().phase == "lost")
            assert "refused the connection" in maria.hub().detail or "closed the connection" in maria.hub().detail
            await maria.attach("sold")
            await maria.engine.accept(orders(3))
            assert {name: status.delivered for name, status in maria.observers().items()} == {"paid": 3, "sold": 3}
            await maria.until(lambda: maria.hub().waiting == 1)
            await shared_valkey.restart_async()
            await omar.until(lambda: omar.states() == {"paid": "active", "sold": "active"})
            await maria.until(lambda: (maria.hub().phase, maria.hub().waiting) == ("connected", 0))

    run(scenario())


def test_a_start_without_the_hub_goes_on_with_what_was_known(
    run: Run[Any], url: str, shared_valkey: ValkeyServer
) -> None:
    async def scenario() -> None:
        async with on_hub("maria", url) as maria, on_hub("omar", url) as omar:
            await maria.attach("paid")
            await omar.attach("sold")
            await maria.until(lambda: maria.states().keys() == {"paid", "sold"})
        shared_valkey.kill()
        try:
            async with on_hub("maria", url) as maria:
                assert maria.states() == {"paid": "active", "sold": "stopped"}
                await maria.engine.answer(requests.PauseObserver(name="paid"))
        finally:
            await shared_valkey.restart_async()
        async with on_hub("maria", url) as maria, on_hub("omar", url) as omar:
            await omar.until(lambda: omar.states() == {"paid": "paused", "sold": "active"})

    run(scenario())


def test_a_workspace_is_shared_and_taken_back(run: Run[Any], url: str) -> None:
    async def scenario() -> None:
        file = Paths.for_profile("maria").workspace_file
        async with on_hub("omar", url) as omar:
            await omar.attach("paid", "omar/#")
            async with on_hub("maria") as maria:
                await maria.attach("paid", "maria/#")
                await maria.attach("sold")
                await maria.engine.answer(requests.CreateTopic(topic="refunds/eu"))
                await maria.engine.accept(orders(2))
                status = await maria.engine.answer(requests.ShareWorkspace(url=url))
                assert status.phase == "connected"
                await maria.until(lambda: maria.states().keys() == {"paid", "paid (2)", "sold"})
                assert maria.observers()["sold"].delivered == 2
                await omar.until(lambda: omar.states() == maria.states())
                await omar.until(lambda: omar.engine.topic_choices.known == ("refunds/eu",))
                assert "observers" not in file.read_text()
                assert "refunds" not in file.read_text()
            async with on_hub("maria") as maria:
                assert maria.hub().phase == "connected"
                assert maria.states().keys() == {"paid", "paid (2)", "sold"}
                await maria.engine.answer(requests.LeaveHub())
                assert maria.states() == {"paid (2)": "active", "sold": "active"}
                assert (await maria.frame()).hub is None
                assert '[observers."paid (2)"]' in file.read_text()
                assert "refunds/eu" in file.read_text()
                await omar.until(lambda: omar.states() == {"paid": "active"})
            async with on_hub("maria") as maria:
                assert maria.states() == {"paid (2)": "active", "sold": "active"}
                assert maria.engine.hub.sharing is None

    run(scenario())


def test_a_hub_that_cannot_be_had_changes_nothing(run: Run[Any]) -> None:
    async def scenario() -> None:
        async with on_hub("maria") as maria:
            await maria.attach("paid")
            for address, said in [
                (f"redis://127.0.0.1:{free_port()}", "refused the connection"),
                ("pipe:-", "A hub lives on a Redis or Valkey server"),
                ("redis://localhost?channels=orders", "names a server alone"),
            ]:
                with pytest.raises(UserError, match=said):
                    await maria.engine.answer(requests.ShareWorkspace(url=address))
                with pytest.raises(UserError, match=said):
                    await maria.engine.answer(requests.TryHub(url=address))
            assert ((await maria.frame()).hub, maria.states()) == (None, {"paid": "active"})
            await maria.attach("sold")
            assert "[observers.sold]" in Paths.for_profile("maria").workspace_file.read_text()
            for request in (requests.LeaveHub(), requests.ReconnectHub(), requests.ReadConflict(id="1")):
                with pytest.raises(UserError, match="not shared"):
                    await maria.engine.answer(request)

    run(scenario())


def test_a_trial_says_what_is_there_and_makes_nothing(run: Run[Any], url: str, shared_valkey: ValkeyServer) -> None:
    async def scenario() -> None:
        async with on_hub("maria") as maria:
            assert await maria.engine.answer(requests.TryHub(url=url)) == "There is no hub yet; sharing makes it."
            with shared_valkey.client() as client:
                assert client.dbsize() == 0
            async with on_hub("omar", url) as omar:
                await omar.attach("paid")
                said = await maria.engine.answer(requests.TryHub(url=url))
                assert said == "There is a hub with 1 observer and 0 topics."

    run(scenario())


def test_what_acts_outside_and_was_changed_by_somebody_else_is_off_until_approved(
    run: Run[Any], url: str, tmp_path: Path
) -> None:
    async def scenario() -> None:
        target = tmp_path / "orders.txt"
        async with on_hub("maria", url) as maria, on_hub("omar", url) as omar:
            await maria.attach("copy", kind="file", settings={"path": str(target)})
            assert maria.states() == {"copy": "active"}
            await omar.until(lambda: omar.states() == {"copy": "active"})
            changed = await omar.engine.answer(requests.ReadObserver(name="copy"))
            changed = msgspec.structs.replace(changed, settings={"path": str(tmp_path / "bashrc")})
            await omar.engine.answer(requests.EditObserver(name="copy", definition=changed))
            await maria.until(lambda: maria.states() == {"copy": "paused"})
            assert "Off until it is approved where it runs" in maria.observers()["copy"].why
            assert (await maria.frame()).unapproved == 1
            await maria.engine.accept([order(1)])
            with pytest.raises(UserError, match="not approved"):
                await maria.engine.answer(requests.ResumeObserver(name="copy"))
            await omar.engine.answer(requests.ResumeObserver(name="copy"))
            await omar.engine.answer(requests.PauseObserver(name="copy"))
            await omar.engine.answer(requests.ResumeObserver(name="copy"))
            await maria.until(lambda: maria.observers()["copy"].version == omar.observers()["copy"].version)
            (held,) = (await maria.engine.answer(requests.ReviewWorkspace())).definitions
            assert str(tmp_path / "bashrc") in held.words
            chosen = requests.ChosenDefinition(table=held.table, name=held.name, digest=held.digest)
            await maria.engine.answer(requests.ApproveDefinitions(chosen=[chosen]))
            await maria.until(lambda: maria.states() == {"copy": "active"})
            assert not (tmp_path / "bashrc").exists() or (tmp_path / "bashrc").read_bytes() == b""
            await maria.engine.accept([order(2)])
            await maria.until(lambda: (tmp_path / "bashrc").exists() and (tmp_path / "bashrc").read_bytes())
            assert (await maria.frame()).unapproved == 0

    run(scenario())


def written_below(folder: Path) -> bytes:
    files = (each for each in folder.rglob("*") if each.is_file() and each.name != "secrets.json")
    return b"".join(each.read_bytes() for each in files)


def test_a_password_of_a_hub_is_kept_where_passwords_are_and_shown_nowhere(run: Run[Any], tmp_path: Path) -> None:
    async def scenario(server: ValkeyServer) -> None:
        url = f"redis://:c4nary-secret@{server.address}"
        async with on_hub("maria") as maria:
            status = await maria.engine.answer(requests.ShareWorkspace(url=url))
            assert status.url == f"redis://:***@{server.address}"
        async with on_hub("maria") as maria:
            assert maria.hub().phase == "connected"
            assert b"c4nary-secret" not in written_below(tmp_path)
            assert b"c4nary-secret" in Paths.for_profile("maria").secrets_file.read_bytes()
            await maria.engine.answer(requests.LeaveHub())
            assert b"c4nary-secret" not in Paths.for_profile("maria").secrets_file.read_bytes()

    with ValkeyServer(password="c4nary-secret") as server:
        run(scenario(server))


def test_a_password_that_is_not_there_keeps_nothing_from_starting(
    run: Run[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(server: ValkeyServer) -> None:
        url = f"redis://:${{HUB_PASSWORD}}@{server.address}"
        async with on_hub("maria") as maria:
            await maria.attach("paid")
            await maria.engine.answer(requests.ShareWorkspace(url=url))
        monkeypatch.delenv("HUB_PASSWORD")
        async with on_hub("maria") as maria:
            assert maria.states() == {"paid": "active"}
            assert maria.hub().phase == "refused"
            assert "HUB_PASSWORD" in maria.hub().detail
            monkeypatch.setenv("HUB_PASSWORD", "geheim")
            await maria.engine.answer(requests.ReconnectHub())
            await maria.until(lambda: maria.hub().phase == "connected")

    monkeypatch.setenv("HUB_PASSWORD", "geheim")
    with ValkeyServer(password="geheim") as server:
        run(scenario(server))


def test_a_copied_profile_does_not_run_the_observers_of_the_original(run: Run[Any], url: str) -> None:
    async def scenario() -> None:
        async with on_hub("maria", url) as maria:
            await maria.attach("paid")
        original, copy = Paths.for_profile("maria"), Paths.for_profile("maria-copy")
        for folder in ("config", "data"):
            shutil.copytree(getattr(original, folder), getattr(copy, folder))
        async with on_hub("maria", url) as maria, on_hub("maria-copy", url) as other:
            await other.until_states(paid="active")
            assert (other.engine.observers.own_statuses(), len(maria.engine.observers.own_statuses())) == ([], 1)
            assert any("uses a copy of this profile" in text for text in other.problems())
            await maria.until(lambda: len(maria.hub().instances) == 2)

    run(scenario())


def test_a_second_engine_of_a_profile_is_on_no_hub(run: Run[Any], url: str) -> None:
    async def scenario() -> None:
        async with on_hub("maria", url, serve_control=False) as maria:
            assert maria.engine.hub.sharing is None
            assert any("can be on a hub" in text for text in maria.problems())

    run(scenario())
