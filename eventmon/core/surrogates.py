"""Halves of surrogate pairs: texts of strangers' files may hold them, and UTF-8, JSON and Qt cannot."""

from __future__ import annotations

import re

_HALF = re.compile("[\ud800-\udfff]")


def encodable(text: str) -> str:
    """The text with U+FFFD, the mark for what cannot be shown, in the place of each half."""
    return text if text.isascii() else _HALF.sub("\N{REPLACEMENT CHARACTER}", text)
