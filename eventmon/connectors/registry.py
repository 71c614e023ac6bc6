"""The table of connectors: literal lazy functions, because package scans come back empty in a frozen build.

A new connector is one file and one line here; its URLs, help and conformance tests follow from the table.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable

from eventmon.connectors.base import Connector, ConnectorConfig
from eventmon.connectors.url import masked
from eventmon.core.errors import UserError


def _demo() -> Connector:
    from eventmon.connectors.demo import DemoConnector

    return DemoConnector()


def _pipe() -> Connector:
    from eventmon.connectors.pipe import PipeConnector

    return PipeConnector()


def _redis() -> Connector:
    from eventmon.connectors.redis import RedisConnector

    return RedisConnector()


CONNECTORS: dict[str, Callable[[], Connector]] = {
    "redis": _redis,
    "rediss": _redis,
    "pipe": _pipe,
    "demo": _demo,
}
"""By the scheme of their URLs, in the order in which they are offered; ``rediss`` is ``redis`` over TLS."""


def connector_for(url: str) -> tuple[Connector, ConnectorConfig]:
    """The connector a URL asks for, and the settings it holds.

    Raises:
        UserError: the scheme is unknown, or the connector says what is wrong with the URL.
    """
    scheme, colon, _ = url.partition(":")
    make = CONNECTORS.get(scheme.lower()) if colon else None
    if make is None:
        raise UserError(_unknown(url, scheme.lower() if colon else ""))
    connector = make()
    return connector, connector.parse_url(url)


def _unknown(url: str, scheme: str) -> str:
    known = ", ".join(f"{name}:" for name in CONNECTORS)
    if url.startswith("//"):
        return f"“{masked(url)[:200]}” names no protocol. Write redis:{masked(url)[:200]}, for example."
    if url.startswith("/"):
        return f"“{url[:200]}” is a path, not a URL. Write pipe://{url[:200]} to follow this file."
    if not scheme:
        return f"“{masked(url)[:200]}” is no URL. It has to start with one of {known}."
    meant = difflib.get_close_matches(scheme, CONNECTORS, n=1)
    hint = f" Did you mean {meant[0]}:?" if meant else ""
    return f"There is no connector for {scheme[:40]}: URLs. Known are {known}.{hint}"
