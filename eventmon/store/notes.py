"""What is written beside events: resume positions, gaps and remembered ids, gathered until the commit.

They are few, so they wait in memory, and a rollback forgets them without asking the disk. Their texts come from
outside: one that is no valid Unicode is stored all the same, because a position must never block the log.
"""

from __future__ import annotations

from collections.abc import Sequence

import apsw

from eventmon.store.base import RecentId
from eventmon.store.text import integer_of, optional_text_of, storable

_POSITION = "SELECT position FROM positions WHERE connection = ? AND stream = ?"
_SET_POSITION = "INSERT INTO positions VALUES(?, ?, ?) ON CONFLICT DO UPDATE SET position = excluded.position"
_ADD_GAP = "INSERT INTO gaps(after_seq, connection, started, ended, reason) VALUES(?, ?, ?, ?, ?)"
_RECENT_IDS = "SELECT seq, received, digest FROM recent_ids WHERE seq BETWEEN 1 AND ? ORDER BY seq"
_REMEMBER_ID = "INSERT OR REPLACE INTO recent_ids VALUES(?, ?, ?)"  # a damaged file may hold a seq of the future
_FORGET_IDS = "DELETE FROM recent_ids WHERE seq < ?"


class Notes:
    """Positions, gaps and ids of one log, as committed and as the next commit will have them."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self.forget()

    def forget(self) -> None:
        """Go back to what is committed."""
        self._positions: dict[tuple[str, str], str] = {}
        self._gaps: list[tuple[int, str | bytes, int, int, str | bytes]] = []
        self._ids: list[RecentId] = []
        self._oldest_id = 0

    def __bool__(self) -> bool:
        return bool(self._positions or self._gaps or self._ids)

    def position(self, connection: str, stream: str) -> str | None:
        """The position committed last."""
        found = self._connection.execute(_POSITION, (storable(connection), storable(stream)))
        return optional_text_of(found.get)

    def recent_ids(self, next_seq: int) -> list[RecentId]:
        """The remembered ids of events before ``next_seq``, oldest first; rows that are none are left out."""
        return [
            RecentId(seq=seq, received=integer_of(received), digest=digest)
            for seq, received, digest in self._connection.execute(_RECENT_IDS, (next_seq - 1,))
            if isinstance(digest, bytes)
        ]

    def set_position(self, connection: str, stream: str, position: str) -> None:
        """Remember a position with the next commit."""
        self._positions[connection, stream] = position

    def add_gap(self, after_seq: int, connection: str, started: int, ended: int, reason: str) -> None:
        """Store a gap with the next commit."""
        self._gaps.append((after_seq, storable(connection), started, ended, storable(reason)))

    def remember_ids(self, ids: Sequence[RecentId], oldest: int) -> None:
        """Remember ids with the next commit and forget those of events before the seq ``oldest``."""
        self._ids.extend(ids)
        self._oldest_id = max(self._oldest_id, oldest)

    def write(self) -> None:
        """Write all of it within the open transaction."""
        run = self._connection.executemany
        run(_ADD_GAP, self._gaps)
        run(_SET_POSITION, [tuple(map(storable, (*key, position))) for key, position in self._positions.items()])
        if self._ids:
            run(_REMEMBER_ID, [(each.seq, each.received, each.digest) for each in self._ids])
            self._connection.execute(_FORGET_IDS, (self._oldest_id,))
