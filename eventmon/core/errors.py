"""Errors that people read: one type, in plain words, so that front ends know what may be shown as it is."""

from __future__ import annotations


class UserError(ValueError):
    """Something the user can mend: one sentence of what happened and what to do next.

    Anything else that is raised is a bug and is reported with its traceback.
    """


class BusFull(UserError):
    """The queue of an async subscriber is full and its overflow policy is to refuse."""
