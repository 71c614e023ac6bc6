"""Native names as topics and as items of a list in a URL; both ways are exact for any bytes.

A protocol's own separator parts the levels. What a level of a topic cannot hold (``/ % + #``, NUL, bytes that are
not UTF-8) is percent-encoded, so ``a/b`` of a broker whose separator is ``:`` is the one level ``a%2Fb``.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from eventmon.core.errors import UserError
from eventmon.core.topic import SEPARATOR

_UNSAFE_IN_LEVELS = re.compile("[/%+#\0\udc80-\udcff]")
_UNSAFE_IN_ITEMS = re.compile(r"[%,\s\x00-\x1f\x7f-\x9f\udc80-\udcff]")


def topic_path(native: bytes, separator: str) -> str:
    """The levels of a native name, ``/`` between them; ``native_name`` gives the same bytes again."""
    text = _readable(native)
    levels = text.split(separator) if separator else [text]
    return SEPARATOR.join(_UNSAFE_IN_LEVELS.sub(_encoded, level) for level in levels)


def native_name(path: str, separator: str) -> bytes:
    """The native name of levels with ``/`` between them."""
    return separator.encode().join(unquote_to_bytes(level) for level in path.split(SEPARATOR))


def item_of(native: bytes) -> str:
    """A native name as an item of a comma-separated list; ``native_of`` gives the same bytes again."""
    return _UNSAFE_IN_ITEMS.sub(_encoded, _readable(native))


def native_of(item: str) -> bytes:
    """The native name that an item of a list means."""
    return unquote_to_bytes(item)


def check_separator(separator: str) -> None:
    """UserError when a text cannot part levels."""
    if any(character in "%+#\0," for character in separator) or not separator.isascii():
        raise UserError(
            "The separator parts the levels of a name, such as : or a dot. It cannot hold % + # , or other than ASCII."
        )


def _readable(native: bytes) -> str:
    """Text in which bytes that are not UTF-8 stand as lone surrogates."""
    return native.decode("utf-8", "surrogateescape")


def _encoded(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "surrogateescape"))
