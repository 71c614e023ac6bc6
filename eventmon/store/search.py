"""The scan behind a search: newest first, in slices, all of it in SQL, so that no row travels to Python in vain.

There is no full-text index, because it would cost most of the write rate. SQLite's ``lower`` and ``instr`` know ASCII
only, so words of ASCII letters are left to them (0.6 µs an event of 200 bytes). Other words are looked for in Python,
also behind the escapes (backslash, u, four digits) that most JSON writers make of such letters, but only in events
that hold such a letter or escape.
"""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Callable, Iterator, Sequence

import apsw

from eventmon.store.text import bytes_of, storable, text_of
from eventmon.store.topic_filter import TopicFilter

_ESCAPED = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")

Run = Callable[..., list[tuple[object, ...]]]
"""Runs one statement with its values and returns all rows."""

FIRST_SLICE = 500
"""Rows of the first slice: the first hits come at once, whatever the size of the payloads."""

SHORT_SECONDS = 0.02
LONG_SECONDS = 0.1

_ASCII_WORD = " OR ".join(f"instr(lower({column}), ?)" for column in ("data", "type", "source", "ifnull(subject, '')"))
_HAYSTACK = "concat_ws(char(10), type, source, subject, data)"
_OTHER_WORD = f"""CASE WHEN length({_HAYSTACK}) = octet_length({_HAYSTACK}) AND NOT instr({_HAYSTACK}, '\\u') THEN 0
ELSE contains_word(?, CAST({_HAYSTACK} AS BLOB)) END"""
AMONG = "topic_id IN (SELECT value FROM json_each(?))"


class Condition:
    """SQL that is true for matching rows of ``events``, with its values."""

    def __init__(self) -> None:
        self.terms: list[str] = []
        self.values: list[str | bytes] = []

    def add(self, term: str, *values: str | bytes) -> None:
        """Demand one more thing."""
        self.terms.append(term)
        self.values.extend(values)


def condition_of(filter: TopicFilter, topics: Sequence[str], text: str, hidden: Sequence[str] = ()) -> Condition:
    """What an event has to fulfil: one of the topic patterns and no hidden one, every word, and no ``-word``."""
    condition = Condition()
    if topics:
        condition.add(AMONG, filter.matching(topics))
    if hidden:
        condition.add(f"NOT {AMONG}", filter.matching(hidden))
    for word in text.split():
        excluded = len(word) > 1 and word.startswith("-")
        _add_word(filter, condition, word[1:] if excluded else word, "NOT " if excluded else "")
    return condition


def _add_word(filter: TopicFilter, condition: Condition, word: str, negation: str) -> None:
    ids = filter.containing(word)
    if word.isascii():
        condition.add(f"{negation}ifnull({AMONG} OR {_ASCII_WORD}, 0)", ids, *[word.lower()] * 4)
    else:
        condition.add(f"{negation}ifnull({AMONG} OR {_OTHER_WORD}, 0)", ids, storable(word.casefold()))


def _contains_word(*arguments: apsw.SQLiteValue) -> bool:
    """Whether the second argument holds the first, a casefolded word, as it is or with letters escaped as in JSON."""
    word, stored = text_of(arguments[0]), bytes_of(arguments[1])
    if b"\\u" in stored:
        text = _ESCAPED.sub(_unescape, stored.decode(errors="replace"))
    elif exact := _bytes_without_case(word):
        return exact in stored
    else:
        text = stored.decode(errors="replace")
    return word in text.casefold()


@functools.lru_cache(maxsize=64)
def _bytes_without_case(word: str) -> bytes | None:
    """The word as it stands in a payload when none of its letters has two cases, as in Chinese."""
    return word.encode(errors="surrogatepass") if word.lower() == word.upper() else None


def _unescape(escaped: re.Match[str]) -> str:
    return bytes.fromhex(escaped[0].replace("\\u", "")).decode("utf-16-be", errors="replace")


def prepare(connection: apsw.Connection) -> None:
    """Teach a reading connection the function that the conditions use."""
    connection.create_scalar_function("contains_word", _contains_word, 2, deterministic=True)


def slices(
    run: Run, condition: Condition, newest: int, oldest: int, slice_size: int
) -> Iterator[tuple[int, list[int]]]:
    """Seqs that fulfil the condition, newest first; see ``LogReader.search``.

    Slices grow while they are quick and shrink while they are slow, so that big payloads delay nobody: a slice
    ends after about a tenth of a second. Stretches without rows are jumped over.
    """
    where = "".join(f" AND ({term})" for term in condition.terms)
    sql = f"SELECT seq FROM events WHERE seq BETWEEN ? AND ?{where} ORDER BY seq DESC"
    size = min(FIRST_SLICE, slice_size)
    while newest >= oldest:
        top = run("SELECT max(seq) FROM events WHERE seq BETWEEN ? AND ?", oldest, newest)[0][0]
        if not isinstance(top, int):
            yield oldest, []
            return
        bottom = max(oldest, top - size + 1)
        started = time.perf_counter()
        hits = [seq for (seq,) in run(sql, bottom, top, *condition.values) if isinstance(seq, int)]
        taken = time.perf_counter() - started
        yield bottom, hits
        newest = bottom - 1
        if taken > LONG_SECONDS:
            size = max(1, size // 4)
        elif taken < SHORT_SECONDS:
            size = min(slice_size, size * 2)
