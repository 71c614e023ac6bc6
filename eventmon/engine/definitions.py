"""What is kept of a connection: everything that is needed to open it again, and no secret."""

from __future__ import annotations

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


def require_name(name: str) -> str:
    """The name, when it can be that of a connection; UserError says why it cannot."""
    if "/" in name or name.startswith("$"):
        raise UserError(f"“{name}” cannot name a connection: a name is one level and does not start with “$”.")
    return validate_topic(name)
