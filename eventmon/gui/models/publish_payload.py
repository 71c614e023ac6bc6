"""What is written in the editor as bytes: JSON, text, hex and base64, with every mistake at its place. No Qt.

Bytes of an event find their way back into a text here too, so that hex and base64 are exact in both directions.
"""

from __future__ import annotations

import base64
import binascii
import json
import mimetypes
import re
from pathlib import Path
from typing import Final

import msgspec

from eventmon.core.errors import UserError
from eventmon.core.payload import MAX_PAYLOAD_BYTES, is_json
from eventmon.engine.placeholders import Firing, escape, find_placeholders, read_template
from eventmon.engine.templates import PayloadFormat

MEDIA_TYPES: Final[dict[PayloadFormat, str]] = {
    "json": "application/json",
    "text": "text/plain",
    "hex": "application/octet-stream",
    "base64": "application/octet-stream",
    "file": "application/octet-stream",
}
EDITABLE_BYTES: Final = 256 * 1024
"""A bigger payload makes the editor slow; it is sent from a file."""

_STAND_IN: Final = "81726354098172635409"
_STOOD_IN = re.compile(_STAND_IN + "[0-9]{5}")
_NOT_HEX = re.compile(r"[^0-9A-Fa-f\s]")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/=\s]")
_BYTE = re.compile(r" \(byte (\d+)\)")
_JSON_SENTENCES: Final = {
    "Expecting ',' delimiter": "expected a comma or a closing bracket",
    "Expecting ':' delimiter": "expected a colon after the name",
    "Expecting property name enclosed in double quotes": "expected a name in double quotes",
    "Expecting value": "expected a value",
    "Extra data": "expected nothing after the value",
    "Unterminated string starting at": "this text is not closed",
    "Invalid control character at": "a text holds a line end or control character; write it as \\n or \\u",
    "Invalid \\escape": "this escape is not known",
    "Invalid \\uXXXX escape": "expected four hex digits after \\u",
    "Illegal trailing comma before end of object": "a comma too many",
    "Illegal trailing comma before end of array": "a comma too many",
}


class PayloadError(UserError):
    """What is written cannot be sent in this format.

    Attributes:
        position: where in the text.
    """

    def __init__(self, sentence: str, position: int) -> None:
        super().__init__(sentence)
        self.position = position


def payload_of(text: str, payload_format: PayloadFormat) -> bytes:
    """The bytes that a text stands for; for JSON and text those of the text itself.

    Raises:
        PayloadError: it is not of this format.
    """
    if payload_format == "hex":
        return _from_hex(text)
    if payload_format == "base64":
        return _from_base64(text)
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        raise PayloadError("half of a surrogate pair, which is not UTF-8. Delete it.", error.start) from None
    if payload_format == "json":
        _require_json(text, data)
    return data


def place_in(text: str, position: int) -> tuple[int, int]:
    """Line and column, from 1, of a position."""
    line = text.count("\n", 0, position) + 1
    return line, position - (text.rfind("\n", 0, position) + 1) + 1


def format_of(data: bytes, content_type: str) -> PayloadFormat:
    """How bytes are best written: JSON and text where they are, hex for all else."""
    if len(data) > EDITABLE_BYTES:
        return "file"
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return "hex"
    if not _survives_editor(text):
        return "hex"
    if (not content_type or is_json(content_type)) and _is_json(text, data):
        return "json"
    return "text"


def text_of(data: bytes, payload_format: PayloadFormat) -> str:
    """Bytes as they are written in a format; ``payload_of`` gives them back, once placeholders are filled in."""
    if payload_format == "hex":
        return "\n".join(data[at : at + 16].hex(" ") for at in range(0, len(data), 16))
    if payload_format == "base64":
        return base64.b64encode(data).decode()
    return "" if payload_format == "file" else escape(data.decode())


def written_as(text: str, before: PayloadFormat, after: PayloadFormat) -> str:
    """A text of one format in another, the same bytes; the text itself where that cannot be done."""
    by_letters = ("json", "text")
    if before == after or (before in by_letters and after in by_letters):
        return text
    try:
        data = payload_of(read_template(text).fill(Firing(0, 0)) if before in by_letters else text, before)
        if before in by_letters and find_placeholders(text):
            return text
        if after in by_letters and not _survives_editor(data.decode()):
            return text
        return text_of(data, after)
    except (UserError, UnicodeDecodeError):
        return text


def indented(text: str) -> str:
    """JSON with two blanks a level, everything else as it stands; the text itself where it is not JSON.

    Numbers keep their digits and names their order, for nothing is decoded. Placeholders may stand where a value does:
    each is a number of its own while the rest is put in order.
    """
    held: dict[str, str] = {}
    parts: list[str] = []
    at = 0
    for number, span in enumerate(find_placeholders(text)):
        stand_in = f"{_STAND_IN}{number:05d}"
        held[stand_in] = text[span.start : span.end]
        parts += [text[at : span.start], stand_in]
        at = span.end
    parts.append(text[at:])
    if _STAND_IN in text:
        return text
    try:
        ordered = msgspec.json.format("".join(parts).encode(), indent=2).decode()
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return text
    return _STOOD_IN.sub(lambda found: held[found[0]], ordered)


def read_payload(path: str) -> bytes:
    """The bytes of a file.

    Raises:
        UserError: there is none, it cannot be read, or it is over the limit.
    """
    if not path.strip():
        raise UserError("Choose the file whose bytes are to be sent.")
    try:
        file = Path(path).expanduser()
        if not file.is_file():
            raise UserError(f"There is no file {path}. Choose another.")
        if file.stat().st_size > MAX_PAYLOAD_BYTES:
            raise UserError(f"The file {path} is over the limit of {MAX_PAYLOAD_BYTES // 1024**2} MiB. Choose another.")
        return file.read_bytes()
    except (OSError, ValueError, RuntimeError) as error:
        if isinstance(error, UserError):
            raise
        raise UserError(f"The file {path} cannot be read: {error}. Choose another.") from error


def media_type_of(payload_format: PayloadFormat, path: str) -> str:
    """The media type that goes with a format, for a file by its name."""
    guessed = mimetypes.guess_type(path)[0] if payload_format == "file" else None
    return guessed or MEDIA_TYPES[payload_format]


def _survives_editor(text: str) -> bool:
    """Whether an editor of lines gives the text back as it was: Qt takes some characters for line ends."""
    return not any(mark in text for mark in "\0\r\u2028\u2029\ufdd0\ufdd1\ufffc")


def _is_json(text: str, data: bytes) -> bool:
    try:
        _require_json(text, data)
    except PayloadError:
        return False
    return True


def _require_json(text: str, data: bytes) -> None:
    try:
        msgspec.json.decode(data, type=msgspec.Raw)
        return
    except RecursionError:
        raise PayloadError("nested too deeply. Use fewer levels.", 0) from None
    except msgspec.DecodeError as error:
        said = str(error)
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        raise PayloadError(f"{_JSON_SENTENCES.get(error.msg, error.msg.lower())}.", error.pos) from None
    except (RecursionError, ValueError):
        raise PayloadError("nested too deeply, or a number is too long.", 0) from None
    found = _BYTE.search(said)
    place = len(data[: int(found[1])].decode(errors="ignore")) if found else 0
    raise PayloadError("JSON knows no such value.", place)


def _from_hex(text: str) -> bytes:
    wrong = _NOT_HEX.search(text)
    if wrong is not None:
        raise PayloadError("this is no hex digit. Use 0 to 9 and a to f.", wrong.start())
    digits = "".join(text.split())
    if len(digits) % 2:
        raise PayloadError("the last byte has one digit. Give it two.", len(text.rstrip()) - 1)
    return bytes.fromhex(digits)


def _from_base64(text: str) -> bytes:
    wrong = _NOT_BASE64.search(text)
    if wrong is not None:
        raise PayloadError("this is no base64 character. Use A to Z, a to z, 0 to 9, + and /.", wrong.start())
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error:
        raise PayloadError("the base64 is cut off or badly padded.", max(0, len(text.rstrip()) - 1)) from None
