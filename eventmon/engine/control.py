"""The control socket: the HTTP API of a running engine on a Unix socket that only its owner can open.

Every front end outside this process comes through here: the command line, a viewer window, the hand-over of a
second start. It is guarded by the file mode 0600, so it needs no token.
"""

from __future__ import annotations

import os
import socket
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

import eventmon
from eventmon.core.errors import UserError
from eventmon.engine.control_answers import json_answer
from eventmon.engine.control_problems import problems_middleware
from eventmon.engine.control_routes import HEARTBEAT_SECONDS, MAX_BODY_BYTES, ApiRoutes
from eventmon.engine.instances import Instance
from eventmon.engine.requests import AnyRequest

if TYPE_CHECKING:
    from eventmon.engine.engine import Engine

MSGPACK_TYPE = "application/vnd.msgpack"
SHUTDOWN_SECONDS = 2.0

REQUEST_DECODER: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(AnyRequest)


class ControlServer:
    """Serves one engine on its profile's socket, on the loop that calls ``start``."""

    def __init__(self, engine: Engine, *, heartbeat_seconds: float = HEARTBEAT_SECONDS) -> None:
        self._engine = engine
        self._api = ApiRoutes(engine, heartbeat_seconds=heartbeat_seconds)
        self._runner: web.AppRunner | None = None

    @property
    def socket_path(self) -> Path:
        """Where it listens."""
        return self._engine.paths.socket_path

    async def start(self) -> None:
        """Listen.

        Raises:
            UserError: another engine answers there, or the socket cannot be made.
        """
        listening = _bind(self.socket_path)
        runner = web.AppRunner(
            self._application(), access_log=None, handle_signals=False, shutdown_timeout=SHUTDOWN_SECONDS
        )
        await runner.setup()
        await web.SockSite(runner, listening).start()
        self._runner = runner

    async def stop(self) -> None:
        """End the streams, let running answers finish, remove the socket. Harmless when not started."""
        runner, self._runner = self._runner, None
        if runner is None:
            return
        self.socket_path.unlink(missing_ok=True)
        await self._api.end_streams()
        await runner.cleanup()

    def _application(self) -> web.Application:
        answer_errors = problems_middleware(partial(self._engine.problems.report, "error", "control"))
        application = web.Application(middlewares=[answer_errors], client_max_size=MAX_BODY_BYTES)
        application.router.add_routes(
            [
                *self._api.routes(),
                web.get("/api/v1/instance", self._get_instance),
                web.post("/api/v1/engine", self._post_engine),
            ]
        )
        return application

    async def _post_engine(self, request: web.Request) -> web.Response:
        try:
            asked = REQUEST_DECODER.decode(await request.read())
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise UserError(f"This request is not understood ({error}). Use one version on both sides.") from error
        answer = await self._engine.answer(asked)
        return web.Response(body=msgspec.msgpack.encode(answer), content_type=MSGPACK_TYPE)

    async def _get_instance(self, request: web.Request) -> web.Response:
        engine = self._engine
        session = engine.options.session or engine.paths.default_session
        return json_answer(
            Instance(
                role=engine.options.role,
                pid=os.getpid(),
                version=eventmon.__version__,
                session=str(session.absolute()),
            )
        )


def _bind(path: Path) -> socket.socket:
    """A bound socket with mode 0600, not yet listening: nobody can reach it before the mode is set."""
    if _answers(path):
        raise UserError("Eventmon is running already for this profile. Use it, or name another --profile.")
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        path.unlink(missing_ok=True)
        listening.bind(str(path))
        path.chmod(0o600)
    except OSError as error:
        listening.close()
        raise UserError(
            f"The control socket {path} cannot be made ({error.strerror}). Check the folder or set EVENTMON_HOME."
        ) from error
    listening.setblocking(False)
    return listening


def _answers(path: Path) -> bool:
    probe = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        probe.connect(str(path))
    except OSError:
        return False
    finally:
        probe.close()
    return True
