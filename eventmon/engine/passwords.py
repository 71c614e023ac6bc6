"""Whether a URL holds a password as it is; apart, so that reading the command line loads nothing for most URLs."""

from __future__ import annotations

from eventmon.core.errors import UserError


def holds_password(url: str) -> bool:
    """Whether a password stands in a URL where a reference to one could stand."""
    from eventmon.connectors.url import masked

    if masked(url) == url:
        return False
    from eventmon.engine.address import Address

    try:
        return bool(Address.read(url).literals)
    except UserError:
        return True  # whoever opens it says what is wrong; the password was seen all the same
