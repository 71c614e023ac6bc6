"""The figures of ``eventmon stats --json``: every term from one instant."""

from __future__ import annotations

import msgspec

from eventmon.engine.frame import ConnectionStatus


class ObserverDetail(msgspec.Struct, frozen=True, kw_only=True):
    """One observer: ``seen = not_matching + matched`` and ``matched = delivered + failed + dropped + pending``."""

    name: str
    seen: int
    not_matching: int
    matched: int
    delivered: int
    failed: int
    dropped: int
    pending: int


class Stats(msgspec.Struct, frozen=True, kw_only=True):
    """Where every event went, and what the engine holds; ``log_bytes`` is the size of the session on disk."""

    received: int
    stored: int
    not_recorded: int
    duplicates: int
    dropped: int
    in_flight: int
    pruned: int
    gaps: int
    observers: int
    topics: int
    log_bytes: int
    connections: list[ConnectionStatus]
    observers_detail: list[ObserverDetail]
