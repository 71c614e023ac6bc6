"""Options that several verbs share, so that they are spelt, explained and read the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from eventmon.cli.hub_option import REFERENCES, hub_option
from eventmon.cli.listening import listen_options
from eventmon.cli.notices import notify
from eventmon.core.errors import UserError
from eventmon.core.topic import validate_topic

EXAMPLE_URL = "redis://localhost:6379?channels=orders.*"

Connection = tuple[str, str]
Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def common_options(function: Decorated) -> Decorated:
    """--profile and --verbose, which every verb has."""
    verbose = click.option(
        "--verbose", is_flag=True, expose_value=False, help="Add the traceback when something goes wrong."
    )
    profile = click.option("--profile", default="default", metavar="NAME", show_default=True, help="Whose Eventmon.")
    return profile(verbose(function))


def engine_options(function: Decorated) -> Decorated:
    """--log, --connect, --workspace, --hub and --listen, which whatever starts an engine has."""
    connect = connections_option("Open a connection. May be repeated.")
    log = click.option(
        "--log",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="The session file; without it the default session of the profile.",
    )
    workspace = click.option(
        "--workspace",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="The file of connections, observers and topics, written as they change; without it that of the profile. "
        "What acts outside and was not approved here is off.",
    )
    hub = hub_option("Share topics and observers on a hub, for this run.")
    return workspace(log(connect(hub(listen_options(function)))))


def connections_option(purpose: str, *, required: bool = False) -> Callable[[Decorated], Decorated]:
    """--connect, as often as wanted: the parameter ``connections``, pairs of a name and a URL."""
    return click.option(
        "--connect",
        "connections",
        cls=ConnectOption,
        multiple=True,
        required=required,
        metavar="NAME=URL",
        callback=_read_connections,
        help=purpose,
    )


def connection_option(purpose: str, *, publishing: bool = False) -> Callable[[Decorated], Decorated]:
    """--connect, at most once: the parameter ``connection``, a name and a URL or None."""
    return click.option(
        "--connect",
        "connection",
        cls=ConnectOption,
        publishing=publishing,
        multiple=True,
        metavar="NAME=URL",
        callback=_read_only_connection,
        help=purpose,
    )


class ConnectOption(click.Option):
    """An option for a URL; its help shows one of every connector, which only who reads it has to load."""

    def __init__(self, *names: Any, publishing: bool = False, **more: Any) -> None:
        """Make it; ``publishing`` shows only the connectors that can be sent to."""
        super().__init__(*names, **more)
        self._publishing = publishing

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The option and what it does."""
        from eventmon.engine.forms import connector_forms

        purpose = self.help or ""
        forms = [form for form in connector_forms() if form.publishes or not self._publishing]
        examples = ", ".join(form.example or f"{form.scheme}://" for form in forms)
        self.help = f"{purpose} URLs: {examples}. {REFERENCES}"
        try:
            return super().get_help_record(ctx)
        finally:
            self.help = purpose


def _read_connections(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> tuple[Connection, ...]:
    connections = tuple(_read_connection(value) for value in values)
    _warn_of_passwords(connections)
    return connections


def _read_only_connection(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> Connection | None:
    if len(values) > 1:
        raise click.BadParameter("this verb uses one connection. Give --connect once.")
    return next(iter(_read_connections(context, parameter, values)), None)


def _read_connection(text: str) -> Connection:
    name, equals, url = text.partition("=")
    if not equals or not name or ":" in name or not url:
        raise click.BadParameter(f"this has to be NAME=URL, for example prod={EXAMPLE_URL}.")
    if "/" in name or name.startswith("$"):
        raise click.BadParameter(f"“{name}” cannot name a connection: a name is one level and does not start with “$”.")
    try:
        validate_topic(name)
    except UserError as error:
        raise click.BadParameter(str(error)) from error
    return name, url


def _warn_of_passwords(connections: tuple[Connection, ...]) -> None:
    """Say once that arguments can be read by others; the password itself is never repeated."""
    if not any("@" in url or "=" in url for _, url in connections):
        return  # most URLs hold nothing that has to be looked at
    from eventmon.engine.passwords import holds_password

    if any(holds_password(url) for _, url in connections):
        notify(f"The password in --connect can be seen by other users of this machine. {REFERENCES}")
