"""Events and topics deleted in a real window by a real engine while events come in, and all as it was left after."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget

from eventmon.engine.frame import Frame
from eventmon.engine.requests import Publish, ReadRows
from eventmon.gui.dialogs.delete_events import DeleteEventsDialog
from eventmon.gui.dialogs.delete_topic import DeleteTopicDialog
from tests.end_to_end.test_topics_dock import Tree
from tests.end_to_end.test_workbench import Found, Person, play, until
from tests.gui.conftest import OFFSCREEN_SAYS

__all__ = ["play"]  # the fixture

pytestmark = [pytest.mark.slow, pytest.mark.qt_log_ignore(OFFSCREEN_SAYS)]

ORDERS, PAYMENTS = 300, 200
CREATED = Publish(topic="orders/eu/created", data=b'{"order":"48348","total":129.90}', type="order.created")
FAILED = Publish(topic="payments/failed", data=b'{"order":"48348","reason":"card refused"}', type="payment.failed")
CONTROL = Qt.KeyboardModifier.ControlModifier
CONTROL_SHIFT = CONTROL | Qt.KeyboardModifier.ShiftModifier


class Traffic:
    """Events that keep coming until it is stopped."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._stop = False
        self.orders = self.payments = 0

    async def run(self) -> None:
        while not self._stop:
            await self._person.life.context.bridge.call(CREATED)
            self.orders += 1
            await self._person.life.context.bridge.call(FAILED)
            self.payments += 1

    def stop(self) -> None:
        self._stop = True


def frame(person: Person) -> Frame:
    last = person.life.context.bridge.last_frame
    assert last is not None
    return last


def shown(person: Person, kind: type[Found]) -> list[Found]:
    return [dialog for dialog in person.window.findChildren(kind) if dialog.isVisible()]


def press(button: QAbstractButton) -> None:
    assert button.isVisible()
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(12, button.height() // 2))


async def look_at(person: Person, widget: QWidget) -> None:
    """Give the keyboard back to the window, as a desktop does when a dialog closes."""
    person.window.activateWindow()
    await until(person.window.isActiveWindow, "the window with the keyboard")
    widget.setFocus()


async def filled(person: Person) -> None:
    bridge = person.life.context.bridge
    await asyncio.gather(*(bridge.call(CREATED) for _ in range(ORDERS)))
    await asyncio.gather(*(bridge.call(FAILED) for _ in range(PAYMENTS)))
    await until(lambda: person.log.model.rows.events == ORDERS + PAYMENTS, "all rows")


async def delete_hits(person: Person) -> Traffic:
    """Filter, count, then delete while as many events come in as the engine takes."""
    log = person.log
    person.press(Qt.Key.Key_L, CONTROL)
    QTest.keyClicks(log.filter_bar.field.edit, "order.created")
    person.press(Qt.Key.Key_Return)
    await until(lambda: log.model.rows.events == ORDERS, "the hits")
    person.life.context.commands.action("log.delete").trigger()
    (dialog,) = shown(person, DeleteEventsDialog)
    await until(lambda: dialog.delete_button.text() == f"Delete {ORDERS} events", "the count")
    traffic = Traffic(person)
    coming = asyncio.ensure_future(traffic.run())
    await until(lambda: traffic.orders > 20, "traffic")
    press(dialog.delete_button)
    await until(lambda: not shown(person, DeleteEventsDialog), "the end")
    before = traffic.orders
    await until(lambda: traffic.orders > before + 5, "traffic after the deletion")
    traffic.stop()
    await coming
    return traffic


def test_hits_are_deleted_while_events_come_in_and_all_is_as_left_after_a_restart(play: Callable[..., None]) -> None:
    left: dict[str, int] = {}

    async def delete(person: Person) -> None:
        log = person.log
        await filled(person)
        traffic = await delete_hits(person)
        assert log.notice.text().startswith(f"{ORDERS} events were deleted.")
        stays = PAYMENTS + traffic.orders + traffic.payments
        await until(lambda: log.model.rows.events == traffic.orders, "the hits that came later, and no other")
        await until(lambda: frame(person).log.events == stays, "the figure of the log")
        accounting = frame(person).accounting
        assert accounting.received == accounting.stored == stays + ORDERS
        assert accounting.pruned == ORDERS
        await until(
            lambda: log.footer.words().startswith(f"{traffic.orders} shown of {stays} events"), "the footer's figures"
        )
        await look_at(person, log.view)
        person.press(Qt.Key.Key_L, CONTROL_SHIFT)
        await until(lambda: log.model.rows.events == stays, "everything that is left")
        first = log.model.rows.item(0)
        assert first == ORDERS + 1
        rows = await person.life.context.bridge.call(ReadRows(first=1, count=1_000))
        assert len(rows.rows) == min(stays, 1_000)
        left["events"] = stays

    async def delete_topics(person: Person) -> None:
        tree, log = Tree(person), person.log
        await until(lambda: log.model.rows.events == left["events"], "the log as it was left")
        await until(lambda: {"orders", "payments"} <= set(tree.rows()), "the topics")
        await look_at(person, tree.view)
        tree.click("payments")
        person.press(Qt.Key.Key_Delete)
        (dialog,) = shown(person, DeleteTopicDialog)
        await until(dialog.tick.isEnabled, "the count")
        press(dialog.delete_button)
        await until(lambda: "payments" not in tree.rows(), "the topic to go")
        assert frame(person).log.events == left["events"], "its events stay"
        await look_at(person, tree.view)
        tree.click("orders")
        person.press(Qt.Key.Key_Delete)
        (dialog,) = shown(person, DeleteTopicDialog)
        await until(dialog.tick.isEnabled, "the count")
        orders = dialog.work.counting.found if dialog.work.counting else 0
        press(dialog.tick)
        assert dialog.delete_button.text() == f"Delete topic and {orders} events"
        press(dialog.delete_button)
        await until(lambda: "orders" not in tree.rows(), "the other topic to go")
        left["events"] -= orders
        await until(lambda: log.model.rows.events == left["events"], "its events to go")

    async def find_it_again(person: Person) -> None:
        tree, log = Tree(person), person.log
        await until(lambda: log.model.rows.events == left["events"] > 0, "the log as it was left")
        assert frame(person).log.events == left["events"]
        assert "orders" not in tree.rows()
        assert "payments" not in tree.rows()
        await person.life.context.bridge.call(FAILED)
        await until(lambda: "payments" in tree.rows(), "a topic that got an event")
        assert "orders" not in tree.rows()

    play(delete)
    play(delete_topics)
    play(find_it_again)


def test_the_space_of_deleted_events_comes_back_and_the_log_says_so(play: Callable[..., None]) -> None:
    invoice = Publish(topic="invoices/eu", data=b"%PDF-1.7 " + bytes(100_000), type="invoice.printed")

    async def scene(person: Person) -> None:
        log, bridge = person.log, person.life.context.bridge
        for _ in range(10):
            await asyncio.gather(*(bridge.call(invoice) for _ in range(10)))
        await until(lambda: log.model.rows.events == 100, "all rows")
        await until(lambda: frame(person).log.bytes > 10_000_000, "the size of the file")
        before = frame(person).log.bytes
        person.life.context.commands.action("log.delete").trigger()
        (dialog,) = shown(person, DeleteEventsDialog)
        await until(lambda: dialog.delete_button.text() == "Delete 100 events", "the count")
        press(dialog.delete_button)
        await until(lambda: log.model.rows.events == 0, "an empty log")
        await until(lambda: "The disk got" in log.notice.text(), "the notice")
        assert log.notice.text().startswith("100 events were deleted. The disk got ")
        assert frame(person).log.bytes < before // 4

    play(scene)
