"""What observers have counted goes on after a restart, a kill, an edit; the laws hold; a reset begins again."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventmon.core.event import Event
from eventmon.engine import requests
from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.engine import Engine
from eventmon.engine.frame import ObserverStatus
from eventmon.engine.observer_counts import KEEP_SECONDS, MAX_SESSIONS, KeptCounts, ObserverCounts, Shown
from eventmon.engine.paths import Paths
from eventmon.engine.workspace import Workspace
from eventmon.observers import registry
from eventmon.observers.base import Services
from tests.engine.conftest import Run
from tests.engine.observer_kinds import CourierKind, WarehouseKind
from tests.engine.rig import Rig, order, orders
from tests.engine.test_observers import require_laws, until
from tests.engine.test_saved_connections import problems_of, running, write_workspace
from tests.engine.test_saved_observers import attach, listed

PAID = ObserverDefinition(name="paid", kind="counter", pattern="orders/#", settings={"sum": "total"})
LOUD = ObserverDefinition(
    name="loud", kind="alert", pattern="orders/#", settings={"text": "{{data.customer}}", "per_minute": 600}
)
COURIER = ObserverDefinition(name="courier", kind="courier", pattern="orders/#")


def shown(definition: ObserverDefinition, **figures: Any) -> Shown:
    status = ObserverStatus(name=definition.name, kind=definition.kind, pattern=definition.pattern, **figures)
    return {definition.name: (definition, status)}


def by_name(statuses: list[ObserverStatus]) -> dict[str, ObserverStatus]:
    for status in statuses:
        require_laws(status)
    return {status.name: status for status in statuses}


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def counts(tmp_path: Path, told: list[str]) -> ObserverCounts:
    return ObserverCounts(tmp_path / "counts", "0198-4b", told.append)


def test_counters_go_on_after_a_restart(run: Run[Any], paths: Paths, warnings_logged: list[str]) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await attach(engine, PAID, LOUD)
            await engine.accept(orders(3))
            before = by_name(await listed(engine))
        async with running(paths) as engine:
            after = by_name(await listed(engine))
            assert after["paid"].values == before["paid"].values == {"count": 3, "sum": 37.5}
            assert (after["paid"].delivered, after["paid"].seen) == (3, 3)
            assert (after["loud"].failed, after["loud"].last_error_seq) == (3, 3)
            assert after["loud"].last_error == before["loud"].last_error != ""
            assert engine.observers.failed == 3
            await engine.accept(orders(2))
            assert by_name(await listed(engine))["paid"].values == {"count": 5, "sum": 62.5}
        async with running(paths) as engine:
            assert by_name(await listed(engine))["paid"].delivered == 5

    run(scenario())


def test_another_session_counts_from_0_and_the_first_one_goes_on(run: Run[Any], paths: Paths, path: Path) -> None:
    async def count(session: Path | None, new: int) -> int:
        async with running(paths, session=session) as engine:
            if not await listed(engine):
                await attach(engine, PAID)
            await engine.accept(orders(new))
            return by_name(await listed(engine))["paid"].delivered

    assert run(count(None, 3)) == 3
    assert run(count(path, 2)) == 2
    assert run(count(None, 1)) == 4


def test_what_waited_when_it_was_killed_counts_as_dropped_and_is_said(
    run: Run[Any], paths: Paths, monkeypatch: pytest.MonkeyPatch, warnings_logged: list[str]
) -> None:
    async def stuck(event: Event, services: Services) -> None:
        await asyncio.Event().wait()

    courier = CourierKind(stuck)
    monkeypatch.setitem(registry.KINDS, "courier", lambda: courier)

    async def scenario() -> None:
        async with running(paths) as engine:
            await attach(engine, COURIER)
            await engine.accept(orders(7))
            await kept_now(engine)
            killed = {file: file.read_bytes() for file in paths.observer_counts.iterdir()}
        for file, data in killed.items():
            file.write_bytes(data)
        async with running(paths) as engine:
            status = by_name(await listed(engine))["courier"]
            assert (status.matched, status.dropped, status.pending) == (7, 7, 0)
            (said,) = [text for text in problems_of(engine) if "waited" in text]
            assert said == (
                "Eventmon ended while 7 events waited for it; they were not delivered and count as dropped."
            )
        async with running(paths) as engine:
            assert by_name(await listed(engine))["courier"].dropped == 7
            assert not [text for text in problems_of(engine) if "waited" in text]

    run(scenario())


async def kept_now(engine: Engine) -> None:
    """Write the counts as the tick does, a while later."""
    assert engine.observers.counts is not None
    await engine.observers.counts.keep(engine.observers._shown())


def test_they_are_written_while_it_runs_but_not_at_each_tick(run: Run[Any], path: Path, tmp_path: Path) -> None:
    file = tmp_path / "counts" / "u.json"

    async def scenario() -> None:
        async with Rig(path) as rig:
            rig.observers.counts = ObserverCounts(file.parent, "u", print)
            await rig.observers.attach(PAID)
            await rig.ingest.deliver(orders(1))
            rig.observers.tick()
            await until(lambda: file.exists() and b'"count":1' in file.read_bytes().replace(b".0", b""))
            first = file.stat().st_mtime_ns
            await rig.ingest.deliver(orders(1))
            rig.clock.advance(KEEP_SECONDS / 2)
            rig.observers.tick()
            await asyncio.sleep(0)
            assert file.stat().st_mtime_ns == first
            rig.clock.advance(KEEP_SECONDS)
            while file.stat().st_mtime_ns == first:
                rig.observers.tick()  # the first write may not have ended
                await asyncio.sleep(0.001)
            kept = ObserverCounts(file.parent, "u", print)
            kept.load()
            assert kept.of("paid") == KeptCounts(
                kind="counter", settings={"sum": "total"}, delivered=2, values={"count": 2, "sum": 25.0}
            )

    run(scenario())


def test_a_reset_begins_again_and_keeps_what_waits(
    run: Run[Any], path: Path, monkeypatch: pytest.MonkeyPatch, warnings_logged: list[str]
) -> None:
    gate = asyncio.Event()

    async def wait(event: Event, services: Services) -> None:
        await gate.wait()

    courier = CourierKind(wait)
    monkeypatch.setitem(registry.KINDS, "courier", lambda: courier)

    async def scenario() -> None:
        async with Rig(path) as rig:
            for definition in (COURIER, PAID):
                await rig.observers.attach(definition)
            await rig.ingest.deliver(orders(1_003))
            await until(lambda: by_name(rig.observers.statuses())["courier"].dropped > 0)
            reset = await rig.observers.reset("courier")
            assert (reset.delivered, reset.failed, reset.dropped) == (0, 0, 0)
            assert reset.matched == reset.pending > 0
            again = await rig.observers.reset("paid")
            assert (again.delivered, again.values) == (0, {"count": 0, "sum": 0.0})
            await rig.ingest.deliver(orders(1))
            gate.set()
            await until(lambda: not by_name(rig.observers.statuses())["courier"].pending)
            done = by_name(rig.observers.statuses())
            assert done["courier"].delivered + done["courier"].dropped == reset.pending + 1
            assert done["paid"].values == {"count": 1, "sum": 12.5}

    run(scenario())


def test_a_reset_holds_over_a_restart(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await attach(engine, PAID)
            await engine.accept(orders(3))
            await engine.answer(requests.ResetObserver(name="paid"))
            await engine.accept([order(1)])
        async with running(paths) as engine:
            status = by_name(await listed(engine))["paid"]
            assert (status.seen, status.values["count"]) == (1, 1)
            with pytest.raises(ValueError, match="no observer"):
                await engine.answer(requests.ResetObserver(name="refused"))

    run(scenario())


def test_a_paused_one_and_one_that_cannot_be_attached_keep_their_counts(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await attach(engine, PAID)
            await engine.accept(orders(3))
            await engine.answer(requests.PauseObserver(name="paid"))
        whole = paths.workspace_file.read_text(encoding="utf-8").replace("format = 1", "")
        write_workspace(paths, whole.replace('"orders/#"', '"a/#/b"'))
        async with running(paths) as engine:
            status = by_name(await listed(engine))["paid"]
            assert (status.state, status.seen, status.values["count"]) == ("stopped", 3, 3)
        write_workspace(paths, '[observers.paid]\nkind = "coun')
        async with running(paths) as engine:
            assert await listed(engine) == []
        write_workspace(paths, whole)
        async with running(paths) as engine:
            status = by_name(await listed(engine))["paid"]
            assert (status.state, status.seen, status.values) == ("paused", 3, {"count": 3, "sum": 37.5})

    run(scenario())


def test_figures_of_another_kind_or_other_settings_are_not_taken_over() -> None:
    kept = KeptCounts(kind="counter", settings={"sum": "total"}, values={"count": 3, "sum": 37.5})
    assert kept.values_for(PAID) == {"count": 3, "sum": 37.5}
    assert kept.values_for(msgspec.structs.replace(PAID, settings={"sum": "tax"})) == {}
    assert kept.values_for(msgspec.structs.replace(PAID, kind="alert")) == {}


def test_a_detached_one_is_forgotten_and_a_renamed_one_is_not(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await attach(engine, PAID, msgspec.structs.replace(PAID, name="all"))
            await engine.accept(orders(3))
            renamed = msgspec.structs.replace(PAID, name="paid in full")
            await engine.answer(requests.EditObserver(name="paid", definition=renamed))
            await engine.answer(requests.DetachObserver(name="all"))
        async with running(paths) as engine:
            await attach(engine, msgspec.structs.replace(PAID, name="all"))
            figures = {name: status.seen for name, status in by_name(await listed(engine)).items()}
            assert figures == {"paid in full": 3, "all": 0}

    run(scenario())


def test_the_file_is_private_and_old_sessions_are_forgotten(run: Run[Any], tmp_path: Path) -> None:
    async def scenario() -> None:
        for number in range(MAX_SESSIONS + 2):
            await ObserverCounts(tmp_path / "counts", f"log{number}", print).keep(shown(PAID, delivered=number))

    run(scenario())
    files = list((tmp_path / "counts").iterdir())
    assert len(files) == MAX_SESSIONS
    assert not (tmp_path / "counts" / "log0.json").exists()
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


@pytest.mark.parametrize(
    "damaged",
    [b"", b"{", b"[]", b"\xff\xfe", b'{"format":2}', b'{"observers":{"paid":{}}}', b"[" * 100_000],
)
def test_a_damaged_file_is_said_once_and_costs_the_counts_alone(
    run: Run[Any], counts: ObserverCounts, told: list[str], tmp_path: Path, damaged: bytes
) -> None:
    (tmp_path / "counts").mkdir()
    (tmp_path / "counts" / "0198-4b.json").write_bytes(damaged)
    counts.load()
    assert counts.of("paid") is None
    assert [text.endswith("They count from 0.") for text in told] == [True]
    run(counts.keep(shown(PAID, delivered=1)))
    counts.load()
    assert counts.of("paid") is not None


def test_counts_that_cannot_have_been_are_not_taken(counts: ObserverCounts, tmp_path: Path) -> None:
    (tmp_path / "counts").mkdir()
    (tmp_path / "counts" / "0198-4b.json").write_bytes(b'{"observers":{"paid":{"kind":"counter","delivered":-1}}}')
    counts.load()
    assert counts.of("paid") is None


def test_a_folder_that_cannot_be_written_is_said_once(
    run: Run[Any], counts: ObserverCounts, told: list[str], tmp_path: Path
) -> None:
    (tmp_path / "counts").write_text("in the way")
    for number in range(2):
        run(counts.keep(shown(PAID, delivered=number)))
    (sentence,) = told
    assert sentence.endswith("Mend the folder.")


def test_a_sum_beyond_numbers_is_left_out(run: Run[Any], counts: ObserverCounts) -> None:
    run(counts.keep(shown(PAID, delivered=2, values={"count": 2, "sum": float("inf")})))
    counts.load()
    kept = counts.of("paid")
    assert kept is not None
    assert kept.values == {"count": 2}


def test_the_name_of_a_damaged_session_leads_nowhere_else(run: Run[Any], tmp_path: Path) -> None:
    for uuid in ("../elsewhere", "..", "\ud800", "x" * 9_000, ""):
        run(ObserverCounts(tmp_path / "kept" / "counts", uuid, print).keep(shown(PAID, delivered=1)))
    assert [each.name for each in (tmp_path / "kept").iterdir()] == ["counts"]
    assert len(list((tmp_path / "kept" / "counts").iterdir())) == 5


def test_inline_observers_of_other_kinds_have_no_figures_to_recall() -> None:
    WarehouseKind().open(None, None).recall({"count": 3})  # type: ignore[arg-type]


STEPS = st.sampled_from(["publish", "deliver", "fail", "pause", "resume", "reset", "restart", "kill"])


@given(steps=st.lists(STEPS, max_size=25))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_is_lost_or_counted_twice_over_restarts(
    run: Run[Any],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    warnings_logged: list[str],
    steps: list[str],
) -> None:
    """In whatever order, what an observer matched is what was published to it since its counters began."""
    gates: list[asyncio.Future[bool]] = []

    async def work(event: Event, services: Services) -> None:
        gates.append(asyncio.get_running_loop().create_future())
        if not await gates[-1]:
            raise ValueError("the van broke down")

    monkeypatch.setitem(registry.KINDS, "courier", lambda: CourierKind(work))
    folder = tmp_path_factory.mktemp("restarts")

    async def one_run(steps: list[str], matched: int) -> tuple[int, list[str]]:
        """Carry out steps until the program ends; how many events it has matched, and the steps that are left."""
        async with Rig(folder / "shop.eventmon") as rig:
            counts = rig.observers.counts = ObserverCounts(folder / "counts", "log", print)
            rig.observers.restore(Workspace(folder / "workspace.toml", rig.problems))
            if not rig.observers.statuses():
                await rig.observers.attach(COURIER)
            for at, step in enumerate(steps):
                status = by_name(rig.observers.statuses())["courier"]
                assert status.matched == matched
                if step == "publish":
                    matched += 300 if status.state == "active" else 0
                    await rig.ingest.deliver(orders(300))
                elif step in ("deliver", "fail"):
                    for gate in gates:
                        if not gate.done():
                            gate.set_result(step == "deliver")
                elif step == "pause":
                    await rig.observers.pause("courier")
                elif step == "resume":
                    await rig.observers.resume("courier")
                elif step == "reset":
                    matched = (await rig.observers.reset("courier")).pending
                else:
                    if step == "kill":
                        await counts.keep(rig.observers._shown())
                        rig.observers.counts = None
                    return matched, steps[at + 1 :]
                for _ in range(3):
                    await asyncio.sleep(0)
            return matched, []

    async def scenario() -> None:
        matched, left = await one_run(steps, 0)
        while left:
            gates.clear()
            matched, left = await one_run(left, matched)

    run(scenario())
