"""Sentences on standard error: one line each, with the program's name, never obeyed by the terminal."""

from __future__ import annotations

import sys

from eventmon.cli.escaping import shown

MAX_CHARACTERS = 2_000


def notify(sentence: str) -> None:
    """Show a sentence to the user; a closed standard error is no reason to stop."""
    if sys.stderr is not None:
        sys.stderr.write(f"eventmon: {shown(sentence, limit=MAX_CHARACTERS)}\n")
        sys.stderr.flush()
