"""Which events were sent before: a bounded window over the ids of what publishers have handed in.

A publisher that got no answer sends again, with the same source and id; that must not be stored twice. An id is
remembered in the transaction that stores its event and restored from the log, so after a crash exactly the ids of
stored events are known. Ids are kept as digests: an id may be as long as a message, the window may not.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from eventmon.core.event import Event
from eventmon.store.base import RecentId

MAX_IDS = 100_000
MAX_SECONDS = 600
DIGEST_BYTES = 16


def digest_of(event: Event) -> bytes:
    """What stands for an event's source and id; two different pairs never have the same in practice."""
    text = f"{len(event.source)}:{event.source}{event.id}"
    return blake2b(text.encode(errors="surrogatepass"), digest_size=DIGEST_BYTES).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """Events parted into new ones and those sent before.

    Attributes:
        fresh: the new ones, in order.
        identified: those of them that have a source and an id, by digest.
        originals: for each other one the seq of the event it repeats; 0 where that one is in ``fresh``.
    """

    fresh: list[Event]
    identified: dict[bytes, Event]
    originals: list[int]


class Duplicates:
    """Knows an id until ``most`` newer ones are known or ``seconds`` have passed, whichever comes first.

    Time is monotonic and counted in whole seconds, so a clock that is set changes nothing while this lives.
    """

    def __init__(self, *, monotonic: Callable[[], float], most: int = MAX_IDS, seconds: int = MAX_SECONDS) -> None:
        self._monotonic = monotonic
        self._most = most
        self._seconds = seconds
        self._seqs: OrderedDict[bytes, int] = OrderedDict()
        self._newest_by_second: deque[tuple[int, int]] = deque()

    def __len__(self) -> int:
        return len(self._seqs)

    @property
    def oldest(self) -> int:
        """The lowest seq of an event whose id is known; 0 when none is."""
        return next(iter(self._seqs.values()), 0)

    def restore(self, known: Sequence[RecentId], now: int) -> None:
        """Know what a log remembers, oldest first; ``now`` in microseconds since the epoch tells their age."""
        for each in known:
            age = max(0, now - each.received) // 1_000_000
            if age <= self._seconds:
                self._add(each.digest, each.seq, int(self._monotonic()) - age)
        self._expire()

    def sift(self, events: Sequence[Event]) -> Sifted:
        """Part events into new ones and those sent before; the new ones are to be remembered once they have seqs."""
        self._expire()
        seqs = self._seqs
        sifted = Sifted(fresh=[], identified={}, originals=[])
        for event in events:
            if event.id and event.source:
                digest = digest_of(event)
                if digest in seqs:
                    sifted.originals.append(seqs[digest])
                    continue
                if digest in sifted.identified:
                    sifted.originals.append(0)
                    continue
                sifted.identified[digest] = event
            sifted.fresh.append(event)
        return sifted

    def remember(self, sifted: Sifted) -> list[RecentId]:
        """Know the ids of new events, which have their seqs now; returns what the log has to remember of them."""
        second = int(self._monotonic())
        for digest, event in sifted.identified.items():
            self._add(digest, event.seq, second)
        self._expire()
        return [
            RecentId(seq=event.seq, received=event.received, digest=digest)
            for digest, event in sifted.identified.items()
        ]

    def _add(self, digest: bytes, seq: int, second: int) -> None:
        self._seqs[digest] = seq
        self._seqs.move_to_end(digest)  # a damaged file may hold one twice
        seconds = self._newest_by_second
        if seconds and seconds[-1][0] >= second:
            second, _ = seconds.pop()
        seconds.append((second, seq))

    def _expire(self) -> None:
        horizon = int(self._monotonic()) - self._seconds
        expired = 0
        while self._newest_by_second and self._newest_by_second[0][0] < horizon:
            _, expired = self._newest_by_second.popleft()
        if not self._newest_by_second:
            self._seqs.clear()
        while self._seqs and (len(self._seqs) > self._most or self.oldest <= expired):
            self._seqs.popitem(last=False)
