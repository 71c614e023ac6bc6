"""Observers over the HTTP API: listed, attached, changed and detached, by the same requests as in the window."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from aiohttp import web

from eventmon.core.errors import UserError
from eventmon.engine.control_answers import json_answer
from eventmon.engine.control_problems import Refused
from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.http_client import OBSERVERS_PATH
from eventmon.engine.requests import (
    AttachObserver,
    DetachObserver,
    EditObserver,
    ListObservers,
    PauseObserver,
    ReadObserver,
    ResetObserver,
    ResumeObserver,
)

if TYPE_CHECKING:
    from eventmon.engine.engine import Engine


class ObserverChanges(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of a ``PATCH``: what is left out stays; ``settings`` replaces all of them."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    kind: str | msgspec.UnsetType = msgspec.UNSET
    pattern: str | msgspec.UnsetType = msgspec.UNSET
    settings: dict[str, str | int | float | bool] | msgspec.UnsetType = msgspec.UNSET
    paused: bool | msgspec.UnsetType = msgspec.UNSET
    overflow: Literal["drop_oldest", "drop_newest", "latest"] | msgspec.UnsetType = msgspec.UNSET


class ObserverRoutes:
    """The addresses below ``/api/v1/observers`` of one engine."""

    def __init__(self, engine: Engine, *, kinds: Collection[str] | None = None) -> None:
        """Make them; ``kinds`` are those that may be attached and changed from here, None for all."""
        self._engine = engine
        self._kinds = kinds

    def routes(self) -> list[web.RouteDef]:
        """What is served."""
        return [
            web.get(OBSERVERS_PATH, self._list),
            web.post(OBSERVERS_PATH, self._attach),
            web.patch(OBSERVERS_PATH + "/{name}", self._change),
            web.post(OBSERVERS_PATH + "/{name}/reset", self._reset),
            web.delete(OBSERVERS_PATH + "/{name}", self._detach),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        return json_answer(await self._engine.answer(ListObservers()))

    async def _attach(self, request: web.Request) -> web.Response:
        definition = _decoded(await request.read(), ObserverDefinition)
        self._require_allowed(definition.kind)
        return json_answer(await self._engine.answer(AttachObserver(definition=definition)), status=201)

    async def _change(self, request: web.Request) -> web.Response:
        name = await self._known(request)
        decoded = _decoded(await request.read(), ObserverChanges)
        changes = {key: value for key, value in msgspec.structs.asdict(decoded).items() if value is not msgspec.UNSET}
        if changes == {"paused": True}:
            return json_answer(await self._engine.answer(PauseObserver(name=name)))
        if changes == {"paused": False}:
            return json_answer(await self._engine.answer(ResumeObserver(name=name)))
        before = await self._engine.answer(ReadObserver(name=name))
        edited = msgspec.structs.replace(before, **changes)
        self._require_allowed(edited.kind)
        return json_answer(await self._engine.answer(EditObserver(name=name, definition=edited)))

    async def _reset(self, request: web.Request) -> web.Response:
        return json_answer(await self._engine.answer(ResetObserver(name=await self._known(request))))

    async def _detach(self, request: web.Request) -> web.Response:
        await self._engine.answer(DetachObserver(name=await self._known(request)))
        return web.Response(status=204)

    def _require_allowed(self, kind: str) -> None:
        if self._kinds is not None and kind not in self._kinds:
            raise Refused(
                403,
                f"Observers of the kind {kind} cannot be attached or changed from here. "
                "Use the window, or the command line on the machine where Eventmon runs.",
            )

    async def _known(self, request: web.Request) -> str:
        """The name in the address; Refused 404 when there is no such observer, 403 when it is not for here."""
        name = request.match_info["name"]
        try:
            found = await self._engine.answer(ReadObserver(name=name))
        except UserError as error:
            raise Refused(404, str(error)) from error
        self._require_allowed(found.kind)
        return name


def _decoded(body: bytes, kind: Any) -> Any:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UserError(f"This is no observer as JSON: {error}. Correct it.") from error
