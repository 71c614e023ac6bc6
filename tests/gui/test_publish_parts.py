"""The parts of the Publish dock without a window: history, suggestions, the editor's text, the store, the clock."""

from __future__ import annotations

from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from eventmon.core.errors import UserError
from eventmon.engine.requests import Publish
from eventmon.engine.templates import Draft, DraftBook, load_book
from eventmon.gui.context import PanelContext
from eventmon.gui.known_topics import KnownTopics
from eventmon.gui.models.known_names import MAX_SUGGESTIONS, KnownNames
from eventmon.gui.models.publish_history import HistoryWalk
from eventmon.gui.models.publish_plan import PublishPlan, begin_plan, now_firing, plan_of
from eventmon.gui.models.publish_recent import MAX_SEEN, RecentValues
from eventmon.gui.publish_rest import RestTimer
from eventmon.gui.publish_runner import PublishRunner
from eventmon.gui.publish_store import DraftStore
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.publish_editor import PublishEditor
from eventmon.gui.widgets.publish_highlighter import units
from tests.helpers.scripted_engine import ScriptedEngine, topic

ORDER = Draft(topic="orders", body='{"order": {{seq}}}')


@given(st.lists(st.tuples(st.sampled_from([1, -1]), st.booleans()), max_size=20))
def test_whatever_is_typed_while_walking_can_be_found_again(steps: list[tuple[int, bool]]) -> None:
    history = [Draft(topic=f"orders/{number}") for number in range(4)]
    kept: list[Draft] = []
    walk = HistoryWalk(kept.append)
    shown = Draft(topic="being written")
    typed = [shown]
    for number, (direction, edits) in enumerate(steps):
        if edits:
            shown = Draft(topic=f"typed {number}")
            typed.append(shown)
        there = walk.older(shown, history) if direction > 0 else walk.newer(shown)
        shown = there or shown
    reachable = [shown, *kept]
    while (earlier := walk.older(shown, history)) is not None:
        shown = earlier
        reachable.append(shown)
    while (later := walk.newer(shown)) is not None:
        shown = later
        reachable.append(shown)
    overtyped = [draft for draft in typed if draft not in reachable]
    assert all(typed.index(draft) < len(typed) - 1 for draft in overtyped)


def test_walking_begins_at_what_is_written_and_ends_there() -> None:
    walk = HistoryWalk(lambda _draft: None)
    written, older = Draft(topic="new"), Draft(topic="old")
    assert not walk.can_go(written, [], 1)
    assert walk.can_go(written, [older], 1)
    assert walk.older(written, [older]) == older
    assert walk.older(older, [older]) is None
    assert walk.can_go(older, [older], -1)
    assert walk.newer(older) == written
    assert walk.newer(written) is None


@pytest.fixture
def topics(context: PanelContext) -> KnownTopics:
    return KnownTopics(context.bridge)


@pytest.fixture
def known(topics: KnownTopics) -> KnownNames:
    return topics.names


def test_suggestions_are_bounded_and_in_order(topics: KnownTopics, known: KnownNames) -> None:
    topics.take([topic(f"orders/{number:05d}", 1) for number in range(5_000, 0, -1)])
    assert known.topics("orders/0000")[:2] == ["orders/00001", "orders/00002"]
    assert len(known.topics("")) == MAX_SUGGESTIONS
    assert known.topics("04999") == ["orders/04999"]
    topics.take([topic("cart/updated", 1, types=("cart.updated",)), topic("cart/updated", 2, types=("cart.cleared",))])
    assert known.topics("CART") == ["cart/updated"]
    assert known.types("", "cart/updated")[0] == "cart.cleared"
    assert known.topics("no such") == []


def test_new_topics_are_found_at_once_however_many_there_are(topics: KnownTopics, known: KnownNames) -> None:
    topics.take([topic(f"orders/{number:05d}", 1) for number in range(5_000)])
    assert known.topics("orders/0499") == [f"orders/0499{digit}" for digit in range(10)]
    topics.take([topic("orders/04990a", 1), topic("cart/orders/0499", 1)])
    assert known.topics("orders/0499")[:2] == ["orders/04990", "orders/04990a"]
    assert known.topics("orders/0499")[-1] == "cart/orders/0499"


def test_sources_and_subjects_complete_from_what_was_published_then_from_what_was_looked_at() -> None:
    book = DraftBook()
    for source, subject in (("//shop/cart", "order/1"), ("//shop/checkout", ""), ("//shop/cart", "order/2")):
        book = book.with_history(Draft(topic="orders", source=source, subject=subject))
    recent = RecentValues(lambda: book.history)
    recent.see("//warehouse/gate", "order/7")
    recent.see("//warehouse/van", "")
    assert recent.sources("") == ["//shop/cart", "//shop/checkout", "//warehouse/van", "//warehouse/gate"]
    assert recent.sources("WAREHOUSE/g") == ["//warehouse/gate"]
    assert recent.subjects("order") == ["order/2", "order/1", "order/7"]
    for number in range(MAX_SEEN + 50):
        recent.see(f"//shop/{number}", "")
    assert len(recent.sources("")) == MAX_SUGGESTIONS
    assert recent.sources("//shop/10") != []
    assert recent.sources("//shop/49") == []  # long ago


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_positions_are_counted_as_qt_counts_them(text: str) -> None:
    assert units(text) == len(text.encode("utf-16-le")) // 2


def test_the_editor_gives_back_every_letter(theme: Theme, qtbot: QtBot) -> None:
    editor = PublishEditor(theme)
    qtbot.addWidget(editor)
    text = "Zoë\u00a0Martin\t𝕆\u200b\n  two\n"
    editor.set_text(text)
    assert editor.text() == text


def test_a_new_line_is_indented_as_the_one_before(theme: Theme, qtbot: QtBot) -> None:
    editor = PublishEditor(theme)
    qtbot.addWidget(editor)
    editor.set_text('{\n  "order": 7,')
    editor.moveCursor(editor.textCursor().MoveOperation.End)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QTest.keyClicks(editor, '"total": 12')
    assert editor.text() == '{\n  "order": 7,\n  "total": 12'


def test_a_mark_stands_at_its_letter(theme: Theme, qtbot: QtBot) -> None:
    editor = PublishEditor(theme)
    qtbot.addWidget(editor)
    editor.set_text('{"name": "𝕆", x}')
    editor.mark(14)
    assert editor.extraSelections()[1].cursor.selectedText() == "x"
    editor.set_text("")
    editor.mark(0)
    editor.mark(-1)
    assert editor.extraSelections() == []


def test_the_store_writes_what_was_changed_while_it_wrote(tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "drafts.json"
    store = DraftStore(path)
    store.change(lambda book: book.with_history(ORDER))
    store._write()
    store.keep_draft(Draft(topic="cart"), 7)
    assert not store.saved
    qtbot.waitUntil(lambda: store.saved, timeout=10_000)
    assert load_book(path) == DraftBook(fired=7, draft=Draft(topic="cart"), history=(ORDER,))
    store.flush()


def test_a_disk_that_refuses_is_said_and_nothing_is_lost_in_memory(tmp_path: Path, qtbot: QtBot) -> None:
    store = DraftStore(tmp_path / "config" / "drafts.json")
    (tmp_path / "config").write_text("a file")
    with qtbot.waitSignal(store.troubled, timeout=10_000) as told:
        store.change(lambda book: book.with_history(ORDER))
    assert "cannot be" in told.args[0] or "could not be saved" in told.args[0]
    assert store.book.history == (ORDER,)
    store.flush()


class Clock:
    """A clock that goes when it is told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def runner(context: PanelContext, clock: Clock) -> PublishRunner:
    context.bridge._timer.stop()
    numbers = iter(range(1, 100_000))
    return PublishRunner(context.bridge, lambda: now_firing(next(numbers)), clock=clock)


def fired(engine: ScriptedEngine) -> int:
    return sum(isinstance(request, Publish) for request in engine.asked)


def test_repeating_keeps_the_beat_and_says_what_it_left_out(
    runner: PublishRunner, engine: ScriptedEngine, clock: Clock
) -> None:
    runner.start(begin_plan(ORDER), "repeat", every_ms=500)
    assert fired(engine) == 1
    clock.now += 0.49
    runner.turn()
    assert fired(engine) == 1
    clock.now += 0.02
    runner.turn()
    assert (fired(engine), runner.skipped) == (2, 0)
    clock.now += 2.0
    runner.turn()
    assert (fired(engine), runner.skipped) == (3, 3)
    runner.stop()
    assert not runner.running
    clock.now += 5
    runner.turn()
    assert fired(engine) == 3


def test_a_plan_is_waited_for_and_may_be_given_up(runner: PublishRunner, engine: ScriptedEngine) -> None:
    planned: Future[PublishPlan] = Future()
    runner.start(planned, "once")
    assert runner.kind == "once"
    assert fired(engine) == 0
    planned.set_result(plan_of(ORDER))
    runner.turn()
    assert fired(engine) == 1
    runner.start(Future(), "burst", count=10)
    runner.stop()
    assert not runner.running
    assert fired(engine) == 1


def test_a_second_run_waits_for_the_first(runner: PublishRunner, engine: ScriptedEngine) -> None:
    engine.silent = True
    runner.start(begin_plan(ORDER), "once")
    runner.start(begin_plan(ORDER), "burst", count=9)
    assert (runner.kind, fired(engine)) == ("once", 1)
    runner.stop()
    runner.stop()


def test_the_first_refusal_is_the_one_that_is_told(runner: PublishRunner, engine: ScriptedEngine) -> None:
    refusals = iter([UserError("The disk is full."), UserError("Another.")])
    engine.answer(Publish, lambda _request: next(refusals, UserError("More.")))
    runner.start(begin_plan(ORDER), "burst", count=10)
    assert str(runner.refusal) == "The disk is full."
    assert runner.answered == 0


def test_a_bug_in_an_answer_ends_the_run_and_is_not_hidden(runner: PublishRunner, engine: ScriptedEngine) -> None:
    engine.answer(Publish, RuntimeError("no such table"))
    with pytest.raises(RuntimeError, match="no such table"):
        runner.start(begin_plan(ORDER), "burst", count=3)
    while runner.kind:
        with suppress(RuntimeError):
            runner.turn()
    assert str(runner.refusal).startswith("The engine gave no answer.")


def test_somebody_who_never_rests_is_heard_all_the_same(qtbot: QtBot) -> None:
    parent = QObject()
    timer = RestTimer("test", 10_000, 30, parent)
    heard: list[int] = []
    timer.timeout.connect(lambda: heard.append(1))
    timer.touch()
    assert timer.remainingTime() > 9_000
    qtbot.waitUntil(lambda: timer.remainingTime() < 9_900)
    timer.touch()
    assert timer.remainingTime() <= 9_900
    timer.setInterval(1)
    qtbot.waitUntil(lambda: heard == [1])
