"""Numbers, times and foreign bytes as the texts people read. No Qt, never raising, bounded work.

Outside text may hold anything: control characters, text direction controls that turn a line round, halves of
surrogate pairs. Here each becomes a visible mark, so that what is shown is what is there.
"""

from __future__ import annotations

import os
import re
import time
from functools import lru_cache
from pathlib import Path

NOT_APPLICABLE = "–"
CELL_LIMIT = 512

_MARKS: dict[int, str] = {code: chr(0x2400 + code) for code in range(0x20)}
_MARKS |= {0x09: "⇥", 0x0A: "⏎", 0x7F: "␡", 0x2028: "⏎", 0x2029: "⏎"}
_MARKS |= {code: f"⟨{code:02X}⟩" for code in range(0x80, 0xA0)}
_MARKS |= dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}")
_MARKS |= {0x061C: "⟨ALM⟩", 0x200B: "⟨ZWSP⟩", 0x200E: "⟨LRM⟩", 0x200F: "⟨RLM⟩", 0x2060: "⟨WJ⟩", 0xFEFF: "⟨BOM⟩"}
_MARKS |= {0x202A: "⟨LRE⟩", 0x202B: "⟨RLE⟩", 0x202C: "⟨PDF⟩", 0x202D: "⟨LRO⟩", 0x202E: "⟨RLO⟩"}
_MARKS |= {0x2066: "⟨LRI⟩", 0x2067: "⟨RLI⟩", 0x2068: "⟨FSI⟩", 0x2069: "⟨PDI⟩"}
_MARKS |= {code: f"⟨{code:X}⟩" for code in range(0xFFF9, 0xFFFC)}
_MARKS_BUT_LINES = {code: mark for code, mark in _MARKS.items() if code not in (0x09, 0x0A)}
_LINE_END = re.compile(r"\r?\n[ \t]*")


def count(n: int) -> str:
    """A whole number with separators: ``1,204,551``."""
    return f"{n:,}"


def number(value: float) -> str:
    """A sum or another figure, exact to two decimals: ``1,204``, ``48,311.95``; what is beyond sense is short."""
    if not abs(value) < 1e15:
        return f"{value:.3g}"
    return f"{value:,.2f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"


def rate(per_second: float) -> str:
    """Events a second: ``742/s``; below ten with one decimal where it says something: ``0.4/s``."""
    if not 0 < per_second < float("inf"):
        return "0/s"
    if per_second < 0.05:
        return "<0.1/s"
    if per_second < 9.95:
        return f"{per_second:.1f}".removesuffix(".0") + "/s"
    return f"{per_second:,.0f}/s"


_UNITS = ("KiB", "MiB", "GiB", "TiB", "PiB", "EiB")


def size(n: int) -> str:
    """Bytes of a payload: ``79 B``, ``62.6 KiB``."""
    if n < 1024:
        return f"{n} B"
    value = float(n)
    power = 0
    while value >= 1023.95 and power < len(_UNITS):
        value /= 1024
        power += 1
    return f"{value:,.1f}".removesuffix(".0") + f" {_UNITS[power - 1]}"


def storage(n: int) -> str:
    """Bytes on disk, no finer than anyone asks: ``212 MiB``, ``1.4 GiB``."""
    return size(n) if n >= 1024**3 else f"{n / 1024**2:,.0f} MiB"


def duration(us: int) -> str:
    """Microseconds in the unit that fits: ``3 µs``, ``412 ms``, ``1.2 s``, ``2 min 5 s``, ``2 d 4 h``."""
    if us < 0:
        return "-" + duration(-us)
    if us < 1_000:
        return f"{us} µs"
    if us < 999_500:
        return f"{us / 1_000:.0f} ms"
    seconds = us / 1_000_000
    if seconds < 59.95:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    return _long_duration(round(seconds))


def _long_duration(seconds: int) -> str:
    for big, small, big_seconds, small_seconds in (
        ("d", "h", 86_400, 3_600),
        ("h", "min", 3_600, 60),
        ("min", "s", 60, 1),
    ):
        if seconds >= big_seconds:
            rest = seconds % big_seconds // small_seconds
            return f"{seconds // big_seconds:,} {big}" + (f" {rest} {small}" if rest else "")
    return f"{seconds} s"


@lru_cache(maxsize=4096)
def _second(seconds: int, utc: bool) -> str:
    try:
        return time.strftime("%H:%M:%S", time.gmtime(seconds) if utc else time.localtime(seconds))
    except (OverflowError, ValueError, OSError):
        return ""


@lru_cache(maxsize=512)
def _day(seconds: int, utc: bool) -> str:
    try:
        return time.strftime("%Y-%m-%d", time.gmtime(seconds) if utc else time.localtime(seconds))
    except (OverflowError, ValueError, OSError):
        return ""


def clock(us: int, utc: bool = False) -> str:
    """Time of day of microseconds since the epoch: ``HH:MM:SS.mmm``; ``–`` for what no calendar holds."""
    seconds, rest = divmod(us, 1_000_000)
    text = _second(seconds, utc)
    return f"{text}.{rest // 1_000:03d}" if text else NOT_APPLICABLE


def day(us: int, utc: bool = False) -> str:
    """Date of microseconds since the epoch: ``2026-11-23``; ``–`` for what no calendar holds."""
    return _day(us // 1_000_000, utc) or NOT_APPLICABLE


def one_line(data: bytes | str, limit: int = CELL_LIMIT) -> str:
    """At most ``limit`` characters of a payload or text on one line, an ellipsis where more follows.

    Line ends swallow the indentation after them; other control and direction characters become marks, bytes that
    are not UTF-8 become replacement characters. Looks at no more than the first ``4 * limit`` bytes.
    """
    head = data[: 4 * limit].decode("utf-8", "replace") if isinstance(data, bytes) else data[: 4 * limit]
    if not head.isprintable():
        head = _LINE_END.sub("\n", head).translate(_MARKS)
    if len(head) > limit or len(data) > 4 * limit:
        return head[: limit - 1] + "…"
    return head


def lines(text: str, limit: int = 20_000) -> str:
    """At most ``limit`` characters of a longer text with its line ends and tabs, everything else marked as above."""
    head = text[:limit]
    if not head.isprintable():
        head = head.replace("\r\n", "\n").translate(_MARKS_BUT_LINES)
    return head + "…" if len(text) > limit else head


def short_path(path: str, limit: int = 4_000) -> str:
    """A path as people know it: ``~`` for their own folder, cut at its beginning when it is longer than the limit."""
    home = str(Path.home())
    short = "~" + path[len(home) :] if path.startswith(home + os.sep) or path == home else path
    return short if len(short) <= limit else "…" + short[1 - limit :]
