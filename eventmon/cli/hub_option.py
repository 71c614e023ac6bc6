"""--hub: the option of whatever starts an engine, and of what looks after hubs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from eventmon.cli.notices import notify
from eventmon.core.errors import UserError

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
REFERENCES = "In place of a password write ${NAME} for one in the environment, or keyring:NAME."


def hub_option(purpose: str) -> Callable[[Decorated], Decorated]:
    """--hub: the parameter ``hub``, a URL or empty."""
    return click.option(
        "--hub",
        default="",
        metavar="URL",
        callback=_read_hub,
        help=f"{purpose} A Redis or Valkey server, as redis://localhost:6379. {REFERENCES}",
    )


def _read_hub(context: click.Context, parameter: click.Parameter, url: str) -> str:
    if not url:
        return ""
    from eventmon.engine.hub_url import hub_address  # most starts have no hub

    try:
        address = hub_address(url)
    except UserError as error:
        raise click.BadParameter(str(error)) from error
    if address.literals:
        notify(f"The password in --hub can be seen by other users of this machine. {REFERENCES}")
    return url
