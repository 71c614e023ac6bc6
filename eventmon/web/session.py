"""The page's cookie: signed with the view token, so that it outlives a restart and ends when tokens are renewed.

The cookie is not the token: whoever gets hold of it can look until it expires, and can send nothing.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Callable
from typing import Final

from aiohttp import web

from eventmon.engine.tokens import Tokens

SESSION_SECONDS: Final = 30 * 86_400
_COOKIE = re.compile(r"(\d{1,12})\.([A-Za-z0-9_-]{22})\.([0-9a-f]{64})\Z", re.ASCII)


class Sessions:
    """Makes and checks cookies; ``seconds`` gives the Unix time."""

    def __init__(self, tokens: Tokens, port: int, *, secure: bool, seconds: Callable[[], float]) -> None:
        self._tokens = tokens
        self._secure = secure
        self._seconds = seconds
        self.cookie_name = f"eventmon-{port}"
        """Cookies do not know ports: without it in the name two servers on one machine would share one."""

    def use_tokens(self, tokens: Tokens) -> None:
        """Cookies made with others are no longer valid."""
        self._tokens = tokens

    def open(self, response: web.StreamResponse) -> None:
        """Give whoever gets this answer a session."""
        response.set_cookie(
            self.cookie_name,
            self._signed(int(self._seconds()) + SESSION_SECONDS, secrets.token_urlsafe(16)),
            max_age=SESSION_SECONDS,
            path="/",
            httponly=True,
            secure=self._secure,
            samesite="Strict",
        )

    def is_open(self, request: web.Request) -> bool:
        """Whether the request comes from a session that was opened and has not expired."""
        given = request.cookies.get(self.cookie_name, "")
        found = _COOKIE.match(given)
        if found is None:
            return False
        expires = int(found[1])
        same = hmac.compare_digest(given.encode(), self._signed(expires, found[2]).encode())
        return same and expires > self._seconds()

    def _signed(self, expires: int, number: str) -> str:
        text = f"{expires}.{number}"
        key = self._tokens.view.encode()
        return f"{text}.{hmac.digest(key, f'session {self.cookie_name} {text}'.encode(), 'sha256').hex()}"
