"""What can go wrong with a log, each a sentence for people."""

from __future__ import annotations

from eventmon.core.errors import UserError


class LogUnavailable(UserError):
    """The disk is full, read-only or failing: nothing stored is lost, nothing new can be stored for now."""


class NotASession(UserError):
    """The file is no Eventmon session, is damaged, or was written by a newer version."""
