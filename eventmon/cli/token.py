"""`eventmon token`: the tokens of the HTTP API over TCP, and the link that opens the page."""

from __future__ import annotations

import click

from eventmon.cli.notices import notify
from eventmon.cli.options import common_options
from eventmon.engine.http_client import ControlClient, NotRunning
from eventmon.engine.paths import Paths
from eventmon.engine.remote import ask
from eventmon.engine.requests import ReadServer, RenewTokens
from eventmon.engine.serving import ServerStatus
from eventmon.engine.tokens import load_tokens, renew_tokens


@click.command("token")
@click.option("--scope", type=click.Choice(["view", "ingest"]), help="Print this token alone.")
@click.option("--renew", is_flag=True, help="Make new tokens first; open pages and senders need the new ones.")
@common_options
def COMMAND(scope: str | None, renew: bool, profile: str) -> None:
    """Print the tokens of the server and the link that opens its page.

    The view token reads and opens the page. The ingest token publishes events and looks after observers.
    """
    paths = Paths.for_profile(profile)
    status = _status(paths, renew=renew)
    if renew and status is None:
        renew_tokens(paths)
    tokens = load_tokens(paths)
    if scope is not None:
        click.echo(tokens.view if scope == "view" else tokens.ingest)
        return
    click.echo(f"view    {tokens.view}")
    click.echo(f"ingest  {tokens.ingest}")
    if status is not None and status.on:
        click.echo(f"link    {status.link}")
        if status.fingerprint:
            click.echo(f"sha256  {status.fingerprint}")
    else:
        notify("The server is off. Start with --listen PORT, or switch it on in the window, for a link.")


def _status(paths: Paths, *, renew: bool) -> ServerStatus | None:
    """How the server of the running Eventmon is; None when none runs."""
    try:
        with ControlClient(paths.socket_path) as client:
            return ask(client, RenewTokens() if renew else ReadServer())
    except NotRunning:
        return None
