"""How a longer text stands in a TOML file: as it is, wherever TOML allows that, and over as many lines as it has.

Between three apostrophes nothing is escaped, so JSON reads as JSON and a change of one line is one line in git. It
is also what the library that edits such files reads fastest, by far.
"""

from __future__ import annotations

import re
from typing import Any

_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
"""What has to be escaped wherever it stands; a line end and a tab need not."""
_ESCAPED = re.compile(r'["\\\x00-\x08\x0b-\x1f\x7f]')
_WORTH_IT = re.compile(r'["\\\n\x00-\x1f\x7f]')


def text_item(text: str) -> Any:
    """A text as it is to be written; the text itself where there is nothing to decide."""
    if not _WORTH_IT.search(text):
        return text
    from tomlkit.items import String, StringType, Trivia  # when something is written

    several = "\n" in text
    if _UNWRITABLE.search(text) or "'''" in text or ("'" in text and not several):
        kind, raw = StringType.MLB if several else StringType.SLB, _ESCAPED.sub(_escape, text)
    else:
        kind, raw = StringType.MLL if several else StringType.SLL, text
    if not several:
        raw = raw.replace("\t", "\\t") if kind is StringType.SLB else raw
    return String(kind, text, f"\n{raw}" if several else raw, Trivia())


def _escape(found: re.Match[str]) -> str:
    letter = found[0]
    return f"\\{letter}" if letter in '"\\' else f"\\u{ord(letter):04x}"
