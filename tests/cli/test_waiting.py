"""Waiting ends in time, in short naps."""

from __future__ import annotations

import time

import pytest

from eventmon.cli import waiting


def test_it_sleeps_in_naps_until_the_instant(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    naps: list[float] = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        clock[0] += seconds

    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(time, "sleep", nap)
    waiting.sleep_until(101.2)
    assert clock[0] == pytest.approx(101.2)
    assert max(naps) <= waiting.LONGEST_NAP
    waiting.sleep_until(99.0)
    assert len(naps) == 3
