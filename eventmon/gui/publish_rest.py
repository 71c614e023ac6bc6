"""A timer for what waits until somebody rests from typing, but not for ever."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QObject, QTimer


class RestTimer(QTimer):
    """Fires once after a rest, or when there was none for too long."""

    def __init__(self, name: str, rest_ms: int, longest_ms: int, parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setSingleShot(True)
        self.setInterval(rest_ms)
        self._longest_ms = longest_ms
        self._since = QElapsedTimer()

    def touch(self) -> None:
        """Something was typed."""
        if not self.isActive():
            self._since.start()
            self.start()
        elif self._since.elapsed() < self._longest_ms:
            self.start()
