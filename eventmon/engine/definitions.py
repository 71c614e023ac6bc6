"""What is kept of a connection: everything that is needed to open it again, and no secret."""

from __future__ import annotations

from typing import Literal

import msgspec

from eventmon.core.errors import UserError
from eventmon.core.topic import validate_topic
from eventmon.engine.frame import ConnectionColor


class ConnectionDefinition(msgspec.Struct, frozen=True, kw_only=True):
    """A connection as it is remembered.

    Attributes:
        name: where it is mounted: the first level of its topics.
        url: its address; once it is saved, with references in the place of secrets.
        read_only: send nothing to it; None for yes on other machines and no on this one.
        color: the colour that marks it.
        connected: it is opened when the engine starts.
    """

    name: str
    url: str
    read_only: bool | None = None
    color: ConnectionColor = ""
    connected: bool = True

    def __repr__(self) -> str:
        return f"ConnectionDefinition({self.name!r})"  # its address may hold a secret


class ObserverDefinition(msgspec.Struct, frozen=True, kw_only=True):
    """An observer as it is remembered.

    Attributes:
        name: unique in the workspace.
        kind: of the table of kinds.
        pattern: of the topics it observes.
        settings: the kind's, by the name of the field; what is left out is at its default.
        paused: it was paused by the user.
        overflow: what a queued observer does when its queue is full.
    """

    name: str
    kind: str
    pattern: str
    settings: dict[str, str | int | float | bool] = {}
    paused: bool = False
    overflow: Literal["drop_oldest", "drop_newest", "latest"] = "drop_oldest"


def require_name(name: str) -> str:
    """The name, when it can be that of a connection; UserError says why it cannot."""
    if "/" in name or name.startswith("$"):
        raise UserError(f"“{name}” cannot name a connection: a name is one level and does not start with “$”.")
    return validate_topic(name)


MAX_OBSERVER_NAME = 200


def require_observer_name(name: str) -> str:
    """The name, when it can be that of an observer; UserError says why it cannot."""
    if not name.strip() or not name.isprintable() or len(name) > MAX_OBSERVER_NAME:
        raise UserError(
            f"An observer's name is one line of 1 to {MAX_OBSERVER_NAME} characters that can be seen. Choose another."
        )
    return name
