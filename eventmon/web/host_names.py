"""Which addresses the server may listen on, and under which names it may be reached.

A browser can be made to send requests to this machine under a name of a stranger (DNS rebinding), so every request
has to name one of ours. Another machine may only come in over TLS and when that was asked for.
"""

from __future__ import annotations

import errno
import ipaddress
import socket

from eventmon.core.errors import UserError
from eventmon.engine.serving import ServerAddress

LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
HTTP_PORT = 80
HTTPS_PORT = 443


def is_local(host: str) -> bool:
    """Whether an address leads to this machine alone."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def is_every_address(host: str) -> bool:
    """Whether it stands for all addresses of this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_unspecified
    except ValueError:
        return False


def require_permitted(address: ServerAddress) -> None:
    """Check that listening there was asked for with all that it needs.

    Raises:
        UserError: it needs TLS, or the word that other machines may come in; or options contradict each other.
    """
    tls = bool(address.certificate) or address.self_made
    if bool(address.certificate) != bool(address.key):
        raise UserError("A certificate needs its key, and a key its certificate. Give --tls-cert and --tls-key.")
    if address.certificate and address.self_made:
        raise UserError("Give either a certificate of your own or --tls-self-made, not both.")
    if is_local(address.host):
        return
    if not address.allow_remote:
        raise UserError(
            f"{address.host} can be reached by other machines. Add --allow-remote if that is meant, "
            "or listen on 127.0.0.1."
        )
    if not tls:
        raise UserError(
            f"{address.host} can be reached by other machines, so it needs TLS. "
            "Add --tls-self-made, or --tls-cert and --tls-key."
        )


def names_of(address: ServerAddress) -> tuple[str, ...]:
    """The names and addresses under which it may be reached, in lower case, the one to show first."""
    if is_every_address(address.host):
        names = [*address.names, socket.gethostname(), *_own_addresses(), *LOCAL_NAMES]
    elif is_local(address.host):
        names = [*address.names, address.host, *LOCAL_NAMES]
    else:
        names = [address.host, *address.names]
    return tuple(dict.fromkeys(name.strip("[]").rstrip(".").lower() for name in names if name))


def url_of(name: str, port: int, *, tls: bool) -> str:
    """The address for a browser."""
    scheme, usual = ("https", HTTPS_PORT) if tls else ("http", HTTP_PORT)
    host = f"[{name}]" if ":" in name else name
    return f"{scheme}://{host}" if port == usual else f"{scheme}://{host}:{port}"


def listening_socket(address: ServerAddress) -> socket.socket:
    """A socket that listens there.

    Raises:
        UserError: the name is not known, or the port is taken or not ours to take.
    """
    try:
        family, kind, protocol, _, target = socket.getaddrinfo(
            address.host.strip("[]"), address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise UserError(f"“{address.host}” is no address of this machine ({error.strerror}). Correct it.") from error
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setblocking(False)
        listening.bind(target)
        listening.listen(128)
    except OSError as error:
        listening.close()
        why = "is in use already" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
        raise UserError(f"The port {address.port} of {address.host} {why}. Choose another port.") from error
    return listening


def _own_addresses() -> list[str]:
    try:
        found = socket.getaddrinfo(socket.gethostname(), None, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return [str(target[0]).partition("%")[0] for _, _, _, _, target in found]
