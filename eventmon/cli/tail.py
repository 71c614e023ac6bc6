"""`eventmon tail`: events as they arrive, from the running engine's live stream or straight from a source."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from eventmon.cli import exits
from eventmon.cli.connecting import require_patterns_inside
from eventmon.cli.event_formats import TableWriter, write_json_line
from eventmon.cli.notices import notify
from eventmon.cli.options import Connection, common_options, connection_option
from eventmon.engine.http_client import SILENT, ControlClient, NotRunning, with_query
from eventmon.engine.paths import Paths

SILENCE_SECONDS = 60.0
"""The engine sends a heartbeat every 15 s, so a longer silence means that it hangs."""


@click.command("tail")
@click.argument("patterns", nargs=-1, metavar="[PATTERN]…")
@click.option("--after", type=click.IntRange(min=0), metavar="SEQ", help="Begin after this seq instead of now.")
@click.option("--count", type=click.IntRange(min=1), metavar="N", help="End after so many events.")
@click.option("--timeout", type=click.FloatRange(min=0), metavar="S", help="End after so many seconds.")
@click.option("--jsonl", is_flag=True, help="One JSON document a line instead of columns.")
@click.option("--where", metavar="EXPR", hidden=True)
@connection_option("Watch a source itself instead of the running Eventmon.")
@common_options
def COMMAND(
    *,
    patterns: tuple[str, ...],
    after: int | None,
    count: int | None,
    timeout: float | None,
    jsonl: bool,
    where: str | None,
    connection: Connection | None,
    profile: str,
) -> None:
    """Show events as they arrive, those that match any PATTERN (all without one).

    Ends after --count events, after --timeout seconds (exit code 4 when --count was not reached), or on Ctrl+C. With
    --connect NAME=URL topics are NAME/…, seq counts what is shown, and interruptions are told on standard error.
    """
    if where is not None:
        raise click.UsageError("This version has no --where. Name topic patterns instead, for example 'orders/#'.")
    if connection is not None and after is not None:
        raise click.UsageError("--after counts what a running Eventmon has stored. Leave it out with --connect.")
    write = write_json_line if jsonl else TableWriter(cut_to_terminal=sys.stdout.isatty())
    deadline = None if timeout is None else time.monotonic() + timeout
    shown = 0
    try:
        with _documents(connection, profile, patterns, after, deadline) as documents:
            for document in documents:
                write(document)
                shown += 1
                if shown == count:
                    return
    except KeyboardInterrupt:
        raise click.exceptions.Exit(exits.INTERRUPTED) from None
    if count is not None:
        ended = deadline is None or time.monotonic() < deadline
        when = "before the source ended" if ended else f"within {timeout:g} seconds"
        raise exits.TimedOut(f"{shown} of {count} events came {when}.")


@contextmanager
def _documents(
    connection: Connection | None,
    profile: str,
    patterns: tuple[str, ...],
    after: int | None,
    deadline: float | None,
) -> Iterator[Iterator[bytes]]:
    """Where the events come from."""
    if connection is None:
        with ControlClient(Paths.for_profile(profile).socket_path) as client:
            yield _streamed(client, patterns, after, deadline)
        return
    require_patterns_inside(patterns, {connection[0]})
    from eventmon.engine.direct import DirectConnection
    from eventmon.engine.secrets import SecretStore
    from eventmon.engine.target import Target

    secrets = SecretStore(Paths.for_profile(profile))
    target = Target.of(*connection)
    target.require_watching()
    with DirectConnection(target, secrets, say=notify, listens=True, patterns=patterns) as opened:
        yield opened.documents(deadline)


def _streamed(
    client: ControlClient, patterns: tuple[str, ...], after: int | None, deadline: float | None
) -> Iterator[bytes]:
    """Events of the running engine until the time is over."""
    stream = client.server_events(with_query("/api/v1/stream", {"topic": patterns or None, "after": after}))
    while True:
        left = SILENCE_SECONDS if deadline is None else deadline - time.monotonic()
        if left <= 0:
            return
        client.set_timeout(min(left, SILENCE_SECONDS))
        try:
            message = next(stream)
        except TimeoutError:
            if deadline is None or time.monotonic() < deadline:
                raise NotRunning(SILENT) from None
            return
        if message is not None:
            yield message.document
