"""How the engine answers what is asked about workspaces as files; the table of ``answers`` takes these in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from eventmon.engine import requests
from eventmon.engine.templates import NamedTemplate

if TYPE_CHECKING:
    from eventmon.engine.engine import Engine
    from eventmon.engine.workspace_exchange import WorkspaceExchange


class WorkspaceAnswers:
    """Answers requests about workspaces for one engine, on its loop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def handlers(self) -> dict[type, Callable[[Any], Awaitable[Any]]]:
        """From the type of a request to the method that answers it."""
        return {
            requests.ExportWorkspace: self._export,
            requests.ReviewWorkspace: self._review,
            requests.ImportWorkspace: self._import,
            requests.ApproveDefinitions: self._approve,
            requests.ReadTemplates: self._read_templates,
            requests.ChangeTemplates: self._change_templates,
        }

    async def _export(self, request: requests.ExportWorkspace) -> requests.ExportedWorkspace:
        return await self._exchange().export(request.path)

    async def _review(self, request: requests.ReviewWorkspace) -> requests.WorkspaceReview:
        exchange = self._exchange()
        return await exchange.review(request.path) if request.path else exchange.unapproved()

    async def _import(self, request: requests.ImportWorkspace) -> requests.ImportedWorkspace:
        return await self._exchange().take(request)

    async def _approve(self, request: requests.ApproveDefinitions) -> requests.ImportedWorkspace:
        return await self._exchange().approve(request.chosen)

    async def _read_templates(self, request: requests.ReadTemplates) -> list[NamedTemplate]:
        return self._engine.templates.templates

    async def _change_templates(self, request: requests.ChangeTemplates) -> list[NamedTemplate]:
        templates = self._engine.templates
        await templates.change(request.put, request.removed)
        return templates.templates

    def _exchange(self) -> WorkspaceExchange:
        from eventmon.engine.workspace_exchange import WorkspaceExchange  # seldom asked for

        engine = self._engine
        return WorkspaceExchange(
            engine.connections, engine.observers, engine.topic_choices, engine.templates, engine.workspace
        )
