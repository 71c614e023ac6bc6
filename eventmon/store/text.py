"""Text as it goes into the log and comes out: every string round-trips, even one that is no valid Unicode.

SQLite text is UTF-8, which has no lone surrogates; a string that holds some is stored as a blob of its
``surrogatepass`` bytes instead. Reading accepts whatever type a column holds, because files come from strangers.
"""

from __future__ import annotations

import json

import msgspec


def storable(text: str) -> str | bytes:
    """The value to bind for a string that may hold lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode(errors="surrogatepass")
    return text


def text_of(value: object, default: str = "") -> str:
    """A string from whatever a text column holds."""
    if isinstance(value, str):
        return value
    if value is None:
        return default
    if isinstance(value, bytes):
        try:
            return value.decode(errors="surrogatepass")
        except UnicodeDecodeError:
            return value.decode(errors="replace")
    return str(value)


def optional_text_of(value: object) -> str | None:
    """Like ``text_of``, but NULL stays None."""
    return None if value is None else text_of(value)


def integer_of(value: object) -> int:
    """An integer from whatever an integer column holds; 0 when it is none."""
    return value if isinstance(value, int) else 0


def bytes_of(value: object) -> bytes:
    """The payload from whatever a blob column holds."""
    if isinstance(value, bytes):
        return value
    return b"" if value is None else text_of(value).encode(errors="surrogatepass")


def encode_headers(headers: dict[str, str] | None) -> str | None:
    """Headers as a JSON object; None stays None, and an empty mapping counts as none."""
    if not headers:
        return None
    try:
        return msgspec.json.encode(headers).decode()
    except UnicodeEncodeError:  # lone surrogates become \\udXXX, which only the standard library writes
        return json.dumps(headers)


def decode_headers(stored: object) -> dict[str, str] | None:
    """Headers from a stored JSON object; None when the value is no object."""
    if not isinstance(stored, str | bytes):
        return None
    try:
        decoded = msgspec.json.decode(stored)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        decoded = _decode_with_surrogates(stored)
    if not isinstance(decoded, dict):
        return None
    return {str(name): text_of(value) for name, value in decoded.items()} or None


def _decode_with_surrogates(stored: str | bytes) -> object:
    try:
        return json.loads(stored)
    except (ValueError, RecursionError):
        return None
