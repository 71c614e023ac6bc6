"""What can be asked about named templates; found in ``requests`` with all others."""

from __future__ import annotations

from eventmon.engine.request import Request
from eventmon.engine.templates import NamedTemplate


class ReadTemplates(Request[list[NamedTemplate]], frozen=True, kw_only=True):
    """All templates of the workspace, by folder and name; ``Frame.templates`` says when there are others."""


class ChangeTemplates(Request[list[NamedTemplate]], frozen=True, kw_only=True):
    """Take templates out and then put others in, each in the place of one of its folder and name; answers all.

    UserError when one cannot be kept; then none is.

    Attributes:
        put: those to be kept.
        removed: folder and name of those to be kept no more.
    """

    put: tuple[NamedTemplate, ...] = ()
    removed: tuple[tuple[str, str], ...] = ()
