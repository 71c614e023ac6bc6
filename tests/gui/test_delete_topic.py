"""Delete topic with real keys and clicks: what is said, what is asked of the engine, and how the tree stands after."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QMessageBox
from pytestqt.qtbot import QtBot

from eventmon.core.errors import UserError
from eventmon.engine.frame import ConnectionStatus
from eventmon.engine.requests import DeleteEvents, DeleteTopic
from eventmon.gui.context import PanelContext
from eventmon.gui.dialogs.delete_topic import DeleteTopicDialog
from eventmon.gui.panels.topics import TopicsPanel
from tests.gui.conftest import Screenshot
from tests.gui.log_script import LogScript, order
from tests.helpers.hostile import HOSTILE_TEXTS
from tests.helpers.scripted_engine import ScriptedEngine, topic

SHOP = (
    "prod/orders/eu/created",
    "prod/orders/eu/paid",
    "prod/orders/us/created",
    "prod/stock/reserved",
    "jobs/mail/queued",
    "checkout/started",
)
OF_ORDERS = [seq for seq in range(1, 501) if order(seq).topic.startswith("prod/orders/")]


class Bench:
    """The Topics dock over a scripted shop."""

    def __init__(self, context: PanelContext, engine: ScriptedEngine, qtbot: QtBot) -> None:
        self.context, self.engine = context, engine
        self.script = LogScript(engine, 500)
        context.bridge._timer.stop()
        self.panel = TopicsPanel(context)
        qtbot.addWidget(self.panel)
        self.panel.addAction(context.commands.action("topics.delete"))  # as its dock does
        self.panel.show()
        self.panel.activateWindow()
        engine.set(topics=[topic(name, 100) for name in SHOP])
        self.frame()

    def frame(self) -> None:
        self.context.bridge._ask_for_frame()
        self.settle()
        self.panel.tick()
        self.settle()

    def settle(self) -> None:
        for _ in range(30):
            QCoreApplication.processEvents()

    def select(self, path: str) -> None:
        node = self.panel.model.tree.find(path)
        assert node is not None
        self.panel.finder.select(node)
        self.panel.activateWindow()
        self.panel.view.setFocus()
        self.settle()

    def rows(self) -> list[str]:
        names, index = [], self.panel.model.index(0, 0)
        while index.isValid():
            names.append(str(index.data()))
            index = self.panel.view.indexBelow(index)
        return names

    def press_delete(self) -> DeleteTopicDialog:
        QTest.keyClick(self.panel.view, Qt.Key.Key_Delete)
        self.settle()
        (dialog,) = self.dialogs()
        return dialog

    def dialogs(self) -> list[DeleteTopicDialog]:
        return [one for one in self.panel.findChildren(DeleteTopicDialog) if one.isVisible()]

    def click(self, button: QAbstractButton) -> None:
        assert button.isVisible()
        place = button.rect().center()
        place.setX(min(place.x(), 40))
        QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=place)
        self.settle()

    def asked(self, kind: type) -> list[object]:
        return [one for one in self.engine.asked if isinstance(one, kind)]


@pytest.fixture
def bench(context: PanelContext, engine: ScriptedEngine, qtbot: QtBot) -> Iterator[Bench]:
    bench = Bench(context, engine, qtbot)
    yield bench
    bench.panel._timer.stop()


def test_it_says_what_hangs_on_the_topic_and_leaves_the_events_alone(bench: Bench) -> None:
    bench.select("prod/orders")
    dialog = bench.press_delete()
    assert dialog.amount.text() == f"3 topics below it, {len(OF_ORDERS)} events"
    assert dialog.tick.text() == f"Delete its {len(OF_ORDERS)} events too"
    assert not dialog.tick.isChecked()
    assert dialog.cancel.isDefault()
    bench.engine.answer(DeleteTopic, 3)
    bench.click(dialog.delete_button)
    assert bench.asked(DeleteTopic) == [DeleteTopic(topic="prod/orders")]
    assert not bench.asked(DeleteEvents)
    assert not bench.dialogs()
    assert bench.panel._status.text() == "Deleted: 3 topics."


def test_its_events_go_first_where_that_is_ticked(bench: Bench) -> None:
    bench.select("prod/orders")
    dialog = bench.press_delete()
    bench.click(dialog.tick)
    assert dialog.delete_button.text() == f"Delete topic and {len(OF_ORDERS)} events"
    bench.engine.answer(DeleteTopic, 3)
    bench.click(dialog.delete_button)
    assert bench.script.deleted == set(OF_ORDERS)
    order_of_requests = [type(one) for one in bench.engine.asked if isinstance(one, DeleteEvents | DeleteTopic)]
    assert order_of_requests == [DeleteEvents, DeleteTopic]
    assert bench.asked(DeleteTopic) == [DeleteTopic(topic="prod/orders", events=True)]
    assert bench.panel._status.text() == f"Deleted: 3 topics and {len(OF_ORDERS)} events."


def test_the_tree_loses_it_alone_and_gets_it_back_with_its_next_event(bench: Bench) -> None:
    view, model = bench.panel.view, bench.panel.model
    bench.panel.topic_commands.expand_all()
    bench.settle()
    bench.select("checkout/started")
    before = bench.rows()
    bench.engine.set(forgotten=["prod/orders/eu/created", "prod/orders/eu/paid", "prod/orders/us/created"])
    bench.frame()
    assert bench.rows() == [name for name in before if name not in ("orders", "eu", "us", "created", "paid")]
    assert model.node(view.currentIndex()) is model.tree.find("checkout/started")
    prod = model.tree.find("prod")
    assert prod is not None
    assert view.isExpanded(model.index_of(prod))
    assert prod.events == 100
    bench.engine.set(topics=[topic("prod/orders/eu/paid", 101)])
    bench.frame()
    assert bench.rows()[bench.rows().index("prod") + 1 :][:3] == ["orders", "eu", "paid"]


def test_a_forgotten_topic_that_is_back_in_the_same_frame_stays(bench: Bench) -> None:
    bench.engine.set(forgotten=["jobs/mail/queued"], topics=[topic("jobs/mail/queued", 101)])
    bench.frame()
    node = bench.panel.model.tree.find("jobs/mail/queued")
    assert node is not None
    assert node.events == 101


def test_a_topic_of_an_open_connection_is_refused_before_its_events_are_touched(bench: Bench) -> None:
    status = ConnectionStatus(name="prod", url="redis://shop", phase="connected")
    bench.engine.set(connections=[status])
    bench.frame()
    bench.select("prod/orders")
    dialog = bench.press_delete()
    assert dialog.note.text.startswith("It comes from the connection “prod”, which is open. Disconnect it first.")
    assert dialog.note.tone == "error"
    assert not dialog.tick.isVisible()
    assert not dialog.delete_button.isEnabled()
    bench.click(dialog.cancel)
    bench.engine.set(connections=[ConnectionStatus(name="prod", url="redis://shop", phase="closed")])
    bench.frame()
    bench.select("prod/orders")
    dialog = bench.press_delete()
    assert dialog.tick.isVisible()
    assert dialog.delete_button.isEnabled()


def test_a_refusal_is_said_and_nothing_is_deleted(bench: Bench) -> None:
    sentence = "prod is connected and would bring the topic back. Disconnect it, then delete the topic."
    bench.engine.answer(DeleteTopic, UserError(sentence))
    bench.select("prod/stock")
    dialog = bench.press_delete()
    bench.click(dialog.delete_button)
    assert dialog.note.text == sentence
    assert dialog.note.tone == "error"
    assert [button.text() for button in (dialog.cancel, dialog.stop_button) if button.isVisible()] == ["Close"]
    bench.click(dialog.cancel)
    assert not bench.dialogs()


def test_enter_and_escape_delete_nothing(bench: Bench) -> None:
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
        bench.select("jobs")
        dialog = bench.press_delete()
        QTest.keyClick(dialog, key)
        bench.settle()
        assert not bench.dialogs()
    assert not bench.asked(DeleteTopic)


def test_a_topic_without_events_has_nothing_to_tick(bench: Bench) -> None:
    bench.engine.set(topics=[topic("refunds", 0)])
    bench.frame()
    bench.select("refunds")
    dialog = bench.press_delete()
    assert dialog.amount.text() == "0 events"
    assert not dialog.tick.isVisible()
    bench.click(dialog.delete_button)
    assert bench.asked(DeleteTopic) == [DeleteTopic(topic="refunds")]


def test_local_cannot_be_deleted_and_a_session_to_look_only_says_why(bench: Bench) -> None:
    action = bench.context.commands.action("topics.delete")
    bench.panel.finder.select(bench.panel.model.tree.local)
    assert not action.isEnabled()
    bench.select("jobs")
    assert action.isEnabled()
    bench.engine.set(log={"read_only": True})
    bench.frame()
    assert not action.isEnabled()
    assert action.text() == "Delete topic… (open to look only)"


def test_on_a_connection_the_same_key_forgets_it(bench: Bench) -> None:
    forgotten: list[bool] = []
    bench.context.commands.bind("connection.forget", lambda: forgotten.append(True))
    bench.engine.set(connections=[ConnectionStatus(name="prod", url="redis://shop", phase="connected")])
    bench.frame()
    bench.select("prod")
    QTest.keyClick(bench.panel.view, Qt.Key.Key_Delete)
    bench.settle()
    assert forgotten == [True]
    assert not bench.dialogs()
    menu = bench.panel.topic_commands.context_menu(bench.panel.model.tree.mounts["prod"])
    assert bench.context.commands.action("topics.delete") not in menu.actions()
    menu.close()


def test_the_menu_of_a_topic_offers_it(bench: Bench) -> None:
    node = bench.panel.model.tree.find("prod/orders")
    assert node is not None
    menu = bench.panel.topic_commands.context_menu(node)
    assert bench.context.commands.action("topics.delete") in menu.actions()
    menu.close()


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_a_hostile_topic_is_shown_as_it_is(bench: Bench, text: str) -> None:
    bench.engine.set(topics=[topic(f"orders/{text.replace('/', '-')}", 1)])
    bench.frame()
    bench.select("orders")
    dialog = bench.press_delete()
    assert not [box for box in dialog.findChildren(QMessageBox) if box.isVisible()]
    dialog.reject()


def test_pictures(bench: Bench, save_screenshot: Screenshot) -> None:
    for theme in ("light", "dark"):
        bench.context.theme.apply(theme)
        bench.select("prod/orders")
        dialog = bench.press_delete()
        save_screenshot(dialog, f"delete-topic-{theme}")
        bench.click(dialog.tick)
        save_screenshot(dialog, f"delete-topic-with-events-{theme}")
        dialog.reject()
        bench.settle()
