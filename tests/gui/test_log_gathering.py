"""Reading a selection whole: in chunks, within bounds, and nothing left out in silence."""

from __future__ import annotations

from concurrent.futures import Future
from threading import Event as Flag
from typing import Any

import msgspec
import pytest

from eventmon.core.errors import UserError
from eventmon.engine.requests import EventDetail, LogRow, ReadEvent, ReadRowsAt
from eventmon.gui.models import log_gathering
from eventmon.gui.models.log_gathering import Gathered, copied_sentence, gather
from tests.gui.log_script import LogScript, order
from tests.helpers.scripted_engine import ScriptedEngine


def seq_of(detail: EventDetail) -> str:
    return str(detail.seq)


def take(engine: ScriptedEngine, seqs: list[int], form: Any = seq_of) -> Gathered:
    return gather(engine.call, seqs, form, Flag())


def test_every_event_comes_whole_and_in_order(engine: ScriptedEngine) -> None:
    LogScript(engine, 1_000)
    gathered = take(engine, list(range(1, 300)), lambda detail: f"{detail.seq} {len(detail.data)}")
    assert gathered.texts == [f"{seq} {order(seq).size}" for seq in range(1, 300)]
    chunks = [asked for asked in engine.asked if isinstance(asked, ReadRowsAt)]
    assert [len(asked.seqs) for asked in chunks] == [64, 64, 64, 64, 43]
    assert copied_sentence(gathered) == "299 events were copied."


def test_more_than_eight_mebibytes_are_not_read(engine: ScriptedEngine) -> None:
    def big(seq: int) -> LogRow:
        return msgspec.structs.replace(order(seq), size=3 << 20)

    LogScript(engine, 1_000, row=big)
    gathered = take(engine, [1, 2, 3, 4], lambda detail: detail.data.decode())
    assert len(gathered.texts) == 2
    assert [asked.seq for asked in engine.asked if isinstance(asked, ReadEvent)] == [1, 2]
    assert copied_sentence(gathered).startswith("Only the first 2 of 4 events were copied: the clipboard takes")


def test_one_event_that_is_too_large_is_said(engine: ScriptedEngine) -> None:
    LogScript(engine, 10, row=lambda seq: msgspec.structs.replace(order(seq), size=9 << 20))
    gathered = take(engine, [1])
    assert gathered.texts == []
    assert copied_sentence(gathered) == "Nothing was copied: the clipboard takes 8 MiB. Select smaller events."


def test_texts_count_not_payloads_alone(engine: ScriptedEngine) -> None:
    LogScript(engine, 100)
    gathered = take(engine, list(range(1, 50)), lambda _detail: "€" * (1 << 20))
    assert len(gathered.texts) == 2
    assert gathered.too_much


def test_more_events_than_the_bound_are_cut(engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_gathering, "MOST_EVENTS", 100)
    LogScript(engine, 1_000)
    gathered = take(engine, list(range(1, 201)))
    assert len(gathered.texts) == 100
    assert copied_sentence(gathered).startswith("Only the first 100 of 200 events were copied")


def test_what_a_command_has_no_option_for_is_said() -> None:
    gathered = Gathered(wanted=1, texts=["eventmon publish"], left_out=2)
    assert copied_sentence(gathered).startswith("Headers that eventmon publish has no option for were left out: 2.")
    assert not gathered.whole


def test_events_that_are_gone_are_counted(engine: ScriptedEngine) -> None:
    script = LogScript(engine, 100)
    script.retain(3)
    gathered = take(engine, [1, 2, 3, 4])
    assert gathered.texts == ["3", "4"]
    assert copied_sentence(gathered) == "2 of 4 events were copied. The log no longer keeps them."


def test_an_event_that_cannot_be_written_is_told_apart(engine: ScriptedEngine) -> None:
    LogScript(engine, 100)

    def form(detail: EventDetail) -> str:
        if detail.seq == 2:
            raise UserError("An attribute holds a NUL.")
        return str(detail.seq)

    gathered = take(engine, [1, 2, 3], form)
    assert gathered.texts == ["1", "3"]
    assert copied_sentence(gathered) == "2 of 3 events were copied. An attribute holds a NUL."


def test_an_engine_that_is_gone_ends_it_with_its_sentence(engine: ScriptedEngine) -> None:
    engine.answer(ReadRowsAt, UserError("The engine is not running yet. Try again in a moment."))
    gathered = take(engine, [1, 2])
    assert (
        copied_sentence(gathered) == "0 of 2 events were copied. The engine is not running yet. Try again in a moment."
    )


def test_an_engine_that_is_silent_is_given_up(engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_gathering, "PATIENCE", 0.01)
    engine.silent = True
    assert take(engine, [1]).problem == "The engine does not answer. Try again."


def test_it_stops_between_two_chunks() -> None:
    stop = Flag()
    engine = ScriptedEngine()
    LogScript(engine, 1_000)

    def ask(request: Any) -> Future[Any]:
        stop.set()
        return engine.call(request)

    gathered = gather(ask, list(range(1, 500)), seq_of, stop)
    assert len(gathered.texts) == 64
