"""Options that several verbs share, so that they are spelt, explained and read the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def common_options(function: Decorated) -> Decorated:
    """--profile and --verbose, which every verb has."""
    verbose = click.option(
        "--verbose", is_flag=True, expose_value=False, help="Add the traceback when something goes wrong."
    )
    profile = click.option("--profile", default="default", metavar="NAME", show_default=True, help="Whose Eventmon.")
    return profile(verbose(function))


def engine_options(function: Decorated) -> Decorated:
    """--log and --connect, which whatever starts an engine has."""
    connect = click.option(
        "--connect",
        "connections",
        multiple=True,
        metavar="NAME=URL",
        callback=_read_connections,
        help="Open a connection, for example prod=pipe:///var/log/app.jsonl. May be repeated.",
    )
    log = click.option(
        "--log",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="The session file; without it the default session of the profile.",
    )
    return log(connect(function))


def _read_connections(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    return tuple(_read_connection(value) for value in values)


def _read_connection(text: str) -> tuple[str, str]:
    name, equals, url = text.partition("=")
    if not equals or not name or ":" in name or not url:
        raise click.BadParameter(f"“{text}” has to be NAME=URL, for example prod=demo://.")
    return name, url
