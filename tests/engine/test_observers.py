"""What the engine promises of an attached observer, whatever it does."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.engine import observers
from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.frame import ObserverStatus
from eventmon.engine.observer_list import LOOK_SECONDS
from eventmon.engine.observers import tried
from eventmon.observers import registry
from eventmon.observers.base import ObserverKind, Services
from tests.engine.conftest import Run
from tests.engine.observer_kinds import CourierKind, WarehouseKind
from tests.engine.orders_source import OrdersBroker
from tests.engine.rig import Rig, order, orders

Add = Callable[[ObserverKind], None]


@pytest.fixture
def add(monkeypatch: pytest.MonkeyPatch) -> Add:
    """Put a kind into the table."""
    return lambda kind: monkeypatch.setitem(registry.KINDS, kind.kind, lambda: kind)


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture, warnings_logged: list[str]) -> None:
    """Failures of observers are logged, and that is meant here."""


def definition(kind: str = "counter", pattern: str = "orders/#", **changes: Any) -> ObserverDefinition:
    return ObserverDefinition(**{"name": kind, "kind": kind, "pattern": pattern, **changes})


def require_laws(status: ObserverStatus) -> None:
    assert status.seen == status.not_matching + status.matched
    assert status.matched == status.delivered + status.failed + status.dropped + status.pending


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - counters have nothing that could be waited for
            await asyncio.sleep(0.001)


def problems_of(rig: Rig) -> list[str]:
    return [problem.text for problem in rig.problems.since(0) if problem.where.startswith(("observer", "bus"))]


def test_an_observer_sees_events_from_the_next_on_and_none_after_its_end(run: Run[Any], path: Path, add: Add) -> None:
    warehouse = WarehouseKind()
    add(warehouse)

    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.ingest.deliver(orders(2))
            await rig.observers.attach(definition("warehouse"))
            await rig.ingest.deliver(orders(2))
            await rig.observers.pause("warehouse")
            await rig.ingest.deliver(orders(2))
            assert (await rig.observers.resume("warehouse")).matched == 2
            await rig.ingest.deliver(orders(2))
            await rig.observers.detach("warehouse")
            await rig.ingest.deliver(orders(2))
            assert rig.observers.statuses() == []

    run(scenario())
    assert warehouse.seqs == [3, 4, 7, 8]


def test_frames_show_observers_when_they_changed_and_four_times_a_second(run: Run[Any], path: Path) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            assert rig.frames.take("window").attached == []
            assert rig.frames.take("window").attached is None
            await rig.observers.attach(definition())
            assert rig.frames.take("window").attached is None
            rig.clock.advance(LOOK_SECONDS)
            await rig.ingest.deliver(orders(3))
            frame = rig.frames.take("window")
            assert frame.observers == 1
            assert frame.topics[0].observers == 1
            assert frame.attached is not None
            assert (frame.attached[0].delivered, frame.attached[0].values) == (3, {"count": 3})
            rig.clock.advance(LOOK_SECONDS)
            assert rig.frames.take("window").attached is None

    run(scenario())


@pytest.mark.parametrize("pattern", ["orders/eu/created", "orders/#"])
def test_topics_show_at_once_how_many_observers_they_have(run: Run[Any], path: Path, pattern: str) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.ingest.deliver(orders(1))
            await rig.ingest.deliver([Event(topic="carts/viewed")])
            assert len(rig.frames.take("window").topics) == 2
            for change, expected in (
                (rig.observers.attach(definition(pattern=pattern)), 1),
                (rig.observers.pause("counter"), 0),
                (rig.observers.resume("counter"), 1),
                (rig.observers.detach("counter"), 0),
            ):
                await change
                found = {each.topic: each.observers for each in rig.frames.take("window").topics}
                assert found == {"orders/eu/created": expected}

    run(scenario())


def test_five_failures_in_a_row_stop_an_observer_until_it_is_resumed(
    run: Run[Any], path: Path, add: Add, quiet: None
) -> None:
    def full(event: Event) -> None:
        if event.seq > 3:
            raise ValueError("the shelf is full")

    add(WarehouseKind(full))

    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.observers.attach(definition())
            await rig.observers.attach(definition("warehouse"))
            await rig.ingest.deliver(orders(20))
            healthy, status = rig.observers.statuses()
            assert healthy.delivered == 20
            assert (status.state, status.delivered, status.failed, status.matched) == ("stopped", 3, 5, 8)
            assert status.why == (
                "Stopped after 5 failures in a row (ValueError: the shelf is full). Fix it, then resume it."
            )
            assert (status.last_error, status.last_error_seq) == ("ValueError: the shelf is full", 8)
            assert problems_of(rig)[-1] == status.why
            assert (await rig.observers.resume("warehouse")).state == "active"
            await rig.ingest.deliver(orders(1))
            assert rig.observers.statuses()[1].failed == 6
            assert rig.frames.take("window").failed == 6
            await rig.observers.detach("warehouse")
            assert rig.frames.take("window").failed == 6

    run(scenario())


def test_the_reason_of_a_stop_is_whole_sentences_also_where_the_error_says_what_to_do(
    run: Run[Any], path: Path, quiet: None
) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.observers.attach(definition("counter", settings={"sum": "order"}))
            await rig.ingest.deliver([order(0, data=b'{"order": "seven"}')] * 5)
            (status,) = rig.observers.statuses()
            assert status.why == (
                "Stopped after 5 failures in a row. "
                "The field “order” holds no number that can be summed. Mend that, then resume it."
            )

    run(scenario())


def test_a_folder_is_refused_as_a_file_by_attaching_and_editing_but_not_by_a_start(
    run: Run[Any], path: Path, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            audit = definition("file", settings={"path": str(tmp_path / "audit")})
            await rig.observers.attach(audit)
            (tmp_path / "audit").mkdir()
            with pytest.raises(UserError, match="is a folder"):
                await rig.observers.attach(msgspec.structs.replace(audit, name="second"))
            with pytest.raises(UserError, match="is a folder"):
                await rig.observers.edit("file", audit)
            assert [status.name for status in rig.observers.statuses()] == ["file"]

    run(scenario())


def test_a_disk_that_stands_still_refuses_an_observer_and_holds_up_nobody(
    run: Run[Any], path: Path, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()

    class Stalled(WarehouseKind):
        def look_around(self, config: Any) -> None:
            gate.wait()

    add(Stalled())
    monkeypatch.setattr(observers, "LOOK_AROUND_SECONDS", 0.05)

    async def scenario() -> None:
        async with Rig(path) as rig:
            with pytest.raises(UserError, match="Nothing answered"):
                await rig.observers.attach(definition("warehouse"))
            await rig.ingest.deliver(orders(1))
            assert rig.observers.statuses() == []
            gate.set()

    run(scenario())


def test_a_success_between_failures_keeps_an_observer_going(run: Run[Any], path: Path, add: Add, quiet: None) -> None:
    def odd(event: Event) -> None:
        if event.seq % 5:
            raise ValueError("no multiple of five")

    add(WarehouseKind(odd))

    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.observers.attach(definition("warehouse"))
            await rig.ingest.deliver(orders(40))
            (status,) = rig.observers.statuses()
            assert (status.state, status.delivered, status.failed) == ("active", 8, 32)

    run(scenario())


def test_a_delivery_that_takes_too_long_is_a_failure(
    run: Run[Any], path: Path, add: Add, quiet: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eventmon.engine.observer_run.TIMEOUT_SECONDS", 0.01)

    async def never(event: Event, services: Services) -> None:
        await asyncio.Event().wait()

    add(CourierKind(never))

    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.observers.attach(definition("courier"))
            await rig.ingest.deliver(orders(7))
            while rig.observers.statuses()[0].state == "active":  # noqa: ASYNC110 - it is a clock that runs here
                await asyncio.sleep(0.005)
            (status,) = rig.observers.statuses()
            assert (status.failed, status.dropped, status.pending) == (5, 2, 0)
            assert "in a row (It timed out after 0.01 s). Fix it" in status.why

    run(scenario())


@pytest.mark.parametrize("settings", [{}, {"sum": "order"}])
def test_an_edit_changes_what_an_observer_does_and_keeps_its_counters(
    run: Run[Any], path: Path, settings: dict[str, str]
) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.observers.attach(definition(settings={"sum": "total"}))
            await rig.ingest.deliver(orders(4))
            edited = definition(name="all orders", pattern="orders/us/#", settings=settings)
            status = await rig.observers.edit("counter", edited)
            assert (status.name, status.pattern, status.delivered) == ("all orders", "orders/us/#", 4)
            await rig.ingest.deliver([*orders(5), *orders(3, region="us")])
            (status,) = rig.observers.statuses()
            assert (status.delivered, status.values["count"]) == (7, 7)
            assert status.values.get("sum") == (3.0 if settings else None)
            assert rig.observers.definition("all orders") == edited

    run(scenario())


def test_an_edit_hands_over_what_waits(run: Run[Any], path: Path, add: Add) -> None:
    open_road = asyncio.Event

    async def scenario() -> None:
        gate = open_road()

        async def drive(event: Event, services: Services) -> None:
            await gate.wait()

        courier = CourierKind(drive)
        add(courier)
        async with Rig(path) as rig:
            await rig.observers.attach(definition("courier"))
            await rig.ingest.deliver(orders(6))
            await until(lambda: rig.observers.statuses()[0].pending == 6)
            await asyncio.sleep(0)
            await rig.observers.edit("courier", definition("courier", overflow="drop_newest"))
            assert courier.closed == 1
            gate.set()
            await until(lambda: rig.observers.statuses()[0].pending == 0)
            (status,) = rig.observers.statuses()
            require_laws(status)
            assert (status.delivered, status.dropped) == (5, 1)  # the one that was on its way is given up
            assert courier.seqs == [2, 3, 4, 5, 6]

    run(scenario())


def test_a_detach_ends_a_delivery_and_nothing_comes_after_it(run: Run[Any], path: Path, add: Add) -> None:
    lent: list[Services] = []

    async def drive(event: Event, services: Services) -> None:
        lent.append(services)
        await asyncio.Event().wait()

    courier = CourierKind(drive)
    add(courier)

    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.observers.attach(definition("courier"))
            await rig.ingest.deliver(orders(6))
            await until(lambda: bool(lent))
            await rig.observers.detach("courier")
            assert (courier.events, courier.closed, len(lent)) == ([], 1, 1)
            lent[0].alert("error", "too late")
            lent[0].stop("too late")
            with pytest.raises(UserError, match="has ended"):
                await lent[0].publish(order(7))
            assert problems_of(rig) == [
                "It is not saved: only the first Eventmon of a profile, recording, keeps its workspace."
            ]
            assert rig.recording.ledger.received == 6

    run(scenario())


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("hangs", [True, False])
def test_one_that_cannot_let_go_is_left_behind(
    run: Run[Any], path: Path, add: Add, monkeypatch: pytest.MonkeyPatch, hangs: bool
) -> None:
    monkeypatch.setattr("eventmon.engine.attached.CLOSE_SECONDS", 0.01)

    async def drive(event: Event, services: Services) -> None:
        await asyncio.sleep(0)

    async def close() -> None:
        if hangs:
            await asyncio.Event().wait()
        raise OSError("the van is stuck")

    courier = CourierKind(drive)
    courier.closes = close
    add(courier)

    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.observers.attach(definition("courier"))
            await rig.observers.detach("courier")
            assert rig.observers.statuses() == []
            expected = "It did not end within 0.01 s and was left behind." if hangs else "OSError: the van is stuck"
            assert problems_of(rig)[-1] == expected

    run(scenario())


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"kind": "countre"}, "Did you mean counter"),
        ({"pattern": "orders/#/x"}, "# has to be the whole last level"),
        ({"settings": {"total": "x"}}, "no field “total”"),
        ({"settings": {"sum": "a..b"}}, "no path of a field"),
        ({"name": ""}, "one line"),
        ({"name": "a\nb"}, "one line"),
        ({"name": "taken"}, "already"),
    ],
)
def test_what_cannot_be_used_is_refused_and_changes_nothing(
    run: Run[Any], path: Path, wrong: dict[str, Any], reason: str
) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.observers.attach(definition(name="taken"))
            await rig.observers.attach(definition())
            before = rig.observers.statuses()
            with pytest.raises(UserError, match=reason):
                await rig.observers.attach(definition(**{"name": "new", **wrong}))
            with pytest.raises(UserError, match=reason):
                await rig.observers.edit("counter", definition(**wrong))
            assert rig.observers.statuses() == before
            await rig.ingest.deliver(orders(1))
            assert [each.delivered for each in rig.observers.statuses()] == [1, 1]

    run(scenario())


def test_an_unknown_name_is_refused(run: Run[Any], path: Path) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            for ask in (rig.observers.pause, rig.observers.resume, rig.observers.detach):
                with pytest.raises(UserError, match="no observer “ghost”"):
                    await ask("ghost")
            with pytest.raises(UserError, match="no observer “ghost”"):
                await rig.observers.edit("ghost", definition())

    run(scenario())


def test_what_an_observer_publishes_is_logged_and_counted(run: Run[Any], path: Path) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            rule = definition(
                "publish", "orders/+/created", settings={"topic": "mail/out", "data": '{"n": {{data.order}}}'}
            )
            await rig.observers.attach(rule)
            await rig.ingest.deliver(orders(2))
            await until(lambda: rig.recording.ledger.received == 4)
            await rig.until_committed()
            mail = rig.bus.statistics_of("mail/out")
            assert mail is not None
            assert (mail.events, mail.last_seq, rig.recording.newest) == (2, 4, 4)
            await until(lambda: rig.observers.statuses()[0].delivered == 2)

    run(scenario())


def test_a_read_only_connection_refuses_what_observers_publish(
    run: Run[Any], path: Path, broker: OrdersBroker, quiet: None
) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.connections.open("orders://localhost", "prod", read_only=True)
            await rig.observers.attach(definition("publish", settings={"topic": "prod/orders/copied"}))
            await rig.ingest.deliver(orders(7))
            await until(lambda: rig.observers.statuses()[0].state == "stopped")
            (status,) = rig.observers.statuses()
            assert (status.failed, status.delivered) == (5, 0)
            assert status.last_error.startswith("“prod” is read-only")
            assert broker.published == []

    run(scenario())


def test_a_loop_through_a_broker_is_stopped_as_one(
    run: Run[Any], path: Path, broker: OrdersBroker, quiet: None
) -> None:
    """No hop count comes back from a broker, so what is sent tells: the same, again and again, to its own pattern."""

    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.connections.open("orders://localhost", "prod")
            rule = definition("publish", "prod/#", settings={"topic": "prod/orders/copied", "rate": 10_000})
            await rig.observers.attach(rule)
            for _ in range(60):
                await rig.ingest.deliver([Event(topic="prod/orders/copied", data=b"1")])  # as the broker sends it back
                await until(lambda: rig.observers.statuses()[0].pending == 0)
            (status,) = rig.observers.statuses()
            assert len(broker.published) == 49
            assert (status.state, status.delivered, status.failed, status.matched) == ("stopped", 49, 1, 50)
            assert status.why.startswith("Possible loop: it sent the same payload 50 times within 10 s to")
            assert status.why in problems_of(rig)

    run(scenario())


@pytest.mark.parametrize("hops", [1, 2])
def test_a_cycle_is_cut_and_shown_once(run: Run[Any], path: Path, quiet: None, hops: int) -> None:
    circle = ["a", "b"][:hops]

    async def scenario() -> None:
        async with Rig(path) as rig:
            for here, there in zip(circle, [*circle[1:], circle[0]], strict=True):
                rule = definition("publish", here, name=f"from {here}", settings={"topic": there, "rate": 10_000})
                await rig.observers.attach(rule)
            await rig.ingest.deliver([Event(topic="a", data=b"1")])
            await until(lambda: rig.recording.ledger.received == 18)
            await until(lambda: not any(each.pending for each in rig.observers.statuses()))
            assert rig.recording.ledger.received == 18  # the root, 16 hops, and the one that is cut
            statuses = rig.observers.statuses()
            assert sum(each.delivered for each in statuses) == 17
            assert sum(each.dropped for each in statuses) == 1
            for status in statuses:
                require_laws(status)
            for name in [each.name for each in statuses]:
                await rig.observers.pause(name)
            assert sum(each.dropped for each in rig.observers.statuses()) == 1
            told = [text for text in problems_of(rig) if "cycle" in text]
            assert told == [f"Events go round without end and were cut: cycle {' → '.join([*circle, 'a'])}"]

    run(scenario())


def test_what_fans_out_is_cut_at_a_thousand(run: Run[Any], path: Path, quiet: None) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            for number in range(2):
                rule = definition(
                    "publish",
                    "fan/#",
                    name=f"rule {number}",
                    settings={"topic": f"fan/{number}", "data": "{{seq}}", "rate": 10_000},
                )
                await rig.observers.attach(rule)
            await rig.ingest.deliver([Event(topic="fan/root")])
            await until(lambda: rig.recording.ledger.received > 1_000)
            for _ in range(3):
                await until(lambda: not any(each.pending for each in rig.observers.statuses()))
            statuses = rig.observers.statuses()
            assert [each.matched for each in statuses] == [rig.recording.ledger.received] * 2
            assert all(each.delivered + each.dropped == each.matched for each in statuses)
            assert sum("cut" in text for text in problems_of(rig)) == 1

    run(scenario())


def test_an_alert_reaches_every_viewer_once_and_the_problems(run: Run[Any], path: Path) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            rig.frames.take("window")
            await rig.observers.attach(
                definition("alert", settings={"text": "order {{data.order}}", "severity": "error"})
            )
            await rig.ingest.deliver(orders(2))
            first, second = rig.frames.take("window").alerts
            assert (first.number, first.observer, first.severity, first.text) == (1, "alert", "error", "order 0")
            assert (second.number, second.text) == (2, "order 1")
            assert rig.frames.take("window").alerts == []
            assert rig.frames.take("late").alerts == []
            assert problems_of(rig)[-2:] == ["order 0", "order 1"]

    run(scenario())


def test_secrets_of_payloads_are_hidden_where_they_would_be_looked_at(run: Run[Any], path: Path) -> None:
    event = order(1, data=b'{"user": "ada", "password": "hunter2"}')

    async def scenario() -> None:
        async with Rig(path) as rig:
            rig.frames.take("window")
            await rig.observers.attach(definition("alert", settings={"text": "{{data}}"}))
            await rig.ingest.deliver([event])
            (alert,) = rig.frames.take("window").alerts
            assert "ada" in alert.text
            assert "hunter2" not in alert.text + str(problems_of(rig))

    run(scenario())
    trial = tried(definition("publish", settings={"topic": "mail"}), event)
    assert trial.matches
    assert "hunter2" not in trial.shows
    assert tried(definition("publish", "mail/#", settings={"topic": "mail"}), event).matches is False


def test_silence_is_told_by_the_tick_of_the_engine(run: Run[Any], path: Path) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            rig.frames.take("window")
            await rig.observers.attach(definition("alert", settings={"text": "", "silence": 3}))
            told = []
            for _ in range(6):
                rig.clock.advance(1)
                rig.observers.tick()
                told += [alert.text for alert in rig.frames.take("window").alerts]
            assert told == ["Nothing arrived for 3 s on orders/#."]

    run(scenario())


def test_a_session_that_is_only_looked_at_takes_no_observer(run: Run[Any], path: Path) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            rig.recording._thread, thread = None, rig.recording._thread
            try:
                with pytest.raises(UserError, match="look only"):
                    await rig.observers.attach(definition())
            finally:
                rig.recording._thread = thread

    run(scenario())


def test_a_status_can_be_sent(run: Run[Any], path: Path) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.observers.attach(definition(settings={"sum": "total"}))
            await rig.ingest.deliver(orders(3))
            (status,) = rig.observers.statuses()
            assert msgspec.msgpack.decode(msgspec.msgpack.encode(status), type=ObserverStatus) == status
            assert 0 < status.p50 <= status.p99 or status.p50 == 0
            assert rig.observers.details()[0].delivered == 3

    run(scenario())
