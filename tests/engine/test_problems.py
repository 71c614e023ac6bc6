from __future__ import annotations

from itertools import count

from eventmon.engine.problems import MAX_PROBLEMS, MAX_TEXT, Problems


def _problems() -> Problems:
    clock = count(1_000)
    return Problems(lambda: next(clock))


def test_the_same_problem_counts_up() -> None:
    problems = _problems()
    first = problems.report("error", "prod", "The broker hung up.")
    again = problems.report("error", "prod", "The broker hung up.")
    other = problems.report("error", "staging", "The broker hung up.")
    assert (again.id, again.count) == (first.id, 2)
    assert again.at > first.at
    assert other.id != first.id
    assert [problem.id for problem in problems.since(0)] == [first.id, other.id]


def test_a_viewer_gets_what_it_has_not_seen() -> None:
    problems = _problems()
    problems.report("warning", "log", "The disk is full.")
    seen = problems.changes
    assert problems.since(seen) == []
    problems.report("info", "log", "There is room again.")
    problems.report("warning", "log", "The disk is full.")
    assert [(problem.text, problem.count) for problem in problems.since(seen)] == [
        ("There is room again.", 1),
        ("The disk is full.", 2),
    ]


def test_the_list_is_bounded_and_keeps_what_was_seen_last() -> None:
    problems = _problems()
    for number in range(MAX_PROBLEMS):
        problems.report("error", "prod", f"Order {number} was refused.")
    problems.report("error", "prod", "Order 0 was refused.")
    problems.report("error", "prod", "The broker hung up.")
    texts = [problem.text for problem in problems.since(0)]
    assert len(texts) == MAX_PROBLEMS
    assert texts[-2:] == ["Order 0 was refused.", "The broker hung up."]
    assert "Order 1 was refused." not in texts


def test_an_unknown_severity_is_an_error_and_a_long_text_is_cut() -> None:
    problem = _problems().report("fatal", "prod", "x" * 10_000)
    assert problem.severity == "error"
    assert len(problem.text) == MAX_TEXT
