"""How a connection's phase looks and reads, in one place: the tree of topics and the status bar say it alike."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

CONNECTED = "connected"

MARKS: dict[str, tuple[str, str]] = {
    CONNECTED: ("", "ok"),
    "connecting": ("refresh-cw", "warn"),
    "waiting": ("refresh-cw", "warn"),
    "failed": ("circle-alert", "error"),
    "closed": ("unplug", "text3"),
}
"""Icon and colour token of each phase; no icon stands for a plain dot."""

_WORDS = {
    CONNECTED: str(QT_TRANSLATE_NOOP("Phases", "connected")),
    "connecting": str(QT_TRANSLATE_NOOP("Phases", "connecting")),
    "waiting": str(QT_TRANSLATE_NOOP("Phases", "reconnecting")),
    "failed": str(QT_TRANSLATE_NOOP("Phases", "not connected")),
    "closed": str(QT_TRANSLATE_NOOP("Phases", "closed")),
}


def phase_word(phase: str) -> str:
    """A connection's phase as people read it."""
    word = _WORDS.get(phase)
    return phase if word is None else QCoreApplication.translate("Phases", word)
