"""`eventmon stats`: the counters of the running engine, all from one instant."""

from __future__ import annotations

from typing import Any

import click
import msgspec

from eventmon.cli.escaping import padded, shown
from eventmon.cli.options import common_options
from eventmon.engine.http_client import ControlClient
from eventmon.engine.paths import Paths


@click.command("stats")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@common_options
def COMMAND(as_json: bool, profile: str) -> None:
    """Show the counters of the running Eventmon: where every event went."""
    with ControlClient(Paths.for_profile(profile).socket_path) as client:
        document = client.get("/api/v1/stats")
    if as_json:
        click.echo(document)
        return
    stats: dict[str, Any] = msgspec.json.decode(document)
    for name, value in stats.items():
        if isinstance(value, int):
            click.echo(f"{padded(name.replace('_', ' '), 14)} {value:>15,}")
    for connection in stats["connections"]:
        detail = shown(connection.get("detail", ""))
        click.echo(f"connection {shown(connection['name'])}: {connection['phase']} {detail}".rstrip())
