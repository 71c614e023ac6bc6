"""The Observers dock under real keys and clicks: boxes, selection, menus, questions, columns that leave by width."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import pairwise

import msgspec
import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from eventmon.core.errors import UserError
from eventmon.engine.frame import HubConflict, HubStatus, ObserverStatus
from eventmon.engine.requests import (
    DetachObserver,
    EditObserver,
    ListObservers,
    PauseObserver,
    ReadObserver,
    Request,
    ResetObserver,
    ResumeObserver,
)
from eventmon.gui.context import PanelContext
from eventmon.gui.dialogs.attach_observer import AttachObserverDialog
from eventmon.gui.models.observer_columns import Column
from eventmon.gui.panels.observers import ObserversPanel
from eventmon.gui.widgets.action_button import ActionButton
from eventmon.gui.widgets.plain_text import PlainLabel
from tests.gui.conftest import Screenshot
from tests.gui.connect_script import answer, turns
from tests.gui.observer_script import ORDERS, PRINTER, SHOP, STOPPED, WAREHOUSE, forms, observer
from tests.helpers.hostile import HOSTILE_TEXTS
from tests.helpers.scripted_engine import ScriptedEngine


class Bench:
    """The panel, alone in its window, with the observers of a shop."""

    def __init__(self, context: PanelContext, engine: ScriptedEngine, loop: asyncio.AbstractEventLoop) -> None:
        self.context = context
        self.engine = engine
        self.loop = loop
        self.notes: list[str] = []
        self.panel = ObserversPanel(context, forms=forms)
        self.panel.noteChanged.connect(self.notes.append)
        self.panel.resize(900, 260)
        self.show(SHOP)
        self.panel.show()
        self.table = self.panel.table
        engine.asked.clear()

    def show(self, observers: list[ObserverStatus]) -> None:
        self.engine.set(attached=observers)
        self.context.bridge._ask_for_frame()

    def act(self, *steps: Callable[[], object]) -> None:
        """Do something and wait for what it begins."""

        async def main() -> None:
            for step in steps:
                step()
                await turns()
            await self.panel.of_observers.wait()

        self.loop.run_until_complete(main())

    def select(self, name: str) -> None:
        self.table.select(name)
        self.table.setFocus()

    def press(self, key: Qt.Key) -> None:
        """A key of the table; a box over the window may have had the keyboard before."""
        self.panel.activateWindow()
        QApplication.processEvents()
        self.table.setFocus()
        QTest.keyClick(self.table, key)

    def place(self, name: str, column: Column) -> QPoint:
        index = self.panel.model.index(self.panel.model.row_of(name), column)
        return self.table.visualRect(index).center()

    def click(self, name: str, column: Column) -> None:
        QTest.mouseClick(self.table.viewport(), Qt.MouseButton.LeftButton, pos=self.place(name, column))

    def shown(self) -> list[Column]:
        return [column for column in Column if not self.table.isColumnHidden(column)]

    def enabled(self) -> set[str]:
        verbs = ("attach", "on", "edit", "duplicate", "show_failed", "copy_row", "reset", "detach")
        return {verb for verb in verbs if self.context.commands.bare_action(f"observer.{verb}").isEnabled()}

    def asked(self) -> list[Request[object]]:
        return self.engine.asked


@pytest.fixture
def bench(context: PanelContext, engine: ScriptedEngine, loop: asyncio.AbstractEventLoop, qtbot: QtBot) -> Bench:
    bench = Bench(context, engine, loop)
    qtbot.addWidget(bench.panel)
    qtbot.waitActive(bench.panel)
    return bench


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_table_shows_every_state(bench: Bench, save_screenshot: Screenshot, mode: str) -> None:
    bench.context.theme.apply("dark" if mode == "dark" else "light")
    bench.select("All orders")
    for width in (360, 526, 1_280):
        bench.panel.resize(width, 260)
        save_screenshot(bench.panel, f"observers_{mode}_{width}")
    assert bench.notes == ["6 attached, 1 paused, 1 stopped, 1 failing, 1 slow"]


def test_without_observers_the_page_offers_to_attach_one(bench: Bench, save_screenshot: Screenshot) -> None:
    bench.show([])
    assert not bench.table.isVisible()
    texts = [label.text() for label in bench.panel.findChildren(PlainLabel) if label.isVisible()]
    assert "No observers attached" in texts
    assert not bench.panel.strip.isVisible()
    assert bench.notes[-1] == ""
    assert bench.enabled() == {"attach"}
    save_screenshot(bench.panel, "observers_empty")


def test_a_panel_made_late_asks_for_the_observers(context: PanelContext, engine: ScriptedEngine, qtbot: QtBot) -> None:
    engine.set(attached=SHOP)
    context.bridge._ask_for_frame()
    engine.asked.clear()
    panel = ObserversPanel(context, forms=forms)
    qtbot.addWidget(panel)
    assert engine.asked == [ListObservers()]
    assert panel.model.rowCount() == len(SHOP)


def test_frames_without_observers_change_nothing(bench: Bench) -> None:
    bench.context.bridge._ask_for_frame()
    assert bench.panel.model.rowCount() == len(SHOP)


def test_a_click_on_a_box_pauses_and_resumes(bench: Bench) -> None:
    bench.act(lambda: bench.click("All orders", Column.ON))
    assert bench.asked() == [PauseObserver(name="All orders")]
    bench.act(lambda: bench.click("Label printer", Column.ON))
    assert bench.asked()[1:] == [ResumeObserver(name="Label printer")]


def test_the_box_shows_what_the_engine_has_done_before_the_next_frame(bench: Bench) -> None:
    bench.act(lambda: bench.click("All orders", Column.ON))
    row = bench.panel.model.row_of("All orders")
    assert bench.panel.model.index(row, Column.ON).data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Unchecked
    assert bench.notes[-1] == "6 attached, 2 paused, 1 stopped, 1 failing, 1 slow"


def test_a_press_that_leaves_the_box_does_nothing(bench: Bench) -> None:
    viewport, left = bench.table.viewport(), Qt.MouseButton.LeftButton
    QTest.mousePress(viewport, left, pos=bench.place("All orders", Column.ON))
    QTest.mouseRelease(viewport, left, pos=bench.place("All orders", Column.MATCHED))
    bench.act(lambda: QTest.mouseClick(viewport, Qt.MouseButton.RightButton, pos=bench.place("All orders", Column.ON)))
    assert bench.asked() == []


def test_space_pauses_and_resumes_the_selected_one(bench: Bench) -> None:
    bench.select("All orders")
    bench.act(lambda: bench.press(Qt.Key.Key_Space))
    bench.act(lambda: bench.press(Qt.Key.Key_Space))
    assert bench.asked() == [PauseObserver(name="All orders"), ResumeObserver(name="All orders")]


def test_a_refused_pause_is_said_and_the_switch_shows_what_is(bench: Bench) -> None:
    bench.engine.answer(PauseObserver, UserError("There is no observer “All orders” any more."))
    bench.select("All orders")
    bench.act(lambda: bench.press(Qt.Key.Key_Space))
    (box,) = bench.panel.findChildren(QMessageBox)
    assert box.text() == "There is no observer “All orders” any more."
    assert bench.context.commands.bare_action("observer.on").isChecked()
    box.close()


def test_detaching_asks_first_and_says_what_is_lost(bench: Bench) -> None:
    bench.select("Notify warehouse")
    bench.act(lambda: bench.press(Qt.Key.Key_Delete))
    text = answer(bench.panel, yes=False)
    assert text == "Detach “Notify warehouse”? 128 events that wait for it are not delivered."
    assert bench.asked() == []
    bench.act(lambda: bench.press(Qt.Key.Key_Delete), lambda: answer(bench.panel, yes=True))
    assert bench.asked() == [DetachObserver(name="Notify warehouse")]


def test_counters_are_reset_after_a_question(bench: Bench) -> None:
    bench.select("Notify warehouse")
    reset = bench.context.commands.bare_action("observer.reset")
    bench.act(reset.trigger)
    assert answer(bench.panel, yes=False).startswith(
        "Reset the counters of “Notify warehouse”? They begin again at 0: "
    )
    assert bench.asked() == []
    bench.act(reset.trigger, lambda: answer(bench.panel, yes=True))
    assert bench.asked() == [ResetObserver(name="Notify warehouse")]


def test_a_stopped_observer_is_said_in_a_strip_with_a_way_to_resume(bench: Bench) -> None:
    strip = bench.panel.strip
    assert strip.isVisible()
    assert strip.text == (
        "Mirror to staging: Stopped after 5 failures in a row (the connection is not there). Fix it, then resume it."
    )
    bench.act(lambda: QTest.mouseClick(strip.resume, Qt.MouseButton.LeftButton))
    assert bench.asked() == [ResumeObserver(name="Mirror to staging")]
    assert not strip.isVisible(), "the engine has resumed it"


def test_the_strip_counts_others_that_are_stopped(bench: Bench) -> None:
    bench.show([STOPPED, msgspec.structs.replace(WAREHOUSE, state="stopped")])
    assert bench.panel.strip.text.endswith(" And 1 more.")


@pytest.mark.parametrize("way", ["enter", "double_click"])
def test_enter_and_double_click_edit(bench: Bench, way: str) -> None:
    bench.select("All orders")

    def open_it() -> None:
        if way == "enter":
            bench.press(Qt.Key.Key_Return)
        else:
            viewport, left = bench.table.viewport(), Qt.MouseButton.LeftButton
            QTest.mouseDClick(viewport, left, pos=bench.place("All orders", Column.MATCHED))

    bench.act(open_it)
    assert bench.asked()[0] == ReadObserver(name="All orders")
    (dialog,) = bench.panel.findChildren(AttachObserverDialog)
    assert dialog.windowTitle() == "Edit All orders"
    dialog.reject()


def test_an_edit_says_from_which_version_of_the_hub_it_was_made(
    bench: Bench, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    (orders,) = [each for each in bench.table.observers.statuses() if each.name == "All orders"]
    engine.set(attached=[msgspec.structs.replace(orders, instance="1", version=41)])
    qtbot.waitUntil(lambda: bench.table.observers.on_hub)
    bench.select("All orders")
    bench.act(lambda: bench.press(Qt.Key.Key_Return))
    (dialog,) = bench.panel.findChildren(AttachObserverDialog)
    bench.act(dialog.attachWanted.emit)
    (edit,) = [request for request in bench.asked() if isinstance(request, EditObserver)]
    assert (edit.name, edit.seen) == ("All orders", 41)


def test_an_edit_that_comes_too_late_makes_way_for_both_versions(
    bench: Bench, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    compared: list[bool] = []
    bench.context.commands.bind("hub.compare", lambda: compared.append(True))
    (orders,) = [each for each in bench.table.observers.statuses() if each.name == "All orders"]
    engine.set(attached=[msgspec.structs.replace(orders, instance="1", version=41)])
    qtbot.waitUntil(lambda: bench.table.observers.on_hub)
    bench.select("All orders")
    bench.act(lambda: bench.press(Qt.Key.Key_Return))
    (dialog,) = bench.panel.findChildren(AttachObserverDialog)
    engine.answer(EditObserver, UserError("“All orders” was changed by omars-laptop at 12:03."))
    bench.act(dialog.attachWanted.emit)
    assert dialog.isVisible()
    late = HubConflict(id="c", name="All orders", sentence="“All orders” was changed by omars-laptop at 12:03.")
    engine.set(hub=HubStatus(url="redis://hub.shop.example", phase="connected", conflicts=[late]))
    qtbot.waitUntil(lambda: compared == [True])
    qtbot.waitUntil(lambda: not bench.panel.findChildren(AttachObserverDialog))


def test_a_double_click_on_a_box_is_two_clicks(bench: Bench) -> None:
    viewport, left, place = bench.table.viewport(), Qt.MouseButton.LeftButton, bench.place("All orders", Column.ON)
    bench.act(lambda: QTest.mouseClick(viewport, left, pos=place))
    bench.act(
        lambda: QTest.mouseDClick(viewport, left, pos=place), lambda: QTest.mouseRelease(viewport, left, pos=place)
    )
    assert bench.asked() == [PauseObserver(name="All orders"), ResumeObserver(name="All orders")]
    assert bench.panel.findChildren(AttachObserverDialog) == []


def test_what_is_offered_depends_on_the_selection(bench: Bench) -> None:
    bench.table.setCurrentIndex(QModelIndex())
    assert bench.enabled() == {"attach"}
    bench.select("Label printer")
    assert bench.enabled() == {"attach", "on", "edit", "duplicate", "copy_row", "reset", "detach"}
    assert not bench.context.commands.bare_action("observer.on").isChecked()
    bench.select("Notify warehouse")
    assert "show_failed" in bench.enabled()
    assert bench.context.commands.bare_action("observer.on").isChecked()


def test_the_event_that_failed_is_shown(bench: Bench) -> None:
    bench.select("Notify warehouse")
    bench.context.commands.bare_action("observer.show_failed").trigger()
    assert bench.context.selection.current_event == WAREHOUSE.last_error_seq


def test_ctrl_c_copies_the_row(bench: Bench) -> None:
    bench.select("Label printer")
    QTest.keyClick(bench.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().split("\t")[:3] == ["Label printer", "prod/labels/#", "file"]


def test_the_context_menu_has_all_that_can_be_done(bench: Bench) -> None:
    bench.select("All orders")
    menu = bench.panel.of_observers.menu()
    titles = [action.text() for action in menu.actions() if action.text()]
    assert titles == [
        "Observer on",
        "Edit observer…",
        "Duplicate observer…",
        "Show the event that failed",
        "Copy observer",
        "Reset counters…",
        "Detach observer…",
        "Attach observer…",
    ]
    menu.deleteLater()


def test_columns_leave_by_width_in_their_order(bench: Bench) -> None:
    first = [Column.ON, Column.NAME, Column.MATCHED, Column.FAILED, Column.P99]
    bench.panel.resize(360, 260)
    assert bench.shown() == first
    QApplication.processEvents()
    assert bench.table.horizontalScrollBar().maximum() == 0
    seen: list[set[Column]] = []
    for width in range(360, 1_700, 20):
        bench.panel.resize(width, 260)
        shown = set(bench.shown())
        if not seen or shown != seen[-1]:
            seen.append(shown)
    assert all(before < after for before, after in pairwise(seen)), "none comes only to go again"
    assert seen[-1] == set(Column) - {Column.INSTANCE}, "which is there on a hub alone"


def test_on_a_hub_a_column_says_where_each_runs(bench: Bench, engine: ScriptedEngine, qtbot: QtBot) -> None:
    bench.panel.resize(900, 260)
    statuses = bench.table.observers.statuses()
    shared = [msgspec.structs.replace(each, instance="1", version=4) for each in statuses[:-1]]
    shared.append(msgspec.structs.replace(statuses[-1], instance="2", host="omars-laptop", last_error_seq=7))
    engine.set(attached=shared)
    qtbot.waitUntil(lambda: Column.INSTANCE in bench.shown())
    bench.table.select(statuses[-1].name)
    assert not bench.context.commands.bare_action("observer.show_failed").isEnabled(), "its event is in another log"
    engine.set(attached=statuses)
    qtbot.waitUntil(lambda: Column.INSTANCE not in bench.shown())


def test_the_users_choice_of_columns_wins_and_comes_back(bench: Bench, context: PanelContext, qtbot: QtBot) -> None:
    bench.panel.resize(360, 260)
    menu = bench.table.columns.menu()
    {action.text(): action for action in menu.actions()}["Values"].trigger()
    {action.text(): action for action in menu.actions()}["p99"].trigger()
    menu.deleteLater()
    assert Column.VALUES in bench.shown()
    assert Column.P99 not in bench.shown()
    again = ObserversPanel(context, forms=forms)
    qtbot.addWidget(again)
    again.restore_state(bench.panel.save_state())
    assert again.table.columns.choices == {Column.VALUES: True, Column.P99: False}
    bench.table.columns.forget_choices()
    assert bench.shown() == [Column.ON, Column.NAME, Column.MATCHED, Column.FAILED, Column.P99]
    again.restore_state({"columns": 7})
    assert again.table.columns.choices == {}


def test_rows_are_as_high_as_the_text_needs(bench: Bench) -> None:
    assert bench.table.rowHeight(0) == 24
    bench.context.theme.apply("light", 200)
    assert bench.table.rowHeight(0) >= bench.table.fontMetrics().height() + 4
    bench.context.theme.apply("light", 100)
    assert bench.table.rowHeight(0) == 24


def test_the_selection_stays_while_others_come_and_go(bench: Bench) -> None:
    bench.select("Label printer")
    bench.show([observer("Fraud score"), *SHOP[2:]])
    current = bench.table.current()
    assert current is not None
    assert current.name == "Label printer"


def test_what_has_the_keyboard_is_what_is_shown(bench: Bench) -> None:
    assert bench.panel.focus_widget() is bench.table
    bench.show([])
    bench.panel.focus_widget().setFocus()
    button = bench.panel.focusWidget()
    assert isinstance(button, ActionButton)
    assert button.text() == "Attach observer…"


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_hostile_texts_are_painted_and_asked_about_as_they_are(bench: Bench, name: str) -> None:
    text = HOSTILE_TEXTS[name]
    hostile = observer(
        text, kind=text, pattern=text, state="stopped", why=text, last_error=text, last_error_seq=1, values={text: 2.0}
    )
    bench.show([hostile, ORDERS, PRINTER])
    bench.panel.resize(1_400, 200)
    bench.panel.grab()
    bench.panel.resize(360, 200)
    bench.panel.grab()
    assert bench.panel.strip.height() < 60
    bench.table.selectRow(0)
    for verb, begins in (("detach", "Detach “"), ("reset", "Reset the counters of “")):
        bench.act(bench.context.commands.bare_action(f"observer.{verb}").trigger)
        assert answer(bench.panel, yes=False).startswith(begins)
        QApplication.processEvents()


def test_the_plus_of_the_header_is_grey_while_the_command_is(bench: Bench, context: PanelContext) -> None:
    (plus,) = bench.panel.title_actions()
    context.commands.bind("observer.attach", lambda: None)
    assert plus.isEnabled()
    context.commands.set_recording(False)
    assert not plus.isEnabled()
    assert plus.toolTip() == context.commands.bare_action("observer.attach").toolTip()
    context.commands.set_recording(True)
    assert plus.isEnabled()
