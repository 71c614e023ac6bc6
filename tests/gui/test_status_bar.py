"""The status bar tells the whole accounting, loses nothing by being narrow, and cuts nothing."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from eventmon.engine.frame import Accounting, ConnectionStatus, Problem
from eventmon.gui.context import PanelContext
from eventmon.gui.problem_list import ProblemList
from eventmon.gui.status_bar import StatusBar, accounting_text, short_accounting_text
from tests.helpers.hostile import HOSTILE_TEXTS
from tests.helpers.scripted_engine import TAKEN, ScriptedEngine

BUSY = Accounting(received=1_204_551, stored=1_198_739, not_recorded=5_812)


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    parent = QWidget()
    qtbot.addWidget(parent)
    return parent


@pytest.fixture
def bar(context: PanelContext, engine: ScriptedEngine, qtbot: QtBot, parent: QWidget) -> StatusBar:
    problems = ProblemList(context.bridge, parent)
    bar = StatusBar(context.theme, context.bridge, problems, context.commands.action("help.problems"), parent)
    layout = QHBoxLayout(parent)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(bar)
    parent.resize(1280, 60)
    parent.show()
    engine.set(
        accounting=BUSY,
        rate=3412.0,
        log={"bytes": 212 * 1024**2},
        connections=[ConnectionStatus(name=name, url="pipe:///orders", phase="connected") for name in ("shop", "edge")],
    )
    qtbot.waitUntil(lambda: bar.ingest._value.text() == "3,412/s")
    return bar


def test_the_accounting_comes_out_even() -> None:
    assert accounting_text(BUSY) == "Received 1,204,551 = stored 1,198,739 + not recorded 5,812 + dropped 0"


def test_rare_terms_appear_when_they_count() -> None:
    busy = Accounting(received=10, stored=4, duplicates=3, dropped=1, in_flight=2)
    assert accounting_text(busy) == ("Received 10 = stored 4 + not recorded 0 + duplicates 3 + dropped 1 + in flight 2")


def test_a_drop_is_said_even_where_there_is_no_room() -> None:
    assert short_accounting_text(Accounting(received=10, stored=9, dropped=1)) == "Received 10, dropped 1"
    assert short_accounting_text(BUSY) == "Received 1,204,551"


def test_everything_is_shown_where_there_is_room(bar: StatusBar) -> None:
    assert bar.accounting._text.text() == accounting_text(BUSY)
    assert bar.log._value.text() == "212 MiB of 2 GiB"
    assert [tag.name.text() for tag in bar.connections._tags] == ["local", "shop", "edge"]
    assert bar.problems.text() == "No problems"


@pytest.mark.parametrize("width", [1280, 1000, 800, 640, 480, 320, 200])
@pytest.mark.parametrize("percent", [100, 200])
def test_nothing_is_cut_at_any_width(
    bar: StatusBar, context: PanelContext, qtbot: QtBot, width: int, percent: int
) -> None:
    parent = bar.parentWidget()
    assert parent is not None
    context.theme.apply("light", percent)
    parent.resize(width, 60)
    qtbot.waitUntil(lambda: bar.width() == width)
    bar.fit()
    QApplication.processEvents()
    parts = [bar.connections, bar.ingest, bar.log, bar.accounting]
    shown = [part for part in parts if not part.isHidden()]
    if width >= 320 * percent // 100:
        assert bar._needed() <= width
        qtbot.waitUntil(lambda: all(part.width() >= part.sizeHint().width() for part in shown))


def test_the_short_form_comes_before_a_connection_goes(bar: StatusBar, parent: QWidget) -> None:
    parent.resize(900, 60)
    QApplication.processEvents()
    bar.fit()
    assert bar.accounting._text.text() == "Received 1,204,551"
    assert bar.accounting.accessibleName() == accounting_text(BUSY)
    assert bar.connections._rest.isHidden()


def test_a_dropped_event_is_red(bar: StatusBar, engine: ScriptedEngine, qtbot: QtBot) -> None:
    assert bar.accounting._text.property("tone") == "text2"
    engine.set(accounting=Accounting(received=3, stored=2, dropped=1))
    qtbot.waitUntil(lambda: bar.accounting._text.property("tone") == "error")


def test_problems_are_counted(bar: StatusBar, engine: ScriptedEngine, qtbot: QtBot) -> None:
    engine.set(problems=[Problem(id=1, severity="error", where="shop", text="The name was not found.", at=TAKEN)])
    qtbot.waitUntil(lambda: bar.problems.text() == "1 problem")
    engine.set(problems=[Problem(id=2, severity="warning", where="edge", text="Slow.", at=TAKEN)])
    qtbot.waitUntil(lambda: bar.problems.text() == "2 problems")


def test_connections_that_look_as_before_keep_their_marks(bar: StatusBar, engine: ScriptedEngine, qtbot: QtBot) -> None:
    def says(*phases: str) -> list[ConnectionStatus]:
        return [
            ConnectionStatus(name=name, url="pipe:///orders", phase=phase, detail=f"Line {len(phases)}.")  # type: ignore[arg-type]
            for name, phase in zip(("shop", "edge"), phases, strict=True)
        ]

    marks = list(bar.connections._tags)
    engine.set(connections=says("connected", "connected"))
    qtbot.waitUntil(lambda: "Line 2." in marks[1].toolTip())
    assert bar.connections._tags == marks
    engine.set(connections=says("connected", "waiting"))
    qtbot.waitUntil(lambda: bar.connections._tags != marks)


def test_many_connections_are_summed_up(bar: StatusBar, engine: ScriptedEngine, qtbot: QtBot) -> None:
    engine.set(connections=[ConnectionStatus(name=f"broker-{n}", url="pipe:///x", phase="waiting") for n in range(40)])
    qtbot.waitUntil(lambda: not bar.connections._rest.isHidden())
    shown = [tag for tag in bar.connections._tags if not tag.isHidden()]
    assert bar.connections._rest.name.text() == f"+{40 - (len(shown) - 1)}"
    assert "broker-9: reconnecting<br>" in bar.connections._rest.toolTip()
    assert "more" in bar.connections._rest.toolTip()


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_hostile_connections_are_shown_as_they_are(bar: StatusBar, context: PanelContext, name: str) -> None:
    text = HOSTILE_TEXTS[name]
    context.bridge.connectionsChanged.emit([ConnectionStatus(name=text, url=text, phase="failed", detail=text)])
    bar.grab()
    tags = bar.connections._tags
    assert len(tags) == 2
    assert len(tags[1].name.text()) <= 120


def test_a_closed_connection_stays_in_grey_and_tells_of_itself(bar: StatusBar, context: PanelContext) -> None:
    closed = ConnectionStatus(
        name="prod", url="redis://watcher:***@prod.shop.example", phase="closed", events=1_204, bytes=64_102,
        interruptions=2, publishes=True, read_only=True,
    )  # fmt: skip
    context.bridge.connectionsChanged.emit([closed])
    tag = bar.connections._tags[1]
    assert tag.name.text() == "prod"
    assert tag.name.property("tone") == "text3"
    assert tag.toolTip() == (
        "<qt>prod: closed<br>redis://watcher:***@prod.shop.example<br>"
        "Since it was opened: 1,204 events, 62.6 KiB, 2 interruptions<br>Read-only: nothing is sent to it</qt>"
    )
