"""Patterns of channels as the server reads them, for what has to be known without asking it.

The rules are those of ``stringmatchlen`` in Redis (``util.c``), odd ends included: a class may be left open, and in a
range any byte may stand, also ``]``.
"""

from __future__ import annotations

import re

_ESCAPE, _OPEN, _CLOSE, _NOT, _RANGE = b"\\", b"[", b"]", b"^", b"-"
_WILD = {b"*": b".*", b"?": b"."}


def is_pattern(name: bytes) -> bool:
    """Whether a name of the list of channels stands for several."""
    return any(sign in name for sign in (b"*", b"?", _OPEN))


def pattern_of(glob: bytes) -> re.Pattern[bytes]:
    """A regular expression whose full matches are the channels that the server matches."""
    pieces = [b"(?=.)"] if glob else []  # no pattern but the empty one matches the channel without a name
    at = 0
    while at < len(glob):
        sign = glob[at : at + 1]
        if sign == _OPEN:
            piece, at = _class(glob, at + 1)
            pieces.append(piece)
            continue
        if sign == _ESCAPE and at + 1 < len(glob):
            at += 1
            pieces.append(re.escape(glob[at : at + 1]))
        else:
            pieces.append(_WILD.get(sign) or re.escape(sign))
        at += 1
    return re.compile(b"".join(pieces), re.DOTALL)


def _class(glob: bytes, at: int) -> tuple[bytes, int]:
    """One class from behind its bracket, and where the pattern goes on."""
    negated = glob[at : at + 1] == _NOT
    at += negated
    members = []
    while at < len(glob) and glob[at : at + 1] != _CLOSE:
        if glob[at : at + 1] == _ESCAPE and at + 1 < len(glob):
            members.append(re.escape(glob[at + 1 : at + 2]))
            at += 2
        elif glob[at + 1 : at + 2] == _RANGE and at + 2 < len(glob):
            low, high = sorted((glob[at : at + 1], glob[at + 2 : at + 3]))
            members.append(re.escape(low) + b"-" + re.escape(high))
            at += 3
        else:
            members.append(re.escape(glob[at : at + 1]))
            at += 1
    if not members:
        return (b"." if negated else b"(?!)"), at + 1
    return b"[" + (_NOT if negated else b"") + b"".join(members) + b"]", at + 1
