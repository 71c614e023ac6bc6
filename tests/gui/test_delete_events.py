"""Delete events with real clicks: what is offered, counted before it is asked, deleted exactly, stopped, refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from eventmon.core.errors import UserError
from eventmon.engine.requests import Deleted, DeleteEvents, Search
from eventmon.gui.context import PanelContext
from eventmon.gui.dialogs.delete_events import DeleteEventsDialog
from eventmon.gui.widgets.log_deletion import QUIET_FRAMES
from tests.gui.conftest import Screenshot
from tests.gui.log_desk import LEFT, Desk
from tests.gui.log_script import order
from tests.helpers.hostile import HOSTILE_TEXTS
from tests.helpers.scripted_engine import ScriptedEngine

CREATED = [seq for seq in range(1, 1_001) if "order.created" in order(seq).type]


@pytest.fixture
def desk(context: PanelContext, engine: ScriptedEngine) -> Iterator[Desk]:
    """A thousand events, times in UTC."""
    desk = Desk(context, engine)
    desk.context.commands.action("view.utc").setChecked(True)
    yield desk
    desk.panel.close()
    desk.panel.deleteLater()


def opened(desk: Desk) -> DeleteEventsDialog:
    desk.run("log.delete")
    (dialog,) = dialogs(desk)
    return dialog


def dialogs(desk: Desk) -> list[DeleteEventsDialog]:
    return [one for one in desk.panel.findChildren(DeleteEventsDialog) if one.isVisible()]


def click(desk: Desk, button: QAbstractButton) -> None:
    assert button.isVisible()
    place = button.rect().center()
    place.setX(min(place.x(), 40))  # a radio button is as wide as its dialog
    QTest.mouseClick(button, LEFT, pos=place)
    desk.settle()


def offered(dialog: DeleteEventsDialog) -> list[str]:
    return [button.text() for button in dialog.choices.buttons()]


def shown(desk: Desk) -> list[int]:
    rows = desk.panel.model.rows
    return [item for item in rows.items(0, len(rows)) if isinstance(item, int)]


def asked(desk: Desk) -> list[DeleteEvents]:
    return [one for one in desk.engine.asked if isinstance(one, DeleteEvents)]


def test_without_filter_and_topic_all_is_offered_alone_and_counted_at_once(desk: Desk) -> None:
    dialog = opened(desk)
    assert offered(dialog) == ["All events of the session"]
    assert dialog.amount.text() == "1,000 events"
    assert dialog.span.text() == "2026-11-23 14:07:28.169 – 14:08:06.037"
    assert dialog.delete_button.text() == "Delete 1,000 events"
    assert dialog.cancel.isDefault()
    assert not asked(desk)
    assert not [one for one in desk.engine.asked if isinstance(one, Search)], "the log itself says how many"


def test_the_filter_comes_first_and_exactly_its_hits_go(desk: Desk) -> None:
    desk.type_filter("order.created")
    dialog = opened(desk)
    assert offered(dialog) == ["Events that match the filter", "All events of the session"]
    assert dialog.delete_button.text() == f"Delete {len(CREATED)} events"
    desk.frame(grow=20)
    click(desk, dialog.delete_button)
    assert desk.script.deleted == set(CREATED), "nothing that came after the counting"
    assert not dialogs(desk)
    assert desk.panel.notice.text() == f"{len(CREATED)} events were deleted."
    desk.frame()
    assert shown(desk) == [seq for seq in range(1_001, 1_021) if order(seq).type == "order.created"]


def test_the_selected_topic_goes_with_all_below(desk: Desk) -> None:
    desk.context.selection.subtree = "prod/orders/#"
    dialog = opened(desk)
    assert offered(dialog) == ["Events of the selected topic and all below", "All events of the session"]
    click(desk, dialog.delete_button)
    assert {order(seq).topic for seq in desk.script.deleted} == {
        "prod/orders/eu/created",
        "prod/orders/eu/paid",
        "prod/orders/us/created",
    }
    desk.frame()
    assert not [seq for seq in shown(desk) if order(seq).topic.startswith("prod/orders/")]


def test_another_choice_is_counted_anew(desk: Desk) -> None:
    desk.type_filter("order.created")
    dialog = opened(desk)
    click(desk, dialog.choices.button(1))
    assert dialog.delete_button.text() == "Delete 1,000 events"
    click(desk, dialog.choices.button(0))
    assert dialog.delete_button.text() == f"Delete {len(CREATED)} events"
    click(desk, dialog.cancel)
    assert not dialogs(desk)
    assert not desk.script.deleted


def test_arrow_keys_choose_and_count(desk: Desk) -> None:
    desk.type_filter("order.created")
    dialog = opened(desk)
    QTest.keyClick(dialog.choices.button(0), Qt.Key.Key_Down)
    desk.settle()
    assert dialog.choices.checkedId() == 1
    assert dialog.delete_button.text() == "Delete 1,000 events"


def test_what_is_muted_stays(desk: Desk) -> None:
    desk.context.selection.setMuted(("prod/orders/eu/#",))
    desk.type_filter("order.created")
    dialog = opened(desk)
    click(desk, dialog.delete_button)
    assert {order(seq).topic for seq in desk.script.deleted} == {"prod/orders/us/created"}


def test_a_filter_without_hits_has_nothing_to_delete(desk: Desk) -> None:
    desk.type_filter("zeppelin")
    dialog = opened(desk)
    assert dialog.amount.text() == "No event matches"
    assert not dialog.delete_button.isEnabled()


def test_enter_and_escape_delete_nothing(desk: Desk) -> None:
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
        dialog = opened(desk)
        QTest.keyClick(dialog.focusWidget(), key)
        desk.settle()
        assert not dialogs(desk)
    assert not asked(desk)


def test_a_long_log_is_counted_and_deleted_in_slices_that_can_be_stopped(
    context: PanelContext, engine: ScriptedEngine
) -> None:
    desk = Desk(context, engine, events=100_000)
    desk.type_filter("order.created")
    dialog = opened(desk)
    hits = [seq for seq in range(1, 100_001) if order(seq).type == "order.created"]
    assert dialog.delete_button.text() == f"Delete {len(hits):,} events"
    delete = engine._answers[DeleteEvents]
    slices: list[int] = []

    def slow(request: DeleteEvents) -> Deleted:
        slices.append(request.newest)
        if len(slices) == 2:
            dialog.stop_button.click()
        answer: Deleted = delete(request)
        return answer

    engine.answer(DeleteEvents, slow)
    click(desk, dialog.delete_button)
    assert slices == [hits[-1], hits[-1] - 20_000]
    gone = len(desk.script.deleted)
    assert desk.panel.notice.text() == f"Stopped: {gone:,} of {len(hits):,} events were deleted."
    assert not dialogs(desk)


def test_the_window_answers_while_events_are_deleted(desk: Desk) -> None:
    dialog = opened(desk)
    desk.engine.silent = True
    click(desk, dialog.delete_button)
    assert dialog.isVisible()
    assert not dialog.isModal()
    assert dialog.amount.text() == "0 of 1,000 events deleted"
    assert [button.text() for button in (dialog.stop_button, dialog.cancel) if button.isVisible()] == ["Stop"]
    desk.engine.silent = False
    desk.key(Qt.Key.Key_Home)
    assert desk.seq_at(1) == 1


def test_the_command_brings_an_open_dialog_back(desk: Desk) -> None:
    first = opened(desk)
    assert opened(desk) is first


def test_a_refusal_is_said_and_can_be_tried_again(desk: Desk) -> None:
    delete = desk.engine._answers[DeleteEvents]
    desk.engine.answer(DeleteEvents, UserError("The disk is full. Make room, then delete again."))
    dialog = opened(desk)
    click(desk, dialog.delete_button)
    assert dialog.trouble.text == "The disk is full. Make room, then delete again."
    assert dialog.cancel.text() == "Close"
    desk.engine.answer(DeleteEvents, delete)
    click(desk, dialog.choices.button(0))
    click(desk, dialog.delete_button)
    assert len(desk.script.deleted) == 1_000


def test_a_session_to_look_only_says_why_nothing_can_be_deleted(desk: Desk) -> None:
    action = desk.context.commands.action("log.delete")
    assert action.isEnabled()
    desk.engine.set(log={"read_only": True})
    desk.frame()
    assert not action.isEnabled()
    assert action.text() == "Delete events… (open to look only)"


def test_an_empty_log_has_nothing_to_delete(context: PanelContext, engine: ScriptedEngine) -> None:
    desk = Desk(context, engine, events=0)
    assert desk.context.commands.action("log.delete").text() == "Delete events… (the log is empty)"
    desk.frame(grow=1)
    assert desk.context.commands.action("log.delete").text() == "Delete events…"


def test_the_space_that_came_back_is_said_when_the_file_is_smaller(desk: Desk) -> None:
    desk.engine.set(log={"bytes": 5_000_000})
    desk.frame()
    dialog = opened(desk)
    click(desk, dialog.delete_button)
    for size in (5_200_000, 3_000_000, 1_000_000):
        desk.engine.set(log={"bytes": size})
        desk.frame()
    for _ in range(QUIET_FRAMES):
        desk.frame()
    assert desk.panel.notice.text() == "1,000 events were deleted. The disk got 3.8 MiB back."


def test_space_that_the_file_keeps_is_said_to_be_free(desk: Desk) -> None:
    desk.type_filter("order.created")
    dialog = opened(desk)
    click(desk, dialog.delete_button)
    for _ in range(QUIET_FRAMES):
        desk.frame()
    assert desk.panel.notice.text().endswith(" events were deleted. Their space in the file is free for new events.")


def test_the_menu_of_the_rows_offers_it(desk: Desk) -> None:
    menu = desk.panel._row_actions.menu(desk.view.viewport().rect().center())
    assert desk.context.commands.action("log.delete") in menu.actions()
    menu.close()


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_a_hostile_filter_is_shown_as_it_is(desk: Desk, text: str) -> None:
    desk.panel.filter_bar.set_text(text)
    desk.panel.filter_bar._finish()
    desk.settle()
    opened(desk)


def test_pictures(desk: Desk, save_screenshot: Screenshot) -> None:
    desk.context.selection.setMuted(("jobs/#",))
    desk.context.selection.subtree = "prod/orders/eu/#"
    desk.type_filter("order.created")
    for theme in ("light", "dark"):
        desk.context.theme.apply(theme)
        dialog = opened(desk)
        save_screenshot(dialog, f"delete-events-{theme}")
        desk.engine.silent = True
        click(desk, dialog.delete_button)
        dialog.progress.show_share(0.4)
        save_screenshot(dialog, f"delete-events-running-{theme}")
        desk.engine.silent = False
        dialog.work.deletion = None
        dialog.reject()
        desk.settle()
