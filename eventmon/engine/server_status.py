"""Where the server for browsers listens and how it is, as requests, forms and pages tell of it.

Apart from the server's switch, because windows know these before the engine is imported.
"""

from __future__ import annotations

import msgspec

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8765


class ServerAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Where and how to listen.

    Attributes:
        host: the address; another one than this machine's own needs TLS and ``allow_remote``.
        port: 0 takes a free one.
        names: further names under which it is reached.
        certificate: a file with a certificate and those above it, PEM; ``key`` is the file with its key.
        self_made: use a certificate that is made here.
        allow_remote: other machines may come in.
    """

    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    names: tuple[str, ...] = ()
    certificate: str = ""
    key: str = ""
    self_made: bool = False
    allow_remote: bool = False


class ServerStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How the server is.

    Attributes:
        on: whether it listens.
        url: its address.
        link: opens the page; holds the view token, so it is for its owner alone.
        viewers: how many pages are open.
        remote: other machines may come in.
        fingerprint: SHA-256 of the certificate, to be compared in the browser; empty without TLS.
    """

    on: bool = False
    url: str = ""
    link: str = ""
    viewers: int = 0
    remote: bool = False
    fingerprint: str = ""
