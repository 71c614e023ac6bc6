"""Answers of the HTTP API as JSON: one way to write them for every group of addresses."""

from __future__ import annotations

import msgspec
from aiohttp import web

JSON_TYPE = "application/json"


def json_answer(document: object, *, status: int = 200) -> web.Response:
    """A document that msgspec can encode, as JSON."""
    return web.Response(status=status, body=msgspec.json.encode(document), content_type=JSON_TYPE)
