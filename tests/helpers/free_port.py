"""A free port of this machine, below those that the kernel gives to clients.

A client that dials a dead port of its own range again and again is at last connected to itself; outside the range
that cannot happen, and a server that comes back finds its port free.
"""

from __future__ import annotations

import random
import socket

LOOPBACK = "127.0.0.1"
LOWEST, HIGHEST = 20_000, 32_000
_random = random.SystemRandom()
_given: set[int] = set()
"""Ports given out by this process: whoever got one may not listen yet."""


def free_port() -> int:
    """A port that nobody listens at now, and that was not given out before."""
    while True:
        port = _random.randrange(LOWEST, HIGHEST)
        if port in _given:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
        _given.add(port)
        return port
