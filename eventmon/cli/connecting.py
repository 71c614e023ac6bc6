"""Verbs with a connection of their own: which topics lie in it is checked before anything is connected."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import click


def require_topic_inside(topic: str, name: str) -> None:
    """A topic of a connection begins with its name.

    Raises:
        UsageError: this one does not; the sentence gives one that does.
    """
    if topic.startswith(f"{name}/") and topic != f"{name}/":
        return
    meant = "TOPIC" if topic.partition("/")[0] == name else topic
    raise click.UsageError(f"“{topic}” is no topic of the connection “{name}”. Write {name}/{meant}.")


def require_patterns_inside(patterns: Sequence[str], names: Collection[str]) -> None:
    """A pattern that can match nothing of the connections is a mistake.

    Raises:
        UsageError: there is one; the sentence gives one that can.
    """
    from eventmon.core.pattern import ONE_LEVEL, THE_REST

    for pattern in patterns:
        if pattern.partition("/")[0] not in {*names, ONE_LEVEL, THE_REST}:
            known = " or ".join(f"{name}/{pattern}" for name in names)
            raise click.UsageError(f"“{pattern}” matches no topic of {_listed(names)}. Write {known}.")


def counted(number: int, what: str) -> str:
    """``1 event``, ``2 events``."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _listed(names: Collection[str]) -> str:
    what = "the connection" if len(names) == 1 else "the connections"
    return f"{what} " + ", ".join(f"“{name}”" for name in names)
