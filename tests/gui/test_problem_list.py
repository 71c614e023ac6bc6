"""Problems of the window reach the engine, before it runs as after; the list is newest first and bounded."""

from __future__ import annotations

import pytest

from eventmon.engine.frame import Problem
from eventmon.engine.requests import ReportProblem
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.problem_list import LIMIT, ProblemList
from tests.helpers.scripted_engine import TAKEN, ScriptedEngine


@pytest.fixture
def bridge(qapp: object) -> EngineBridge:
    return EngineBridge()


@pytest.fixture
def problems(bridge: EngineBridge) -> ProblemList:
    return ProblemList(bridge)


def problem(number: int, severity: str = "error", text: str = "The name was not found.") -> Problem:
    return Problem(id=number, severity=severity, where="shop", text=text, at=TAKEN + number)  # type: ignore[arg-type]


def test_before_the_engine_runs_problems_are_kept_and_counted(problems: ProblemList) -> None:
    problems.report("layout", "The window layout cannot be used.", "warning")
    problems.report("layout", "The window layout cannot be used.", "warning")
    (kept,) = problems.all()
    assert (kept.count, kept.severity) == (2, "warning")
    assert problems.count() == 1


def test_what_waited_goes_to_the_engine_with_its_first_frame(
    problems: ProblemList, bridge: EngineBridge, engine: ScriptedEngine
) -> None:
    problems.report("layout", "The window layout cannot be used.", "warning")
    bridge.attach(engine)
    assert engine.asked == [ReportProblem(severity="warning", where="layout", text="The window layout cannot be used.")]
    bridge.detach()


def test_later_ones_go_at_once(problems: ProblemList, bridge: EngineBridge, engine: ScriptedEngine) -> None:
    bridge.attach(engine)
    problems.report("window", "ValueError: no such order")
    assert engine.asked == [ReportProblem(severity="error", where="window", text="ValueError: no such order")]
    bridge.detach()


def test_the_newest_stands_first_and_a_seen_one_moves_up(problems: ProblemList, bridge: EngineBridge) -> None:
    bridge.problemRaised.emit([problem(1), problem(2)])
    bridge.problemRaised.emit([Problem(id=1, severity="error", where="shop", text="again", at=TAKEN + 9, count=2)])
    assert [each.id for each in problems.all()] == [1, 2]
    assert problems.count() == 2


def test_notes_are_listed_but_ask_for_no_look(problems: ProblemList, bridge: EngineBridge) -> None:
    bridge.problemRaised.emit([problem(1, "info")])
    assert problems.count() == 0
    assert len(problems.all()) == 1
    assert problems.worst() == "info"


def test_the_worst_decides_the_colour(problems: ProblemList, bridge: EngineBridge) -> None:
    bridge.problemRaised.emit([problem(1, "warning")])
    assert problems.worst() == "warning"
    bridge.problemRaised.emit([problem(2, "error")])
    assert problems.worst() == "error"


def test_the_list_is_bounded(problems: ProblemList, bridge: EngineBridge) -> None:
    bridge.problemRaised.emit([problem(number) for number in range(LIMIT + 50)])
    assert len(problems.all()) == LIMIT
    assert problems.all()[0].id == LIMIT + 49
