"""The switch of the server: loaded when it is first wanted, on once, and off with the engine."""

from __future__ import annotations

from typing import Any

import pytest

from eventmon.core.errors import UserError
from eventmon.engine.engine import Engine
from eventmon.engine.options import EngineOptions
from eventmon.engine.paths import Paths
from eventmon.engine.requests import ReadServer, RenewTokens, StartServer, StopServer
from eventmon.engine.serving import Listener, ServerAddress, ServerStatus, StartListener
from eventmon.engine.tokens import Tokens, load_tokens
from tests.engine.conftest import Run


class Door:
    """A listener that listens nowhere and remembers what it was told."""

    fingerprint = ""

    def __init__(self, address: ServerAddress, tokens: Tokens) -> None:
        self.url = f"http://{address.host}:{address.port}"
        self.viewers = 3
        self.tokens = tokens
        self.open = True

    def use_tokens(self, tokens: Tokens) -> None:
        self.tokens = tokens

    async def stop(self) -> None:
        self.open = False


class Doors:
    """Gives doors, and counts how often it was loaded."""

    def __init__(self) -> None:
        self.made: list[Door] = []
        self.loaded = 0

    def load(self) -> StartListener:
        self.loaded += 1
        return self.start

    async def start(self, engine: Engine, address: ServerAddress, tokens: Tokens) -> Listener:
        if address.port == 1:
            raise UserError("The port 1 is taken. Choose another.")
        self.made.append(Door(address, tokens))
        return self.made[-1]


def test_nothing_is_loaded_before_the_server_is_wanted(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        doors = Doors()
        engine = Engine(EngineOptions(load_listener=doors.load), paths)
        await engine.start()
        assert await engine.answer(ReadServer()) == ServerStatus()
        await engine.stop()
        assert doors.loaded == 0
        assert not paths.tokens_file.exists()

    run(scenario())


def test_the_server_is_switched_on_once_and_off_again(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        doors = Doors()
        engine = Engine(EngineOptions(load_listener=doors.load), paths)
        await engine.start()
        status = await engine.answer(StartServer(address=ServerAddress(port=8765)))
        view = load_tokens(paths).view
        assert status == ServerStatus(
            on=True, url="http://127.0.0.1:8765", link=f"http://127.0.0.1:8765/#token={view}", viewers=3
        )
        with pytest.raises(UserError, match="on already"):
            await engine.answer(StartServer(address=ServerAddress()))
        assert await engine.answer(StopServer()) == await engine.answer(StopServer()) == ServerStatus()
        assert [door.open for door in doors.made] == [False]
        await engine.stop()

    run(scenario())


def test_a_server_that_cannot_listen_stays_off_and_may_be_tried_again(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        engine = Engine(EngineOptions(load_listener=Doors().load), paths)
        await engine.start()
        with pytest.raises(UserError, match="is taken"):
            await engine.answer(StartServer(address=ServerAddress(port=1)))
        assert not (await engine.answer(ReadServer())).on
        assert (await engine.answer(StartServer(address=ServerAddress()))).on
        await engine.stop()

    run(scenario())


def test_an_engine_started_with_an_address_listens_and_stops_with_it(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        doors = Doors()
        options = EngineOptions(listen=ServerAddress(port=9000), load_listener=doors.load, role="serve")
        engine = Engine(options, paths)
        await engine.start()
        assert engine.serving.url == "http://127.0.0.1:9000"
        await engine.stop()
        assert (engine.serving.status(), doors.made[0].open) == (ServerStatus(), False)

    run(scenario())


def test_renewed_tokens_reach_the_server_that_runs(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        doors = Doors()
        engine = Engine(EngineOptions(load_listener=doors.load), paths)
        await engine.start()
        before = await engine.answer(StartServer(address=ServerAddress()))
        after = await engine.answer(RenewTokens())
        assert after.link != before.link
        assert doors.made[0].tokens == load_tokens(paths)
        await engine.stop()

    run(scenario())


def test_without_a_way_to_load_one_there_is_no_server(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        engine = Engine(EngineOptions(), paths)
        await engine.start()
        with pytest.raises(UserError, match="no server"):
            await engine.answer(StartServer(address=ServerAddress()))
        await engine.stop()

    run(scenario())
