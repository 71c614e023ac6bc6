"""A running session is saved as another file, and a session can be opened to look only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from eventmon.core.errors import UserError
from eventmon.engine import requests
from eventmon.engine.engine import Engine
from eventmon.engine.offline import SessionFile
from eventmon.engine.options import EngineOptions
from eventmon.engine.paths import Paths
from tests.engine.conftest import Run
from tests.engine.whole_engine import running, take_frame


async def publish(engine: Engine, number: int) -> None:
    for order in range(number):
        await engine.answer(requests.Publish(topic="orders/created", data=b'{"order": %d}' % order))


def test_a_session_is_saved_while_it_is_recorded(run: Run[Any], paths: Paths, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await publish(engine, 25)
            size = await engine.answer(requests.SaveSessionAs(path=str(tmp_path / "friday")))
            await publish(engine, 1)
            assert engine.accounting().stored == 26
        target = tmp_path / "friday.eventmon"
        assert target.stat().st_size == size
        with SessionFile(target) as saved:
            assert saved.count() == 25

    run(scenario())


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("", "file name"),
        ("/", "file name"),
        ("friday.eventmon", "whole path"),
        ("~nobody-of-that-name/x", "whole path"),
    ],
)
def test_a_path_that_cannot_be_is_a_sentence(run: Run[Any], paths: Paths, path: str, said: str) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            with pytest.raises(UserError, match=said):
                await engine.answer(requests.SaveSessionAs(path=path))

    run(scenario())


def test_a_session_opened_to_look_only_takes_nothing_and_is_left_as_it_was(
    run: Run[Any], paths: Paths, tmp_path: Path
) -> None:
    session = tmp_path / "friday.eventmon"

    async def scenario() -> None:
        async with running(paths, EngineOptions(session=session, serve_control=False)) as engine:
            await publish(engine, 25)
        before = session.read_bytes()
        async with running(paths, EngineOptions(session=session, serve_control=False, look=True)) as engine:
            frame = await take_frame(engine)
            assert frame.log.read_only
            assert frame.log.events == 25
            assert frame.problems == []
            with pytest.raises(UserError, match="to look only: nothing can be recorded"):
                await publish(engine, 1)
            size = await engine.answer(requests.SaveSessionAs(path=str(tmp_path / "copy.eventmon")))
            assert size > 0
        assert session.read_bytes() == before

    run(scenario())


def test_a_session_that_does_not_exist_cannot_be_looked_at(run: Run[Any], paths: Paths, tmp_path: Path) -> None:
    async def scenario() -> None:
        nothing = tmp_path / "nothing.eventmon"
        with pytest.raises(UserError):
            async with running(paths, EngineOptions(session=nothing, serve_control=False, look=True)):
                pass
        assert not nothing.exists()

    run(scenario())
