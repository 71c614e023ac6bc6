"""A connection in words and its colour as a token: tree, status bar, dialogs and questions say it alike."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from eventmon.engine.frame import ConnectionStatus
from eventmon.gui.formatting import count, one_line, size
from eventmon.gui.phases import phase_word

COLOR_TOKENS: Final[dict[str, str]] = {
    "red": "rule_red",
    "amber": "rule_amber",
    "green": "rule_green",
    "blue": "bar_hit",
    "violet": "gap",
}
"""The token of each colour a connection may have; one without a colour has none."""

_COLOR_WORDS: Final[dict[str, str]] = {
    "": str(QT_TRANSLATE_NOOP("Connections", "No colour")),
    "red": str(QT_TRANSLATE_NOOP("Connections", "Red")),
    "amber": str(QT_TRANSLATE_NOOP("Connections", "Amber")),
    "green": str(QT_TRANSLATE_NOOP("Connections", "Green")),
    "blue": str(QT_TRANSLATE_NOOP("Connections", "Blue")),
    "violet": str(QT_TRANSLATE_NOOP("Connections", "Violet")),
}
NAME_LIMIT = 60
DETAIL_LIMIT = 300


def _tr(text: str) -> str:
    return QCoreApplication.translate("Connections", text)


def color_word(color: str) -> str:
    """A colour as people read it."""
    return _tr(_COLOR_WORDS[color])


def short_name(name: str) -> str:
    """A connection's name on one line, cut where it is very long."""
    return one_line(name, NAME_LIMIT)


def about_connection(status: ConnectionStatus) -> str:
    """Lines for a tooltip: state with its reason, address, totals, and what is not let through."""
    word = phase_word(status.phase)
    detail = one_line(status.detail, DETAIL_LIMIT).strip()
    lines = [
        f"{short_name(status.name)}: {word}",
        *([detail] if detail else []),
        one_line(status.url, DETAIL_LIMIT),
        _tr("Since it was opened: {totals}").format(totals=totals(status)),
    ]
    if status.publishes and status.read_only:
        lines.append(_tr("Read-only: nothing is sent to it"))
    return "\n".join(lines)


def totals(status: ConnectionStatus) -> str:
    """What it delivered since it was opened, and how often it was lost."""
    events = _tr("1 event") if status.events == 1 else _tr("{n} events").format(n=count(status.events))
    text = f"{events}, {size(status.bytes)}"
    if not status.interruptions:
        return text
    lost = _tr("1 interruption") if status.interruptions == 1 else _tr("{n} interruptions")
    return f"{text}, {lost.format(n=count(status.interruptions))}"


def lift_question(name: str, host: str) -> str:
    """What is asked before events may be sent to another machine."""
    return _tr("Lift read-only for {name}? Events you publish then reach {host}.").format(
        name=short_name(name), host=one_line(host, NAME_LIMIT)
    )


def forget_question(name: str) -> str:
    """What is asked before a connection's settings are deleted."""
    return _tr("Forget “{name}”? Its events stay; its settings and password go.").format(name=short_name(name))
