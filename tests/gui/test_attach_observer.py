"""The Attach dialog: a form of the kind's fields, a pattern that says what it matches, a dry run, and nothing lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from eventmon.core.errors import UserError
from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.observer_forms import observer_forms
from eventmon.engine.requests import (
    AttachObserver,
    EditObserver,
    ObserverTrial,
    ReadObserver,
    ReadRowsAt,
    Rows,
    TryObserver,
)
from eventmon.gui.context import PanelContext
from eventmon.gui.dialogs.attach_observer import AttachObserverDialog
from eventmon.gui.dialogs.attach_observer_entry import free_name
from eventmon.gui.known_topics import known_topics
from eventmon.gui.panels.observers import ObserversPanel
from eventmon.gui.widgets.labelled_field import LabelledField
from eventmon.gui.widgets.plain_text import PlainLabel
from eventmon.store.base import LogRow
from tests.gui.conftest import Screenshot
from tests.gui.connect_script import retype, turns
from tests.gui.observer_script import ORDERS, SHOP, forms
from tests.helpers.hostile import HOSTILE_TEXTS
from tests.helpers.scripted_engine import TAKEN, ScriptedEngine, topic

TRIAL = ObserverTrial(
    matches=True,
    does="Publishes to warehouse/orders.",
    shows='warehouse/orders\n\n{"order":"48348","customer":{"id":"cus_81f0c2"}}',
)


class Bench:
    """The panel in its window, and the dialog that it opens."""

    def __init__(self, context: PanelContext, engine: ScriptedEngine, loop: asyncio.AbstractEventLoop) -> None:
        self.context = context
        self.engine = engine
        self.loop = loop
        self.panel = ObserversPanel(context, forms=forms)
        self.panel.resize(1_200, 700)
        self.panel.show()
        engine.set(
            attached=SHOP,
            topics=[topic("prod/orders/eu/created", 118_204, 351.0), topic("prod/orders/us/created", 90_000, 168.0)],
        )
        engine.answer(TryObserver, TRIAL)
        context.bridge._ask_for_frame()
        engine.asked.clear()

    def act(self, *steps: Callable[[], object]) -> None:
        """Do something and wait for what it begins."""

        async def main() -> None:
            for step in steps:
                step()
                await turns()
            await self.panel.of_observers.wait()

        self.loop.run_until_complete(main())

    def open(self, pattern: str = "prod/orders/+/created") -> AttachObserverDialog:
        self.context.selection.attachWanted.emit(pattern)
        QApplication.processEvents()
        return self.dialog

    def close(self) -> None:
        """End what is under way with its dialog."""
        for dialog in self.panel.findChildren(AttachObserverDialog):
            dialog.reject()

    @property
    def dialog(self) -> AttachObserverDialog:
        return next(each for each in self.panel.findChildren(AttachObserverDialog) if each.isVisible())

    def asked(self, kind: type) -> list[Any]:
        return [request for request in self.engine.asked if isinstance(request, kind)]

    def click(self, button: QWidget) -> None:
        self.act(lambda: QTest.mouseClick(button, Qt.MouseButton.LeftButton))

    def try_now(self) -> list[str]:
        """Let the dry run happen; gives what the right column says."""
        self.act(self.dialog.entry.pattern.recount, self.dialog.trialWanted.emit)
        return self.dialog.trial.texts()


def line(dialog: AttachObserverDialog, name: str) -> QLineEdit:
    place = dialog.entry.form.place_of(name)
    assert place is not None
    found = place.findChild(QLineEdit)
    assert found is not None
    return found


def note(field: LabelledField | None) -> tuple[str, bool]:
    assert field is not None
    return field.note.text, field.faulty


def choose(dialog: AttachObserverDialog, kind: str) -> None:
    """Choose a kind with the arrow keys."""
    dialog.kinds.setFocus()
    for _ in range(dialog.kinds.count()):
        if dialog.entry.kind == kind:
            return
        QTest.keyClick(dialog.kinds, Qt.Key.Key_Down)
    assert dialog.entry.kind == kind


@pytest.fixture
def bench(
    context: PanelContext, engine: ScriptedEngine, loop: asyncio.AbstractEventLoop, qtbot: QtBot
) -> Iterator[Bench]:
    bench = Bench(context, engine, loop)
    yield bench
    bench.act(bench.close)
    bench.panel.close()
    bench.panel.deleteLater()


def test_the_pattern_wished_for_is_filled_in_and_counted(bench: Bench, qtbot: QtBot) -> None:
    dialog = bench.open()
    assert dialog.entry.pattern.text == "prod/orders/+/created"
    field = dialog.entry.pattern.field
    qtbot.waitUntil(lambda: note(field) == ("Matches 2 topics, 519 events/s right now", False))
    bench.engine.set(topics=[topic("prod/orders/uk/created", 3, 1.0)])
    bench.context.bridge._ask_for_frame()
    qtbot.waitUntil(lambda: note(field)[0] == "Matches 3 topics, 520 events/s right now", timeout=5_000)


def test_without_a_wish_the_filter_of_the_log_or_all_topics_are_meant(bench: Bench) -> None:
    bench.context.commands.action("observer.attach").trigger()
    assert bench.dialog.entry.pattern.text == "#"
    bench.dialog.reject()
    bench.context.selection.setTopicFilter("prod/#")
    bench.context.commands.action("observer.attach").trigger()
    assert bench.dialog.entry.pattern.text == "prod/#"


def test_there_is_one_dialog_at_a_time(bench: Bench) -> None:
    first = bench.open()
    bench.context.selection.attachWanted.emit("stock/#")
    assert bench.panel.findChildren(AttachObserverDialog) == [first]


def test_attaching_a_counter_takes_two_keys(bench: Bench) -> None:
    dialog = bench.open()
    bench.act(lambda: QTest.keyClick(dialog.entry.pattern.line, Qt.Key.Key_Return))
    (asked,) = bench.asked(AttachObserver)
    assert asked.definition == ObserverDefinition(
        name="Counter", kind="counter", pattern="prod/orders/+/created", settings={"field": "", "per": "all"}
    )
    assert not shiboken6.isValid(dialog) or not dialog.isVisible()
    current = bench.panel.table.current()
    assert current is not None
    assert current.name == "Counter", "the new one is selected"


def test_everything_that_is_filled_in_reaches_the_engine(bench: Bench) -> None:
    dialog = bench.open()
    choose(dialog, "publish")
    retype(dialog.entry.name_line, "Mirror orders")
    retype(line(dialog, "topic"), "warehouse/orders")
    retype(line(dialog, "rate"), "20")
    dialog.entry.overflow.setFocus()
    QTest.keyClick(dialog.entry.overflow, Qt.Key.Key_Down)
    bench.click(dialog.attach_button)
    (asked,) = bench.asked(AttachObserver)
    assert asked.definition == ObserverDefinition(
        name="Mirror orders",
        kind="publish",
        pattern="prod/orders/+/created",
        settings={"topic": "warehouse/orders", "rate": 20, "keep": True},
        overflow="drop_newest",
    )


def test_what_happens_when_it_is_slow_is_asked_of_kinds_with_a_queue_alone(bench: Bench) -> None:
    dialog = bench.open()
    assert not dialog.entry.slow.isVisible()
    choose(dialog, "publish")
    assert dialog.entry.slow.isVisible()
    assert dialog.entry.overflow in dialog.stops()


def test_the_dialog_grows_for_a_longer_form_and_never_beyond_its_window(bench: Bench, qtbot: QtBot) -> None:
    dialog = bench.open()
    before = dialog.height()
    choose(dialog, "publish")
    dialog.entry.form.more.click()
    dialog.grow()
    QApplication.processEvents()
    assert dialog.height() >= before
    assert dialog.height() <= bench.panel.height()
    bar = dialog.scroller.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() == 0)


def test_the_suggested_name_is_free() -> None:
    assert free_name("Counter", ["Alert"]) == "Counter"
    assert free_name("Counter", ["Counter", "Counter 2"]) == "Counter 3"


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ("", "Which topics? Type a pattern; # alone stands for all of them."),
        ("orders/#/created", "In the pattern 'orders/#/created' # has to be the whole last level, as in orders/#."),
    ],
)
def test_a_pattern_that_is_none_is_said_under_it_and_nothing_is_asked(
    bench: Bench, pattern: str, sentence: str
) -> None:
    dialog = bench.open()
    retype(dialog.entry.pattern.line, pattern)
    bench.click(dialog.attach_button)
    assert note(dialog.entry.pattern.field) == (sentence, True)
    assert dialog.focusWidget() is dialog.entry.pattern.line
    assert bench.asked(AttachObserver) == []
    retype(dialog.entry.pattern.line, "orders/#")
    assert not dialog.entry.pattern.field.faulty


def test_a_field_that_has_to_be_filled_in_says_so(bench: Bench) -> None:
    dialog = bench.open()
    choose(dialog, "publish")
    bench.click(dialog.attach_button)
    assert note(dialog.entry.form.place_of("topic")) == ("Topic has to be filled in.", True)
    assert bench.asked(AttachObserver) == []
    retype(line(dialog, "topic"), "warehouse/orders")
    assert not note(dialog.entry.form.place_of("topic"))[1]


@pytest.mark.parametrize(
    ("sentence", "at"),
    [
        ("There is an observer “my pattern” already. Choose another name.", "name"),
        ("In the pattern “name” + has to be a whole level.", "pattern"),
        ("Sum of field: another value is expected.", "field"),
        ("“a..b” is no path. Write names with dots between.", ""),
        ("The workspace cannot be written: the disk is full. Make room.", ""),
    ],
)
def test_what_the_engine_refuses_is_said_where_it_is_mended_and_nothing_is_lost(
    bench: Bench, sentence: str, at: str
) -> None:
    bench.engine.answer(AttachObserver, UserError(sentence))
    dialog = bench.open()
    retype(dialog.entry.name_line, "my pattern")
    bench.click(dialog.attach_button)
    own = {
        "name": dialog.entry.name,
        "pattern": dialog.entry.pattern.field,
        "field": dialog.entry.form.place_of("field"),
    }
    assert dialog.isVisible()
    if at:
        assert note(own[at]) == (sentence, True)
        assert dialog.outcome.text == ""
    else:
        assert (dialog.outcome.text, dialog.outcome.tone) == (sentence, "error")
    assert dialog.entry.name_line.text() == "my pattern"
    assert dialog.attach_button.isEnabled()


def test_what_was_typed_stays_when_another_kind_is_looked_at(bench: Bench) -> None:
    dialog = bench.open()
    choose(dialog, "publish")
    retype(line(dialog, "topic"), "warehouse/orders")
    retype(dialog.entry.name_line, "Mirror")
    choose(dialog, "file")
    dialog.kinds.setCurrentRow(1)
    assert line(dialog, "topic").text() == "warehouse/orders"
    assert dialog.entry.name_line.text() == "Mirror"


def test_the_dry_run_is_on_the_selected_event(bench: Bench, save_screenshot: Screenshot) -> None:
    row = LogRow(seq=7, received=TAKEN, topic="prod/orders/eu/created", type="order.created", size=2, preview=b"{}")
    bench.engine.answer(ReadRowsAt, Rows(rows=[row], first_seq=1, newest_seq=9))
    bench.context.selection.setEvent(7)
    dialog = bench.open()
    choose(dialog, "publish")
    retype(line(dialog, "topic"), "warehouse/orders")
    assert bench.try_now() == [
        "Test on the selected event",
        "prod/orders/eu/created · seq 7",
        "Pattern matches",
        "Publishes to warehouse/orders.",
        TRIAL.shows,
        "Dry run: nothing has been sent.",
    ]
    assert bench.asked(TryObserver)[-1] == TryObserver(definition=dialog.entry.definition(), seq=7)
    assert bench.asked(AttachObserver) == []
    for mode in ("light", "dark"):
        bench.context.theme.apply(mode)
        save_screenshot(dialog, f"attach_observer_{mode}")


def test_without_a_selection_it_is_on_the_newest_event_that_matches(bench: Bench) -> None:
    bench.open()
    assert bench.try_now()[:2] == [
        "Test on the newest event that matches",
        "prod/orders/eu/created · seq 118,204",
    ]
    assert bench.asked(TryObserver)[-1].seq == 118_204


def test_the_same_dry_run_is_not_asked_for_twice(bench: Bench) -> None:
    bench.open()
    bench.try_now()
    bench.try_now()
    assert len(bench.asked(TryObserver)) == 1
    retype(line(bench.dialog, "field"), "total")
    bench.try_now()
    assert len(bench.asked(TryObserver)) == 2


def test_an_event_that_does_not_match_says_so(bench: Bench) -> None:
    bench.engine.answer(TryObserver, ObserverTrial(matches=False))
    bench.open()
    assert bench.try_now()[2:] == ["The pattern does not match this topic: nothing would be done."]


def test_what_cannot_be_tested_says_why(bench: Bench) -> None:
    bench.open("stock/#")
    assert bench.try_now() == [
        "Test on the selected event",
        "No event to test on yet. Select one in the log.",
    ]
    bench.context.selection.setEvent(3)
    assert bench.try_now()[-1] == "The event is no longer in the log. Select another one."
    choose(bench.dialog, "publish")
    assert bench.try_now()[-1] == "Fill in the form to see what it would do."
    assert bench.asked(TryObserver) == []


def test_a_dry_run_hides_secrets_and_shows_the_beginning_of_what_is_large(bench: Bench) -> None:
    secret = '{"order":"48348","token":"sk_live_1"}'
    bench.engine.answer(TryObserver, ObserverTrial(matches=True, does="It would publish.", shows=secret + "x" * 90_000))
    dialog = bench.open()
    bench.try_now()
    shown = dialog.trial.shown.toPlainText()
    assert shown.startswith('{"order":"48348","token":"•••"}xxx')
    assert shown.endswith("x…")
    assert len(shown) < 20_000
    assert "This would be sent or written; its beginning" in [label.text() for label in dialog.findChildren(PlainLabel)]
    bench.engine.answer(TryObserver, ObserverTrial(matches=True, does="It would publish.", shows="48348", cut=True))
    retype(line(dialog, "field"), "total")
    bench.try_now()
    assert dialog.trial.shown.toPlainText() == "48348…"


def test_a_dry_run_that_is_refused_for_a_field_says_it_under_that_field(bench: Bench) -> None:
    dialog = bench.open()
    choose(dialog, "file")
    retype(line(dialog, "path"), "/var/log")
    bench.engine.answer(TryObserver, UserError("File: /var/log is a folder. Choose a file in it."))
    bench.try_now()
    assert note(dialog.entry.form.place_of("path")) == ("File: /var/log is a folder. Choose a file in it.", True)
    assert line(dialog, "path").property("state") == "error"
    retype(line(dialog, "path"), "/var/log/orders")
    assert not note(dialog.entry.form.place_of("path"))[1]


def test_a_refused_dry_run_says_why_and_stops_nothing(bench: Bench) -> None:
    bench.engine.answer(TryObserver, UserError("Text: there is no placeholder {{price}}."))
    dialog = bench.open()
    assert bench.try_now()[-1] == "Text: there is no placeholder {{price}}."
    bench.click(dialog.attach_button)
    assert len(bench.asked(AttachObserver)) == 1


def test_editing_shows_what_is_and_keeps_the_kind(bench: Bench) -> None:
    known = ObserverDefinition(
        name="All orders",
        kind="publish",
        pattern="prod/orders/#",
        settings={"topic": "warehouse", "rate": 5},
        overflow="latest",
        paused=True,
    )
    bench.engine.answer(ReadObserver, known)
    bench.panel.table.select("All orders")
    bench.act(bench.context.commands.action("observer.edit").trigger)
    dialog = bench.dialog
    assert dialog.kinds.count() == 1
    assert dialog.entry.definition() == ObserverDefinition(
        name="All orders",
        kind="publish",
        pattern="prod/orders/#",
        settings={"topic": "warehouse", "rate": 5, "keep": True},
        overflow="latest",
        paused=True,
    )
    retype(dialog.entry.name_line, "Every order")
    bench.click(dialog.attach_button)
    (asked,) = bench.asked(EditObserver)
    assert (asked.name, asked.definition.name, asked.definition.paused) == ("All orders", "Every order", True)


def test_a_duplicate_begins_with_the_same_settings_and_a_free_name(bench: Bench) -> None:
    bench.panel.table.select("All orders")
    bench.act(bench.context.commands.action("observer.duplicate").trigger)
    dialog = bench.dialog
    assert dialog.windowTitle() == "Attach observer"
    assert dialog.entry.name_line.text() == f"{ORDERS.name} 2"
    assert dialog.kinds.count() == 3
    bench.click(dialog.attach_button)
    (asked,) = bench.asked(AttachObserver)
    assert asked.definition.name == "All orders 2"


def test_tab_walks_the_form_from_top_to_bottom(bench: Bench) -> None:
    dialog = bench.open()
    choose(dialog, "publish")
    dialog.entry.name_line.setFocus()
    walked = []
    for _ in range(9):
        focused = dialog.focusWidget()
        walked.append(focused.objectName() or type(focused).__name__)
        dialog.focusNextPrevChild(True)
    assert walked[:6] == ["name", "pattern", "field.topic", "field.rate", "overflow", "LinkButton"]
    assert walked[-1] == "kindList"


def test_every_field_has_a_name_for_assistive_tools(bench: Bench) -> None:
    dialog = bench.open()
    for kind in ("counter", "publish", "file"):
        dialog.entry.show_form(kind)
        for field in [*dialog.entry.findChildren(QLineEdit), *dialog.entry.findChildren(QComboBox)]:
            assert field.accessibleName(), (kind, field.objectName())


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_topics_are_offered_while_a_pattern_is_typed(bench: Bench) -> None:
    dialog = bench.open()
    retype(dialog.entry.pattern.line, "prod/orders/")
    completer = dialog.entry.pattern.line.completer()
    model = completer.model()
    assert [model.index(row, 0).data() for row in range(model.rowCount())] == ["prod/orders/eu/#", "prod/orders/us/#"]
    popup = completer.popup()
    assert popup is not None
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)
    assert dialog.entry.pattern.text == "prod/orders/eu/#"
    assert dialog.isVisible(), "Enter in the list attaches nothing"


def test_the_forms_of_the_real_kinds_are_shown(
    context: PanelContext, qtbot: QtBot, save_screenshot: Screenshot
) -> None:
    real = observer_forms()
    dialog = AttachObserverDialog(context.theme, real, known_topics(context.bridge), pattern="orders/#")
    qtbot.addWidget(dialog)
    dialog.show()
    for form in real:
        dialog.entry.show_form(form.kind)
        assert dialog.entry.definition().settings.keys() == {field.name for field in form.fields}
        save_screenshot(dialog, f"attach_observer_{form.kind}")


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_hostile_texts_are_shown_as_they_are(bench: Bench, name: str) -> None:
    text = HOSTILE_TEXTS[name]
    known = ObserverDefinition(name=text or "x", kind="counter", pattern=text, settings={"field": text, "per": "all"})
    bench.engine.answer(ReadObserver, known)
    bench.engine.answer(TryObserver, ObserverTrial(matches=True, does=text, shows=text))
    bench.engine.answer(EditObserver, UserError(f"It says {text}"))
    bench.panel.table.select("All orders")
    bench.act(bench.context.commands.action("observer.edit").trigger)
    dialog = bench.dialog
    dialog.trial.show_event(text, 7, selected=True)
    dialog.trial.show_trial(ObserverTrial(matches=True, does=text, shows=text))
    dialog.grab()
    retype(dialog.entry.pattern.line, "orders/#")
    bench.click(dialog.attach_button)
    dialog.grab()
    assert dialog.isVisible()
    assert dialog.width() < 1_100


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_hostile_texts_are_filled_in_refused_and_named_in_every_form(
    context: PanelContext, qtbot: QtBot, name: str
) -> None:
    """The real forms of all kinds, with the text in every field, said at every field and above the buttons."""
    text = HOSTILE_TEXTS[name]
    for form in observer_forms():
        texts = {field.name: text for field in form.fields if field.kind in ("text", "path", "template")}
        model = ObserverDefinition(name=text, kind=form.kind, pattern=text, settings={**texts})
        dialog = AttachObserverDialog(
            context.theme, observer_forms(), known_topics(context.bridge), taken=[text], model=model
        )
        qtbot.addWidget(dialog)
        dialog.show()
        for field in ("name", "pattern", *texts):
            dialog.show_error(text, field)
        dialog.show_error(text)
        dialog.trial.show_refusal(text)
        dialog.entry.point_at(text)
        dialog.grab()
        assert dialog.entry.definition().kind == form.kind
        assert dialog.width() < 1_100
        dialog.reject()
