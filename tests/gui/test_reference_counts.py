"""PySide6 6.12 on Python 3.11 loses references to None and True with every call and aborts within minutes.

This is why the dependency is pinned; the test tells when a version is safe, or unsafe, again.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QApplication

TIMES = 1_000


class Till(QObject):
    rung = Signal(bool, object)


def emit_signals() -> None:
    till = Till()
    heard: list[bool] = []
    till.rung.connect(lambda paid, _order: heard.append(paid))
    for number in range(TIMES):
        till.rung.emit(number % 2 == 0, None)
    heard.clear()


def process_events() -> None:
    for _ in range(TIMES):
        QCoreApplication.processEvents()


@pytest.mark.parametrize("work", [emit_signals, process_events])
def test_reference_counts_stay_flat(qapp: QApplication, work: Callable[[], None]) -> None:
    work()
    before = [sys.getrefcount(constant) for constant in (None, True, False)]
    work()
    after = [sys.getrefcount(constant) for constant in (None, True, False)]
    assert [abs(now - then) < TIMES // 10 for now, then in zip(after, before, strict=True)] == [True, True, True]
