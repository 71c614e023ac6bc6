"""The headers that every answer has, whoever writes it: a handler, an error, or the connection itself."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import msgspec
from aiohttp import web

from eventmon.engine.control_problems import PROBLEM_TYPE

NOTHING_ALLOWED: Final = "default-src 'none'; connect-src 'self'; base-uri 'none'; form-action 'none'"
"""What an answer that is not the page may load: nothing."""
FRAMED_NOWHERE: Final = "frame-ancestors 'none'"
SERVER: Final = "eventmon"
"""In the place of the name and the version of the library."""
SAFE: Final = {
    "Content-Security-Policy": f"{NOTHING_ALLOWED}; {FRAMED_NOWHERE}",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Server": SERVER,
}


async def add_safe_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Complete an answer just before it is sent. A signal of aiohttp, so that it sees its own errors too."""
    for name, value in SAFE.items():
        response.headers.setdefault(name, value)
    response.headers["Server"] = SERVER


def raw_problem(status: int, sentence: str) -> bytes:
    """A whole answer as bytes, for a connection whose request never came to be one; it closes after it."""
    title = HTTPStatus(status).phrase
    body = msgspec.json.encode({"type": "about:blank", "title": title, "status": status, "detail": sentence})
    headers = {
        **SAFE,
        "Content-Type": PROBLEM_TYPE,
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} {title}\r\n{head}\r\n".encode() + body
