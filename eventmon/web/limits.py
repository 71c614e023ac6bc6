"""What anybody may take of the server: connections, streams, requests a second. Figures first, then who counts them.

Strangers (without a valid token) and known clients are counted apart, so that strangers cannot crowd the others out.
Everything is counted on the engine's loop; the clock is handed in.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Protocol

from eventmon.engine.control_problems import Refused

HEAD_SECONDS: Final = 5.0
"""How long a request may take until its headers are here, counted from the connection or its first byte."""
HEAD_BYTES: Final = 65_536
LINE_BYTES: Final = 16_384
"""One header, or the first line: a topic of 4 KiB takes three times as much when each of its bytes is escaped."""
HEADERS: Final = 100
BODY_SECONDS: Final = 10.0
BODY_SECONDS_A_MIB: Final = 1.0
LARGE_BODY_BYTES: Final = 1 << 20
LARGE_BODIES: Final = 4
"""Bodies over ``LARGE_BODY_BYTES``, or of unknown length, that are read at once."""
UNREAD_SECONDS: Final = 30.0
"""How long a client may leave an answer unread."""
LINGER_SECONDS: Final = 0.5
"""How long the rest of a refused body is read and thrown away, so that the client gets to see why."""
IDLE_SECONDS: Final = 20.0
STREAMS: Final = 32
STRANGERS: Final = 64
KNOWN: Final = 256
ARRIVING: Final = 64
"""Connections whose TLS handshake is not done."""
STRANGER_RATE: Final = 30.0
STRANGER_BURST: Final = 90.0
"""Requests a second without a valid token, of one address, and how many may come at once."""
KNOWN_RATE: Final = 3_000.0
KNOWN_BURST: Final = 6_000.0
ADDRESSES: Final = 1_024


class Guest(Protocol):
    """A connection, as the door sees it."""

    @property
    def idle(self) -> bool:
        """Whether no request of it is being answered."""

    def end(self) -> None:
        """Close it."""


class Door:
    """Who is connected; for a new stranger beyond the limit the oldest idle one goes."""

    def __init__(self, *, strangers: int = STRANGERS, known: int = KNOWN) -> None:
        self._most_strangers = strangers
        self._most_known = known
        self._strangers: dict[Guest, None] = {}
        self._known: dict[Guest, None] = {}

    @property
    def counts(self) -> tuple[int, int]:
        """How many strangers and how many known there are."""
        return len(self._strangers), len(self._known)

    def admit(self, guest: Guest) -> bool:
        """Let a stranger in; False when there is no room for it."""
        if len(self._strangers) >= self._most_strangers:
            idle = next((each for each in self._strangers if each.idle), None)
            if idle is None:
                return False
            del self._strangers[idle]
            idle.end()
        self._strangers[guest] = None
        return True

    def prove(self, guest: Guest) -> None:
        """A stranger has shown a valid token.

        Raises:
            Refused: 503, too many have.
        """
        if guest not in self._strangers:
            return
        if len(self._known) >= self._most_known:
            idle = next((each for each in self._known if each.idle), None)
            if idle is None:
                raise Refused(503, "Too many clients are connected. Close some, or try again later.")
            del self._known[idle]
            idle.end()
        del self._strangers[guest]
        self._known[guest] = None

    def leave(self, guest: Guest) -> None:
        """It has gone."""
        self._strangers.pop(guest, None)
        self._known.pop(guest, None)

    def end_known(self) -> None:
        """Close every connection that showed a token: it is no longer valid."""
        for guest in list(self._known):
            guest.end()


class Seats:
    """Streams that are open at once."""

    def __init__(self, most: int = STREAMS) -> None:
        self._most = most
        self.taken = 0

    @contextmanager
    def taking(self) -> Iterator[None]:
        """Have one while this is entered.

        Raises:
            Refused: 503, all are taken.
        """
        if self.taken >= self._most:
            raise Refused(503, f"{self._most} streams are open already. Close one, or try again later.")
        self.taken += 1
        try:
            yield
        finally:
            self.taken -= 1


class Bucket:
    """So many at once, and so many a second."""

    __slots__ = ("_at", "_burst", "_left", "_rate")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._left = burst
        self._at = now

    def take(self, now: float) -> bool:
        """Take one; False when there is none."""
        self._left = min(self._burst, self._left + max(0.0, now - self._at) * self._rate)
        self._at = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True


class Rates:
    """Requests a second: of each address for strangers, of each token for the others."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def count_stranger(self, address: str) -> None:
        """One more request without a valid token.

        Raises:
            Refused: 429, there were too many.
        """
        self._count(f"address {address}", STRANGER_RATE, STRANGER_BURST)

    def count_known(self, scope: str) -> None:
        """One more request with the token of a scope.

        Raises:
            Refused: 429, there were too many.
        """
        self._count(f"scope {scope}", KNOWN_RATE, KNOWN_BURST)

    def _count(self, name: str, rate: float, burst: float) -> None:
        now = self._monotonic()
        bucket = self._buckets.pop(name, None) or Bucket(rate, burst, now)
        self._buckets[name] = bucket
        if len(self._buckets) > ADDRESSES:
            self._buckets.popitem(last=False)
        if not bucket.take(now):
            raise Refused(429, "Too many requests came at once. Send fewer, or send events in batches.")
