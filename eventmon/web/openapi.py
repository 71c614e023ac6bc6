"""``/api/v1/openapi.json``: the HTTP API described for programs. Kept by hand; a test compares it with the router."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from aiohttp import web

import eventmon
from eventmon.engine.control_answers import JSON_TYPE
from eventmon.engine.control_problems import PROBLEM_TYPE

OPENAPI_PATH: Final = "/api/v1/openapi.json"
_Document = dict[str, Any]


async def get_openapi(request: web.Request) -> web.Response:
    """The description."""
    return web.Response(body=msgspec.json.encode(description()), content_type=JSON_TYPE)


def description() -> _Document:
    """The whole document, OpenAPI 3.1."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Eventmon",
            "version": eventmon.__version__,
            "description": "Publish events, read them, follow them live, and look after observers.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": _paths(),
        "components": {
            "securitySchemes": {
                "view": {"type": "http", "scheme": "bearer", "description": "The view token: reads."},
                "ingest": {"type": "http", "scheme": "bearer", "description": "The ingest token: writes."},
            },
            "responses": {"Problem": _content("What went wrong (RFC 9457).", PROBLEM_TYPE, _schema("Problem"))},
            "schemas": {"Problem": _PROBLEM, "Accepted": _ACCEPTED, "Observer": _OBSERVER},
        },
    }


def _paths() -> _Document:
    publish = _write("Publish events", "Accepted", _EVENT_BODIES, status="202")
    topic = _parameter("topic", "path", {"type": "string"}, "The topic, its UTF-8 percent-encoded.")
    name = _parameter("name", "path", {"type": "string"}, "The observer, its name percent-encoded.")
    return {
        "/api/v1/events": {
            "post": publish,
            "get": _read("Stored events, oldest first, as JSON lines", "application/jsonl", _CHOOSING),
        },
        "/api/v1/events/{topic}": {"post": {**publish, "parameters": [topic]}},
        "/api/v1/count": {"get": _read("How many stored events match", JSON_TYPE, [_CHOOSING[0]])},
        "/api/v1/stream": {"get": _read("Events as they come", "text/event-stream", _CHOOSING[:2])},
        "/api/v1/counters": {"get": _read("What the page shows, as it changes", "text/event-stream")},
        "/api/v1/topics": {"get": _read("Every topic with its counters")},
        "/api/v1/stats": {"get": _read("Where every event went, from one instant")},
        "/api/v1/connections": {"get": _read("The connections and how they are")},
        "/api/v1/observers": {
            "get": _read("The observers with their counters"),
            "post": _write("Attach an observer", None, {JSON_TYPE: _schema("Observer")}, status="201"),
        },
        "/api/v1/observers/{name}": {
            "parameters": [name],
            "patch": _write("Pause, resume or change an observer", None, {JSON_TYPE: {"type": "object"}}),
            "delete": _answering("End an observer and forget it", "ingest", {"204": {"description": "It is gone."}}),
        },
        "/api/v1/observers/{name}/reset": {
            "parameters": [name],
            "post": _answering("Count from nothing again", "ingest", {"200": _content("Its state.", JSON_TYPE, {})}),
        },
        "/api/v1/session": {"post": _answering("Get the page's cookie", "view", {"204": {"description": "Set."}})},
        OPENAPI_PATH: {"get": _read("This description")},
        "/metrics": {"get": _read("The counters for Prometheus", "text/plain")},
        "/healthz": {"get": _open("Whether it answers", JSON_TYPE)},
        "/": {"get": _open("The page", "text/html")},
    }


def _read(summary: str, media_type: str = JSON_TYPE, parameters: list[_Document] | None = None) -> _Document:
    found = _answering(summary, "view", {"200": _content(summary + ".", media_type, {})})
    return found | ({"parameters": parameters} if parameters else {})


def _write(summary: str, answer: str | None, bodies: _Document, *, status: str = "200") -> _Document:
    done = _content(summary + ".", JSON_TYPE, _schema(answer) if answer else {})
    content = {media_type: {"schema": schema} for media_type, schema in bodies.items()}
    return {**_answering(summary, "ingest", {status: done}), "requestBody": {"required": True, "content": content}}


def _open(summary: str, media_type: str) -> _Document:
    return {"summary": summary, "security": [], "responses": {"200": _content(summary + ".", media_type, {})}}


def _answering(summary: str, scope: str, answers: _Document) -> _Document:
    responses = {**answers, "default": {"$ref": "#/components/responses/Problem"}}
    return {"summary": summary, "security": [{scope: []}], "responses": responses}


def _content(text: str, media_type: str, schema: _Document) -> _Document:
    return {"description": text, "content": {media_type: {"schema": schema}}}


def _schema(name: str) -> _Document:
    return {"$ref": f"#/components/schemas/{name}"}


def _parameter(name: str, place: str, schema: _Document, text: str) -> _Document:
    return {"name": name, "in": place, "required": place == "path", "schema": schema, "description": text}


_WHOLE: Final[_Document] = {"type": "integer", "minimum": 0}
_CHOOSING: Final[list[_Document]] = [
    _parameter("topic", "query", {"type": "array", "items": {"type": "string"}}, "A pattern; repeated: any of them."),
    _parameter("after", "query", _WHOLE, "Leave out everything up to this seq."),
    _parameter("limit", "query", _WHOLE, "End after so many."),
    _parameter("last", "query", _WHOLE, "Leave out everything but the newest so many."),
]
_EVENT_BODIES: Final[_Document] = {
    "application/cloudevents+json": {"type": "object"},
    "application/cloudevents-batch+json": {"type": "array", "items": {"type": "object"}},
    JSON_TYPE: {},
}
_PROBLEM: Final[_Document] = {
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "One sentence: what happened, then what to do."},
    },
}
_ACCEPTED: Final[_Document] = {
    "type": "object",
    "required": ["accepted", "duplicates", "not_recorded"],
    "properties": {name: _WHOLE for name in ("accepted", "duplicates", "not_recorded", "seq")},
}
_OBSERVER: Final[_Document] = {
    "type": "object",
    "required": ["name", "kind", "pattern"],
    "properties": {
        "name": {"type": "string"},
        "kind": {"type": "string"},
        "pattern": {"type": "string"},
        "settings": {"type": "object"},
        "paused": {"type": "boolean"},
        "overflow": {"enum": ["drop_oldest", "drop_newest", "latest"]},
    },
}
