"""Texts as words of a shell command: whatever a stranger's event holds, the shell gets exactly that and runs nothing.

``sh``, ``bash`` and ``zsh`` read single quotes alike. Control characters are written as escapes, because a terminal may
take a pasted one for a key.
"""

from __future__ import annotations

import base64
import re
import shlex
from collections.abc import Iterable

from eventmon.core.errors import UserError

LONGEST_WORD = 100_000
"""Bytes of one word; Linux takes no argument above 128 KiB."""
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROLS_IN_DATA = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
END = "EVENTMON_END"


def quoted(text: str) -> str:
    """One word.

    Raises:
        UserError: it holds a NUL, which no argument can carry.
    """
    if "\0" in text:
        raise UserError("An attribute holds a NUL, which no command can carry. Copy the event as JSON instead.")
    if not _CONTROLS.search(text):
        return shlex.quote(text)
    return "$'" + "".join(_escaped(character) for character in text) + "'"


def _escaped(character: str) -> str:
    if character in "'\\":
        return "\\" + character
    if _CONTROLS.match(character):
        return "".join(f"\\{byte:03o}" for byte in character.encode())
    return character


def command(words: Iterable[str]) -> str:
    """A command of words that are not quoted yet."""
    return " ".join(quoted(word) for word in words)


def is_plain(data: bytes) -> bool:
    """Whether data can stand in a command as it is: short text in UTF-8 that a terminal takes for text."""
    if len(data) > LONGEST_WORD:
        return False
    try:
        return not _CONTROLS_IN_DATA.search(data.decode())
    except UnicodeDecodeError:
        return False


def here_document(text: str) -> str:
    """Lines for the standard input of a command, behind which they stand; they must not hold ``END``."""
    return f"<<'{END}'\n{text.rstrip(chr(10))}\n{END}"


def through_base64(data: bytes, rest: str) -> str:
    """Data of any kind for the standard input of a command."""
    encoded = base64.encodebytes(data).decode("ascii")
    return f"base64 -d <<'{END}' | {rest}\n{encoded.rstrip()}\n{END}"
