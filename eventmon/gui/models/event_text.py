"""A page of a payload as lines of text: formatted when it is whole and JSON, exact otherwise, never endlessly long.

A text view lays out a line at once, so a line of a megabyte would hold the window up: lines are broken every 4 KiB.
Control and direction characters become marks, secrets are hidden. No Qt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from eventmon.core.secret_names import SecretSpan, mentions_secrets, secret_bytes, secret_spans
from eventmon.gui import formatting

PAGE_BYTES: Final = 65_536
"""What is shown at once; the rest is paged."""
LINE_CHARACTERS: Final = 4_096
LOOK_BACK: Final = 4_096
"""Bytes before a page that are looked at, so that a secret which begins there is hidden."""
LOOK_AHEAD: Final = 3
"""A character of UTF-8 may need so many bytes more."""
MOST_FORMATTED: Final = 8 * PAGE_BYTES
"""Characters up to which formatting may grow a text; deep nesting would make it endless."""
MOST_MARKS: Final = 8
"""Combining marks in a row; scripts need two or three, thousands take seconds to draw."""
INDENT: Final = "  "

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\],:]|[^\s"{}\[\],:]+')
_COMBINING = re.compile(
    rf"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{{{MOST_MARKS}}})"
)


@dataclass(frozen=True)
class PayloadPage:
    """A page of a payload and what stands before and behind it.

    Attributes:
        offset: where the page begins in the payload.
        size: bytes of the whole payload.
        before: what stands before the page: ``LOOK_BACK`` bytes of it at least, all of it where it was at hand.
        data: the page and up to ``LOOK_AHEAD`` bytes more.
    """

    offset: int
    size: int
    before: bytes
    data: bytes

    @property
    def end(self) -> int:
        """Where the page ends in the payload."""
        return min(self.offset + PAGE_BYTES, self.size)

    @property
    def whole(self) -> bool:
        """Whether the page is the whole payload."""
        return self.size <= PAGE_BYTES

    @property
    def shown(self) -> bytes:
        """The bytes of the page alone."""
        return self.data[: self.end - self.offset]

    @property
    def known_from_start(self) -> bool:
        """Whether everything before the page is known, so that no secret can have begun there unseen."""
        return len(self.before) == self.offset

    @cached_property
    def secrets(self) -> list[SecretSpan]:
        """The values of secret fields in the page, counted from its beginning."""
        shift = len(self.before)
        spans = (SecretSpan(span.start - shift, span.end - shift, span.mask) for span in self._all_secrets)
        return [SecretSpan(max(span.start, 0), span.end, span.mask) for span in spans if span.end > 0]

    @cached_property
    def mentions_secrets(self) -> bool:
        """Whether the name of a secret stands in the page."""
        return mentions_secrets(self.data)

    @cached_property
    def _all_secrets(self) -> list[SecretSpan]:
        return secret_bytes(self.before + self.data)


def page_text(page: PayloadPage, *, formatted: bool, reveal: bool) -> str:
    """The page as the lines that are shown."""
    text = _decoded(page)
    if formatted and page.whole:
        text = formatted_json(text) or text
    if not reveal:
        text = _without_secrets(page, text)
    return hard_lines(marked(text))


def is_text(data: bytes) -> bool:
    """Whether bytes are UTF-8, a character cut at the end let pass, and no NUL among them."""
    if b"\x00" in data:
        return False
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return error.end == len(data) and len(data) - error.start <= LOOK_AHEAD and "end of data" in error.reason
    return True


def formatted_json(text: str) -> str | None:
    """JSON with a member a line, each token exactly as it was; None when that would grow too long."""
    parts: list[str] = []
    depth = length = 0
    before = ""
    for token in _TOKEN.findall(text):
        if token in ("}", "]"):
            depth -= 1
            piece = token if before in ("{", "[") else f"\n{INDENT * depth}{token}"
        elif before in ("{", "[", ","):
            piece = f"\n{INDENT * depth}{token}"
        else:
            piece = f" {token}" if before == ":" else token
        if token in ("{", "["):
            depth += 1
        length += len(piece)
        if length > MOST_FORMATTED or depth < 0:
            return None
        parts.append(piece)
        before = token
    return "".join(parts)


def marked(text: str) -> str:
    """Control characters as marks, and no more combining marks in a row than can be drawn at once."""
    text = formatting.lines(text, len(text))
    return _COMBINING.sub("\\1\u25cc", text) if not text.isascii() else text


def hard_lines(text: str) -> str:
    """The text with lines broken where they are too long."""
    if len(text) <= LINE_CHARACTERS:
        return text
    lines = text.split("\n")
    if max(map(len, lines)) <= LINE_CHARACTERS:
        return text
    return "\n".join(
        line[start : start + LINE_CHARACTERS]
        for line in lines
        for start in range(0, max(1, len(line)), LINE_CHARACTERS)
    )


def _decoded(page: PayloadPage) -> str:
    """The characters that begin in the page."""
    data, length = page.data, page.end - page.offset
    end = length
    while end < len(data) and data[end] & 0xC0 == 0x80:
        end += 1
    start = 0
    while page.offset and start < LOOK_AHEAD and start < length and data[start] & 0xC0 == 0x80:
        start += 1
    return data[start:end].decode(errors="replace")


def _without_secrets(page: PayloadPage, text: str) -> str:
    before = page.before.decode(errors="replace")
    known = before + text
    parts: list[str] = []
    done = len(before)
    for span in secret_spans(known):
        if span.end > done:
            parts += (known[done : span.start], span.mask)
            done = span.end
    return "".join((*parts, known[done:]))
