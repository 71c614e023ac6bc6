"""What goes wrong on the engine's bus is shown, as one entry for each observer and each cycle."""

from __future__ import annotations

import asyncio
from typing import Any

from eventmon.core.bus import Bus
from eventmon.core.event import Event
from eventmon.engine.bus_problems import BusProblems
from eventmon.engine.engine import Engine
from eventmon.engine.options import EngineOptions
from eventmon.engine.paths import Paths
from eventmon.engine.problems import Problems
from tests.engine.conftest import Run
from tests.engine.rig import START, orders


def refuse(event: Event) -> None:
    raise ValueError(f"order {event.seq} has no total")


def shown(problems: Problems) -> list[tuple[str, str, int]]:
    return [(problem.where, problem.text, problem.count) for problem in problems.since(0)]


def test_an_observer_that_fails_is_one_problem_of_the_engine_and_hinders_nobody(
    run: Run[Any], paths: Paths, warnings_logged: list[str]
) -> None:
    async def scenario() -> None:
        engine = Engine(EngineOptions(serve_control=False), paths)
        await engine.start()
        try:
            engine.bus.subscribe("orders/#", refuse, name="totals")
            await engine.accept(orders(25))
            assert shown(engine.problems) == [("observer totals", "ValueError: order 1 has no total", 25)]
            assert engine.newest_committed == 25
        finally:
            await engine.stop()

    run(scenario())
    assert [text.partition(",")[0] for text in warnings_logged] == [
        "observer totals: ValueError: order 1 has no total",
        "observer totals: ValueError: order 10 has no total (10 times)",
    ]


def test_a_cycle_is_shown_once_however_often_it_is_cut(run: Run[Any], warnings_logged: list[str]) -> None:
    async def scenario() -> None:
        problems = Problems(lambda: START)
        bus = Bus(on_problem=BusProblems(problems))
        for _ in range(2):
            bus.subscribe("orders", lambda event: bus.publish("invoices"))
            bus.subscribe("invoices", lambda event: bus.publish("orders"))
        for _ in range(5):
            bus.publish("orders")
        assert shown(problems) == [
            ("bus", "Events go round without end and were cut: cycle invoices → orders → invoices", 1)
        ]

    run(scenario())
    assert len(warnings_logged) == 1


def test_what_happens_on_another_thread_is_shown_by_the_loop(run: Run[Any], warnings_logged: list[str]) -> None:
    async def scenario() -> None:
        problems = Problems(lambda: START)
        bus = Bus(on_problem=BusProblems(problems))
        bus.subscribe("orders", refuse, name="totals")
        await asyncio.to_thread(bus.publish, "orders")
        await asyncio.sleep(0)
        assert shown(problems) == [("observer totals", "ValueError: order 1 has no total", 1)]

    run(scenario())
    assert len(warnings_logged) == 1
