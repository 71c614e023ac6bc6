"""Observers that other instances of the hub run: what they report of them, and how many each topic has there.

An instance reports once a second, and only when something changed. Patterns are kept in a trie, so the number of a
topic costs the same with ten observers elsewhere as with ten thousand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated

import msgspec

from eventmon.core.errors import UserError
from eventmon.core.pattern import Pattern, PatternTrie
from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.frame import ObserverState, ObserverStatus
from eventmon.engine.shared_definitions import SharedDefinitions, SharedObserver
from eventmon.hub.base import Presence

AWAY = "{host} is not on the hub at the moment, so nobody runs it."


_Count = Annotated[int, msgspec.Meta(ge=0, le=1 << 52)]
"""Sums of a few have 64 bits too: what cannot be told to a viewer is not believed."""


class Figures(msgspec.Struct, frozen=True, array_like=True):
    """What an instance reports of one of its observers."""

    name: str
    state: ObserverState
    why: str
    delivered: _Count
    failed: _Count
    dropped: _Count
    pending: _Count
    p50: _Count
    p99: _Count
    last_error: str
    last_error_seq: _Count
    values: dict[str, float]


_decoder = msgspec.json.Decoder(list[Figures])


def report_of(statuses: Iterable[ObserverStatus]) -> bytes:
    """What an instance reports of its own observers."""
    fields = Figures.__struct_fields__
    return msgspec.json.encode([Figures(*(getattr(status, field) for field in fields)) for status in statuses])


class Elsewhere:
    """What this instance knows of the observers of the others. Lives on the engine's loop."""

    def __init__(self, definitions: SharedDefinitions, *, on_patterns: Callable[[Pattern], None]) -> None:
        """Make it; ``on_patterns`` hears which topics have more or fewer observers."""
        self._definitions = definitions
        self._on_patterns = on_patterns
        self._figures: dict[str, tuple[Presence, dict[str, Figures]]] = {}
        self._statuses: dict[str, ObserverStatus] = {}
        self._bases: dict[str, tuple[SharedObserver, Figures | None, bool]] = {}
        """What each status was made of, to make only those anew that changed."""
        self._active: dict[str, Pattern] = {}
        self._active_by_instance: Counter[str] = Counter()
        self._trie: PatternTrie[str] = PatternTrie()
        self._dressed: dict[str, tuple[ObserverStatus, int, ObserverStatus]] = {}

    @property
    def active(self) -> int:
        """How many observers are active on the others."""
        return len(self._active)

    def active_on(self, instance: str) -> int:
        """How many observers are active on one of the others."""
        return self._active_by_instance[instance]

    def count(self, topic: str) -> int:
        """How many of them observe a topic."""
        return len(self._trie.find(topic)) if self._active else 0

    def require_free(self, name: str) -> None:
        """UserError when an observer of another instance has this name."""
        self._definitions.require_free(name)

    def statuses(self) -> list[ObserverStatus]:
        """All of them."""
        return list(self._statuses.values())

    def status(self, name: str) -> ObserverStatus:
        """One of them; UserError when there is none of this name."""
        found = self._statuses.get(name)
        if found is None:
            raise UserError(f"There is no observer “{name}”. Choose one of the list.")
        return found

    def dressed(self, status: ObserverStatus) -> ObserverStatus:
        """An own observer with what the hub knows of it; the same object while nothing changed."""
        version = self._definitions.version(status.name)
        known = self._dressed.get(status.name)
        if known is None or known[0] is not status or known[1] != version:
            dressed = msgspec.structs.replace(status, instance=self._definitions.instance, version=version)
            known = self._dressed[status.name] = (status, version, dressed)
        return known[2]

    def look(self, present: Mapping[str, Presence]) -> bool:
        """Take in definitions and reports as they are now; whether anything is another than before."""
        self._read(present)
        before, self._statuses = self._statuses, self._made()
        if before == self._statuses:
            return False
        self._count()
        return True

    def _read(self, present: Mapping[str, Presence]) -> None:
        figures = {}
        for identity, presence in present.items():
            known = self._figures.get(identity)
            if known is not None and known[0] is presence:
                figures[identity] = known
            else:
                figures[identity] = (presence, _decoded(presence.report))
        self._figures = figures

    def _made(self) -> dict[str, ObserverStatus]:
        own = self._definitions.instance
        observers = self._definitions.observers()
        names = sorted(name for name, each in observers.items() if each.instance != own)
        return {name: self._status(name, observers[name]) for name in names}

    def _status(self, name: str, observer: SharedObserver) -> ObserverStatus:
        _, figures = self._figures.get(observer.instance, (None, None))
        basis = (observer, figures.get(name) if figures is not None else None, figures is not None)
        known = self._bases.get(name)
        if known is not None and known[0] is observer and known[1:] == basis[1:] and name in self._statuses:
            return self._statuses[name]
        self._bases[name] = basis
        version = self._definitions.version(name)
        if basis[1] is None:
            return _silent(observer, version, here=basis[2])
        return _reported(observer, basis[1], version)

    def _count(self) -> None:
        """Put the patterns of those that are active into the trie, and tell which are others than before."""
        active = {
            name: pattern
            for name, status in self._statuses.items()
            if status.state == "active" and (pattern := self._pattern(name, status.pattern)) is not None
        }
        gone = {name: each for name, each in self._active.items() if active.get(name) != each}
        come = {name: each for name, each in active.items() if self._active.get(name) != each}
        for name, pattern in gone.items():
            self._trie.remove(pattern, name)
        for name, pattern in come.items():
            self._trie.add(pattern, name)
        self._active = active
        self._active_by_instance = Counter(self._statuses[name].instance for name in active)
        for pattern in {*gone.values(), *come.values()}:
            self._on_patterns(pattern)

    def _pattern(self, name: str, text: str) -> Pattern | None:
        known = self._active.get(name)
        if known is not None and known.text == text:
            return known
        try:
            return Pattern(text)
        except UserError:  # made elsewhere, by whatever
            return None


def _decoded(report: bytes) -> dict[str, Figures]:
    try:
        return {figures.name: figures for figures in _decoder.decode(report)}
    except (ValueError, RecursionError):  # of another version: its observers are listed without figures
        return {}


def _silent(observer: SharedObserver, version: int, *, here: bool) -> ObserverStatus:
    """One of which nothing was reported yet: its instance is about to run it, or is not here."""
    definition = observer.definition
    away = not here and not definition.paused
    state: ObserverState = "paused" if definition.paused else "active"
    return ObserverStatus(
        name=definition.name,
        kind=definition.kind,
        pattern=definition.pattern,
        state="stopped" if away else state,
        why=AWAY.format(host=observer.host) if away else "",
        instance=observer.instance,
        host=observer.host,
        version=version,
    )


def _reported(observer: SharedObserver, figures: Figures, version: int) -> ObserverStatus:
    definition: ObserverDefinition = observer.definition
    matched = figures.delivered + figures.failed + figures.dropped + figures.pending
    return ObserverStatus(
        name=definition.name,
        kind=definition.kind,
        pattern=definition.pattern,
        state=figures.state,
        why=figures.why,
        seen=matched,
        matched=matched,
        delivered=figures.delivered,
        failed=figures.failed,
        dropped=figures.dropped,
        pending=figures.pending,
        p50=figures.p50,
        p99=figures.p99,
        last_error=figures.last_error,
        last_error_seq=figures.last_error_seq,
        values=figures.values,
        instance=observer.instance,
        host=observer.host,
        version=version,
    )
