"""Questions to a session file, each in a time that is bounded and with its refusals in plain words.

Damage could make a statement endless or let SQLite hand out what is no text, so whoever reads asks through this.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import apsw

from eventmon.store.connection import cannot_read
from eventmon.store.errors import LogUnavailable, NotASession
from eventmon.store.inspection import with_deadline
from eventmon.store.roaring import BrokenBitmap

QUESTION_SECONDS = 20.0
"""What one question may take; a full scan of 10 million events takes up to 5."""

Answer = TypeVar("Answer")


class Questions:
    """Asks one connection.

    Every method raises LogUnavailable when the file cannot be read now, and NotASession when it is damaged.
    """

    def __init__(self, path: Path, connection: apsw.Connection) -> None:
        self._path = path
        self._connection = connection

    def rows(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        """Every row of the answer, fetched at once so that the read transaction ends here."""
        return self.ask(lambda connection: connection.execute(sql, values).fetchall())

    def one(self, sql: str, *values: object) -> tuple[object, ...]:
        """The first row of an answer that has one in every session."""
        found = self.rows(sql, *values)
        if not found:
            raise NotASession(f"The session {self._path} is damaged: it has lost its accounting.")
        return found[0]

    def ask(self, question: Callable[[apsw.Connection], Answer]) -> Answer:
        """What a function of the connection answers."""
        with_deadline(self._connection, QUESTION_SECONDS)
        try:
            return question(self._connection)
        except apsw.InterruptError as error:
            raise LogUnavailable(
                f"The question to the session {self._path} takes too long. Narrow it, or check the disk."
            ) from error
        except (apsw.Error, UnicodeDecodeError, BrokenBitmap) as error:
            raise cannot_read(self._path, error) from error
