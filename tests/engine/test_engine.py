from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.engine import requests
from eventmon.engine.engine import Engine
from eventmon.engine.options import EngineOptions
from eventmon.engine.paths import AlreadyRunning, InstanceLock, Paths
from eventmon.engine.requests import ANSWER_TYPES, AnyRequest, Request
from eventmon.engine.settings import Settings, save_settings
from eventmon.engine.templates import Draft, NamedTemplate
from eventmon.store.errors import LogUnavailable, NotASession
from tests.engine.conftest import Run
from tests.engine.orders_source import OrdersBroker
from tests.engine.rig import order, orders
from tests.engine.whole_engine import running, take_frame


def test_a_published_event_can_be_read_at_once(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            published = await engine.answer(
                requests.Publish(topic="orders/created", data=b'{"total": 120}', type="order.created")
            )
            assert (published.seq, published.observers) == (1, 0)
            rows = await engine.answer(requests.ReadRows(first=1, count=10))
            (row,) = rows.rows
            assert (row.topic, row.type, row.preview) == ("orders/created", "order.created", b'{"total": 120}')
            assert (rows.first_seq, rows.newest_seq) == (1, 1)
            assert engine.newest_committed == 1

    run(scenario())


def test_everything_is_there_again_after_a_restart(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await engine.accept([*orders(100), *orders(50, region="us")])
            before, uuid = engine.topics(), engine.log_uuid
        async with running(paths) as engine:
            assert engine.log_uuid == uuid
            assert engine.newest_committed == 150
            after = {topic.topic: topic for topic in engine.topics()}
            assert after == {topic.topic: msgspec.structs.replace(topic, rate=0.0) for topic in before}
            assert engine.accounting().stored == 150
            assert (await engine.accept([order(1)])).first_seq == 151
            frame = await take_frame(engine)
            assert (frame.log.first_seq, frame.log.newest_seq, frame.log.events) == (1, 151, 151)

    run(scenario())


def test_a_start_that_fails_leaves_nothing_behind(run: Run[Any], paths: Paths, broker: OrdersBroker) -> None:
    options = EngineOptions(connections=(("prod", "orders://shop"), ("dev", "carrier-pigeon://roof")))

    async def scenario() -> None:
        engine = Engine(options, paths)
        with pytest.raises(UserError, match="carrier-pigeon"):
            await engine.start()
        await engine.stop()
        assert not paths.socket_path.exists()
        async with running(paths, EngineOptions()) as another:
            assert another.newest_committed == 0
            assert paths.socket_path.exists()
        assert not paths.socket_path.exists()

    run(scenario())


def test_a_file_that_is_no_session_is_refused_and_left_alone(run: Run[Any], paths: Paths, tmp_path: Path) -> None:
    path = tmp_path / "notes.eventmon"
    path.write_text("not a session")

    async def scenario() -> None:
        with pytest.raises(NotASession):
            await Engine(EngineOptions(session=path, serve_control=False), paths).start()

    run(scenario())
    assert path.read_text() == "not a session"


def test_one_profile_has_one_engine(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        async with running(paths, EngineOptions()):
            with pytest.raises(AlreadyRunning):
                await Engine(EngineOptions(), paths).start()
        lock = InstanceLock(paths)
        lock.acquire()
        lock.release()

    run(scenario())


def test_connections_of_the_options_are_open_after_the_start(run: Run[Any], paths: Paths, broker: OrdersBroker) -> None:
    options = EngineOptions(serve_control=False, connections=(("prod", "orders://shop"), ("", "orders://shop")))

    async def scenario() -> None:
        async with running(paths, options) as engine:
            listed = await engine.answer(requests.ListConnections())
            assert [status.name for status in listed] == ["prod", "shop"]
            opened = await engine.answer(requests.OpenConnection(url="orders://shop", name="dev"))
            assert opened.name == "dev"
            await engine.answer(requests.ForgetConnection(name="prod"))
            await engine.answer(requests.CloseConnection(name="shop"))
            frame = await take_frame(engine)
            assert frame.connections is not None
            assert [(each.name, each.phase) for each in frame.connections] == [("shop", "closed"), ("dev", "connected")]

    run(scenario())


def test_events_of_a_mounted_topic_go_to_its_connection(run: Run[Any], paths: Paths, broker: OrdersBroker) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await engine.answer(requests.OpenConnection(url="orders://shop", name="prod"))
            assert (await engine.answer(requests.Publish(topic="prod/orders", data=b"1"))).seq == 0
            assert (await engine.accept([Event(topic="prod/orders", data=b"2"), order(3)])).first_seq == 1
            assert [event.data for event in broker.published] == [b"1", b"2"]
            assert engine.accounting().received == 1

    run(scenario())


def test_a_session_that_another_engine_records_is_open_to_look(run: Run[Any], paths: Paths, tmp_path: Path) -> None:
    path = tmp_path / "shared.eventmon"

    async def scenario() -> None:
        recording = EngineOptions(session=path, serve_control=False)
        async with running(paths, recording) as recorder:
            await recorder.accept(orders(10))
            with pytest.raises(LogUnavailable, match="another Eventmon"):
                await Engine(EngineOptions(session=path, serve_control=False, role="serve"), paths).start()
            async with running(Paths.for_profile("second"), recording) as viewer:
                frame = await take_frame(viewer)
                assert frame.log.read_only
                assert (frame.log.newest_seq, len(frame.topics)) == (10, 1)
                assert viewer.log_uuid == recorder.log_uuid
                rows = await viewer.answer(requests.ReadRows(first=1, count=100))
                assert len(rows.rows) == 10
                with pytest.raises(UserError, match="look only"):
                    await viewer.accept([order(1)])
                with pytest.raises(UserError, match="look only"):
                    await viewer.answer(requests.OpenConnection(url="demo://"))
                await recorder.accept([order(11)])
                assert await viewer.wait_newer(10) == 11
                assert (viewer.accounting().received, viewer.accounting().stored) == (11, 11)

    run(scenario())


def test_settings_with_a_mistake_do_not_prevent_the_start(run: Run[Any], paths: Paths) -> None:
    paths.create()
    paths.settings_file.write_text("[log]\nmax_byts = 1\n")

    async def scenario() -> None:
        async with running(paths) as engine:
            frame = await take_frame(engine)
            (problem,) = frame.problems
            assert "max_byts" in problem.text
            assert frame.log.limit_bytes == Settings().log_max_bytes

    run(scenario())


def test_the_oldest_events_leave_a_log_that_is_too_large(run: Run[Any], paths: Paths) -> None:
    save_settings(paths, Settings(log_max_bytes=1_000_000))

    async def scenario() -> None:
        async with running(paths) as engine:
            for _ in range(30):
                await engine.accept([order(number, data=b"x" * 1_000) for number in range(100)])
            while not engine.accounting().pruned:
                await engine.wait_newer(engine.newest_committed - 1)
                await asyncio.sleep(0.01)
            frame = await take_frame(engine)
            rows = await engine.answer(requests.ReadRows(first=1, count=1))
            accounting = engine.accounting()
            assert accounting.stored == 3_000
            assert accounting.pruned < 3_000
            assert frame.log.first_seq > 1
            assert rows.first_seq > 1
            assert frame.log.events == 3_000 - frame.accounting.pruned

    run(scenario())


def test_a_search_looks_at_no_more_than_its_budget(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await engine.accept([*orders(100), order(100, region="us", data=b"Refund, please"), *orders(899)])
            found: list[int] = []
            newest, steps = 1_000, 0
            while newest >= 1:
                hits = await engine.answer(
                    requests.Search(topics=["orders/us/#"], text="", newest=newest, oldest=1, budget=300)
                )
                assert newest - hits.scanned_to < 300
                found += hits.seqs
                newest, steps = hits.scanned_to - 1, steps + 1
            assert found == [101]
            assert steps == 4
            hits = await engine.answer(requests.Search(topics=[], text="refund -eu", newest=1_000, oldest=1))
            assert (hits.seqs, hits.scanned_to) == ([101], 1)
            with pytest.raises(UserError):
                await engine.answer(requests.Search(topics=["a/#/b"], text="", newest=1_000, oldest=1))

    run(scenario())


def test_waiting_for_newer_events_ends_with_a_commit_or_with_the_engine(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            waiting = asyncio.create_task(engine.wait_newer(0))
            await engine.accept([order(1)])
            assert await waiting == 1
            assert await engine.wait_newer(0) == 1
            abandoned = asyncio.create_task(engine.wait_newer(5))
            await asyncio.sleep(0)
        with pytest.raises(UserError, match="stopped"):
            await abandoned
        with pytest.raises(UserError, match="not running"):
            await engine.answer(requests.ListConnections())

    run(scenario())


def test_a_second_start_raises_the_window(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            assert (await take_frame(engine)).raised == 0
            await engine.answer(requests.RaiseWindow())
            assert (await take_frame(engine)).raised == 1

    run(scenario())


def test_problems_of_a_front_end_are_listed(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await take_frame(engine)
            await engine.answer(requests.ReportProblem(severity="error", where="window", text="A slot failed."))
            (problem,) = (await take_frame(engine)).problems
            assert (problem.severity, problem.where, problem.text) == ("error", "window", "A slot failed.")

    run(scenario())


def test_statistics_have_the_terms_of_the_contract(run: Run[Any], paths: Paths, broker: OrdersBroker) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await engine.accept(orders(3))
            await engine.answer(requests.OpenConnection(url="orders://shop", name="prod"))
            stats = msgspec.to_builtins(engine.stats())
            assert stats.pop("log_bytes") > 0
            (connection,) = stats.pop("connections")
            assert connection["name"] == "prod"
            assert stats == {
                "received": 3,
                "stored": 3,
                "not_recorded": 0,
                "duplicates": 0,
                "dropped": 0,
                "in_flight": 0,
                "pruned": 0,
                "gaps": 0,
                "observers": 0,
                "topics": 1,
                "observers_detail": [],
            }

    run(scenario())


TOTALS = requests.ObserverDefinition(name="totals", kind="counter", pattern="orders/eu/#", settings={"sum": "total"})
PING = NamedTemplate(name="ping", draft=Draft(topic="shop/ping"))

ONE_OF_EACH: list[Request[Any]] = [
    requests.TakeFrame(viewer="window"),
    requests.ReadRows(first=1, count=10),
    requests.ReadRowsAt(seqs=[1, 3, 99]),
    requests.ReadNewestRows(count=2),
    requests.Search(topics=["orders/#"], text="created", newest=3, oldest=1),
    requests.ReadRemoved(),
    requests.DeleteEvents(topics=["orders/#"], text="", newest=3),
    requests.DeleteTopic(topic="orders", events=True),
    requests.ReadGaps(),
    requests.ReadHistogram(first_second=0, last_second=2**33),
    requests.Publish(topic="orders/created", data=b"\x00\xff", subject="1", headers={"traceparent": "00-1"}),
    requests.OpenConnection(url="orders://shop", name="dev"),
    requests.EditConnection(name="prod", url="orders://shop?channels=paid", read_only=False, color="red"),
    requests.CloseConnection(name="prod"),
    requests.ReconnectConnection(name="prod"),
    requests.ForgetConnection(name="prod"),
    requests.TryConnection(url="orders://shop"),
    requests.Browse(url="orders://shop", name="prod"),
    requests.ReadEvent(seq=2, limit=5),
    requests.CreateTopic(topic="returns/received"),
    requests.RecordTopics(pattern="metrics/#", record=False),
    requests.AttachObserver(definition=requests.ObserverDefinition(name="refunds", kind="counter", pattern="refunds")),
    requests.EditObserver(name="totals", definition=TOTALS),
    requests.ReadObserver(name="totals"),
    requests.PauseObserver(name="totals"),
    requests.ResumeObserver(name="totals"),
    requests.ResetObserver(name="totals"),
    requests.DetachObserver(name="totals"),
    requests.ListObservers(),
    requests.TryObserver(definition=TOTALS, seq=2),
    requests.ListConnections(),
    requests.ReviewWorkspace(),
    requests.ApproveDefinitions(chosen=[]),
    requests.ReadTemplates(),
    requests.ChangeTemplates(put=(PING,), removed=(("", "pong"),)),
    requests.ReadServer(),
    requests.StopServer(),
    requests.RenewTokens(),
    requests.ReportProblem(severity="info", where="window", text="Hello."),
    requests.RaiseWindow(),
]


def test_every_request_is_tried() -> None:
    elsewhere = {  # tried in test_session_copy, test_serving, test_sharing and test_workspace_exchange
        requests.ExportWorkspace,
        requests.ImportWorkspace,
        requests.ShareWorkspace,
        requests.LeaveHub,
        requests.TryHub,
        requests.ReconnectHub,
        requests.ReadConflict,
        requests.ResolveConflict,
        requests.StartServer,
        requests.SaveSessionAs,
    }
    assert {type(request) for request in ONE_OF_EACH} == set(ANSWER_TYPES) - elsewhere


@pytest.mark.parametrize("request_made", ONE_OF_EACH, ids=lambda request: type(request).__name__)
def test_a_request_and_its_answer_survive_encoding(
    run: Run[Any], paths: Paths, broker: OrdersBroker, request_made: Request[Any]
) -> None:
    async def lose(feed: Any) -> None:
        feed.gap(1, 2, "The broker hung up.")

    async def scenario() -> None:
        async with running(paths) as engine:
            await engine.answer(requests.OpenConnection(url="orders://shop", name="prod"))
            await broker.steps.put(lose)
            await broker.steps.join()
            await engine.answer(requests.AttachObserver(definition=TOTALS))
            await engine.accept(orders(3))
            sent = msgspec.msgpack.decode(msgspec.msgpack.encode(request_made), type=AnyRequest)
            assert sent == request_made
            answer = await engine.answer(request_made)
            answer_type: Any = ANSWER_TYPES[type(request_made)]
            assert msgspec.msgpack.decode(msgspec.msgpack.encode(answer), type=answer_type) == answer
            assert msgspec.json.decode(msgspec.json.encode(answer), type=answer_type) == answer

    run(scenario())
