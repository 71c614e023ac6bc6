"""Whether a URL holds a password as it is; apart, so that reading the command line loads no connection."""

from __future__ import annotations

import re

_REFERENCE = re.compile(r"(?<=:)(?:\$\{[^}@]*\}|keyring:[^@]*)(?=@)|(?<==)(?:\$\{[^}&]*\}|keyring:[^&]*)")


def holds_password(url: str) -> bool:
    """Whether a password stands in a URL where a reference to one could stand."""
    from eventmon.connectors.url import HIDDEN, masked

    without_references = _REFERENCE.sub(HIDDEN, url)
    return masked(without_references) != without_references
