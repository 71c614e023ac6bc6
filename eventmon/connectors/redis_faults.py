"""What goes wrong with a Redis server, in plain words: from errors of sockets, TLS and the server to ConnectionFault.

One table for everything that talks to a server, so that a test, a connection and a published event say it alike.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import hiredis
import redis.exceptions

from eventmon.connectors.base import ConnectionFault
from eventmon.connectors.redis import RedisConfig

PATIENCE_SECONDS = 4.0
"""A server that does not answer for so long is taken for dead."""

_NAME_MISMATCH = 62  # X509_V_ERR_HOSTNAME_MISMATCH
_ADDRESS_MISMATCH = 64  # X509_V_ERR_IP_ADDRESS_MISMATCH
_EXPIRED = 10  # X509_V_ERR_CERT_HAS_EXPIRED
_MOVED = re.compile(r"MOVED \d+ (\S+)")

_WORDS: tuple[tuple[str, str, str, bool], ...] = (
    ("WRONGPASS", "{where} refused the user or the password. Check both.", "password", False),
    ("invalid password", "{where} refused the password. Check it.", "password", False),
    ("invalid username-password", "{where} refused the user or the password. Check both.", "password", False),
    ("no password is set", "{where} has no password. Leave it out.", "password", False),
    ("without any password configured", "{where} has no password. Leave it out.", "password", False),
    ("NOAUTH", "{where} asks for a password. Fill it in.", "password", False),
    ("Authentication required", "{where} asks for a password. Fill it in.", "password", False),
    ("DB index", "{where} has no database {database}. Choose a lower number.", "database", False),
    ("SELECT is not allowed in cluster", "{where} is a cluster, which has database 0 alone.", "database", False),
    (
        "NOPERM",
        "The user may not do this at {where}: {said}. Ask for the permission or use another user.",
        "user",
        False,
    ),
    ("LOADING", "{where} is loading its data.", "", True),
    ("MASTERDOWN", "{where} is a replica that has lost its primary.", "", True),
    ("CLUSTERDOWN", "{where} belongs to a cluster that is down at the moment.", "", True),
    ("max number of clients", "{where} has as many clients as it allows.", "", True),
    ("protected mode", "{where} only serves its own machine (protected mode). Give it a password.", "host", False),
    ("WRONGTYPE", "What is kept there is not a stream. Check the name.", "streams", False),
    ("OOM", "{where} is full (its memory limit is reached). Free memory there and try again.", "", True),
    ("READONLY", "{where} is a read-only replica. Publish at its primary.", "host", False),
)
"""A part of what the server says, our sentence, the field to mend, and whether trying again may help."""

_CODES: tuple[tuple[type[Exception], str], ...] = (
    (redis.exceptions.ClusterCrossSlotError, "CROSSSLOT"),
    (redis.exceptions.BusyLoadingError, "LOADING"),
    (redis.exceptions.MasterDownError, "MASTERDOWN"),
    (redis.exceptions.ClusterDownError, "CLUSTERDOWN"),
    (redis.exceptions.NoPermissionError, "NOPERM"),
    (redis.exceptions.OutOfMemoryError, "OOM"),
    (redis.exceptions.ReadOnlyError, "READONLY"),
)


@contextmanager
def plain_words(config: RedisConfig) -> Iterator[None]:
    """Turn everything that talking to the server can raise into ConnectionFault."""
    try:
        yield
    except (OSError, EOFError, hiredis.HiredisError, redis.exceptions.RedisError) as error:
        raise fault_of(error, config) from error


def fault_of(error: BaseException, config: RedisConfig) -> ConnectionFault:
    """The fault that an error means; the client library hides errors of sockets in its own."""
    if isinstance(error, redis.exceptions.ConnectionError | redis.exceptions.TimeoutError):
        hidden = error.__cause__ or error.__context__
        if isinstance(hidden, OSError | EOFError | hiredis.HiredisError):
            error = hidden
        elif isinstance(error, redis.exceptions.TimeoutError):
            error = TimeoutError()
        elif type(error) is redis.exceptions.ConnectionError:
            return closed(config)
    if isinstance(error, ConnectionFault):
        return error
    if isinstance(error, hiredis.ProtocolError | redis.exceptions.InvalidResponse):
        return _not_redis(config)
    if isinstance(error, hiredis.ReplyError | redis.exceptions.RedisError):
        return of_reply(_said(error), config)
    return _of_tls(error, config) if isinstance(error, ssl.SSLError) else _of_socket(error, config)


def _said(error: Exception) -> str:
    """What the server said, with the code that the client library takes away where it has a class for it."""
    if isinstance(error, redis.exceptions.AskError):  # also MovedError; their text names no node
        return f"MOVED {error.slot_id} {error.host}:{error.port}"
    code = next((code for kind, code in _CODES if isinstance(error, kind)), "")
    return f"{code} {error}".strip()


def of_reply(said: str, config: RedisConfig) -> ConnectionFault:
    """The fault that an error reply of the server means."""
    moved = _MOVED.search(said)
    if moved:
        return ConnectionFault(
            f"{config.where} is one node of a cluster, and {moved[1]} keeps what you ask for. Connect to that node.",
            field="host",
            retry=False,
        )
    if "CROSSSLOT" in said:
        return ConnectionFault(
            f"{config.where} is one node of a cluster, and these streams lie in different parts of it. "
            "Make a connection for each.",
            field="streams",
            retry=False,
        )
    for part, sentence, field, retry in _WORDS:
        if part.lower() in said.lower():
            text = sentence.format(where=config.where, database=config.database, said=_cut(said))
            return ConnectionFault(text, field=field, retry=retry)
    return ConnectionFault(f"{config.where} says: {_cut(said)}.", retry=True)


def closed(config: RedisConfig, *, early: bool = False) -> ConnectionFault:
    """The server has ended the connection; ``early`` when it had not answered anything yet."""
    if early and not config.tls:
        return ConnectionFault(
            f"{config.where} closed the connection without an answer. Switch TLS on if the server wants it.",
            field="tls",
        )
    return ConnectionFault(f"{config.where} closed the connection.")


def silent(config: RedisConfig) -> ConnectionFault:
    """The server does not answer any more."""
    return ConnectionFault(f"{config.where} does not answer any more.")


def _not_redis(config: RedisConfig) -> ConnectionFault:
    hint = "" if config.tls else " or whether it wants TLS"
    return ConnectionFault(
        f"What answers at {config.where} is no Redis server. Check the port{hint}.", field="port", retry=False
    )


def _of_tls(error: ssl.SSLError, config: RedisConfig) -> ConnectionFault:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _of_certificate(error, config)
    reason = (error.reason or "").upper()
    if (
        "WRONG_VERSION" in reason
        or "UNKNOWN_PROTOCOL" in reason
        or "RECORD_LAYER" in reason
        or "HTTP_REQUEST" in reason
    ):
        return ConnectionFault(
            f"{config.where} does not speak TLS. Switch TLS off, or use the server's TLS port.",
            field="tls",
            retry=False,
        )
    if "CERTIFICATE_REQUIRED" in reason or "HANDSHAKE_FAILURE" in reason:
        return ConnectionFault(
            f"{config.where} asks for a client certificate. Name its file and that of its key.",
            field="cert",
            retry=False,
        )
    return ConnectionFault(f"TLS with {config.where} failed: {_cut(str(error.reason or error))}.", field="tls")


def _of_certificate(error: ssl.SSLCertVerificationError, config: RedisConfig) -> ConnectionFault:
    if error.verify_code in (_NAME_MISMATCH, _ADDRESS_MISMATCH):
        sentence = f"The certificate of the server is not for the name {config.host}. Use the name that it is for."
        return ConnectionFault(sentence, field="host", retry=False)
    if error.verify_code == _EXPIRED:
        sentence = f"The certificate of {config.where} has expired. Renew it at the server."
        return ConnectionFault(sentence, field="host", retry=False)
    sentence = (
        f"The certificate of {config.where} is not signed by an authority that is trusted here. Name its CA file."
    )
    return ConnectionFault(sentence, field="ca", retry=False)


def _of_socket(error: BaseException, config: RedisConfig) -> ConnectionFault:
    where = config.where
    if isinstance(error, socket.gaierror):
        return ConnectionFault(
            f"The name {config.host} was not found. Check the spelling, or connect your VPN and try again.",
            field="host",
        )
    if isinstance(error, ConnectionRefusedError):
        return ConnectionFault(
            f"{where} refused the connection. Check host and port, and that the server runs.", field="host"
        )
    if isinstance(error, TimeoutError) and config.tls:
        sentence = f"{where} did not answer within {PATIENCE_SECONDS:.0f} s. Check the port, and whether it speaks TLS."
        return ConnectionFault(sentence, field="tls")
    if isinstance(error, TimeoutError):
        return ConnectionFault(
            f"{where} did not answer within {PATIENCE_SECONDS:.0f} s. Check host and port; a firewall may be between.",
            field="host",
        )
    if isinstance(error, ConnectionError | EOFError):
        return closed(config)
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return ConnectionFault(f"{where} cannot be reached: {_cut(reason)}.", field="host")


def _cut(text: str) -> str:
    return text[:200].rstrip(". ")
