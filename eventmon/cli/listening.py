"""--listen and what belongs to it: several options that become one address of the server for browsers."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import click

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
LARGEST_PORT = 65_535
FILE = click.Path(exists=True, dir_okay=False, readable=True)


def listen_options(function: Decorated) -> Decorated:
    """The options of the server; the function gets them as ``listen``, a ServerAddress or None."""

    @functools.wraps(function)
    def combined(
        *arguments: Any,
        listen: tuple[str, int] | None,
        allow_remote: bool,
        tls_cert: str | None,
        tls_key: str | None,
        tls_self_made: bool,
        listen_names: tuple[str, ...],
        **more: Any,
    ) -> Any:
        belonging = allow_remote or tls_cert or tls_key or tls_self_made or listen_names
        if listen is None and belonging:
            raise click.UsageError("--allow-remote, --tls-… and --listen-name belong to --listen. Add it.")
        address = None
        if listen is not None:
            from eventmon.engine.serving import ServerAddress

            host, port = listen
            address = ServerAddress(
                host=host,
                port=port,
                names=listen_names,
                certificate=tls_cert or "",
                key=tls_key or "",
                self_made=tls_self_made,
                allow_remote=allow_remote,
            )
        return function(*arguments, listen=address, **more)

    for option in reversed(_OPTIONS):
        option(combined)
    return combined  # type: ignore[return-value]  # click hands parameters over by name, whatever the signature says


def _read_listen(context: click.Context, parameter: click.Parameter, text: str | None) -> tuple[str, int] | None:
    if text is None:
        return None
    host, colon, port = text.rpartition(":")
    if colon and not host.strip("[]"):
        raise click.BadParameter("the host before the colon is missing. Leave the colon out for this machine alone.")
    if not (port.isascii() and port.isdecimal() and int(port) <= LARGEST_PORT):
        raise click.BadParameter("this has to be [HOST:]PORT, for example 8765 or 127.0.0.1:8765.")
    return (host.strip("[]") if colon else "127.0.0.1"), int(port)


_OPTIONS = (
    click.option(
        "--listen",
        metavar="[HOST:]PORT",
        callback=_read_listen,
        help="Serve the page and the HTTP API there, without HOST to this machine alone. Link: `eventmon token`.",
    ),
    click.option("--allow-remote", is_flag=True, help="Let other machines in; needs TLS."),
    click.option("--tls-self-made", is_flag=True, help="Use TLS with a certificate that Eventmon makes."),
    click.option("--tls-cert", type=FILE, metavar="FILE", help="Use TLS with this certificate (PEM)."),
    click.option("--tls-key", type=FILE, metavar="FILE", help="The key of --tls-cert (PEM)."),
    click.option(
        "--listen-name",
        "listen_names",
        multiple=True,
        metavar="NAME",
        help="A further name of this machine that browsers use. May be repeated.",
    ),
)
