"""`eventmon record`: what comes from brokers, files or other sources, straight into a session file."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eventmon.cli import exits
from eventmon.cli.connecting import counted, require_patterns_inside
from eventmon.cli.escaping import shown
from eventmon.cli.notices import notify
from eventmon.cli.options import Connection, common_options, connections_option
from eventmon.cli.progress import Progress
from eventmon.cli.signals import on_end_signals

if TYPE_CHECKING:
    from eventmon.engine.recorder import End, Recorder

SESSION_SUFFIX = ".eventmon"


def _read_session(context: click.Context, parameter: click.Parameter, session: Path) -> Path:
    if session.suffix != SESSION_SUFFIX:
        raise click.BadParameter(f"the name of a session ends in {SESSION_SUFFIX}, as in friday{SESSION_SUFFIX}.")
    return session


@click.command("record")
@click.argument("session", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT", callback=_read_session)
@click.argument("patterns", nargs=-1, metavar="[PATTERN]…")
@connections_option("What to record. May be repeated.", required=True)
@click.option("--duration", type=click.FloatRange(min=0, min_open=True), metavar="S", help="End after so many seconds.")
@click.option("--count", type=click.IntRange(min=1), metavar="N", help="End after exactly so many events.")
@common_options
def COMMAND(
    *,
    session: Path,
    patterns: tuple[str, ...],
    connections: tuple[Connection, ...],
    duration: float | None,
    count: int | None,
    profile: str,
) -> None:
    """Record the sources into the session file OUT, those topics that match any PATTERN (all without one).

    Works beside a running Eventmon and without one. A session that exists is continued, streams where they stopped.
    Ends after --count events, after --duration seconds (exit code 4 when --count was not reached), or on Ctrl+C.
    """
    require_patterns_inside(patterns, [name for name, _ in connections])
    from eventmon.engine.recorder import Recorder
    from eventmon.engine.target import Target

    targets = [Target.of(*connection) for connection in connections]
    for target in targets:
        target.require_watching()
    progress = Progress()
    recorder = Recorder(session, targets, patterns=patterns, limit=count, say=progress.say)
    end = asyncio.run(_record(recorder, profile, duration, progress))
    if count is not None and end in ("time", "sources"):
        when = "before the sources ended" if end == "sources" else f"within {duration:g} seconds"
        raise exits.TimedOut(f"{recorder.events} of {count} events came {when}.")


async def _record(recorder: Recorder, profile: str, duration: float | None, progress: Progress) -> End:
    on_end_signals(recorder.stop)

    def begin() -> None:
        if recorder.found:
            notify(f"{recorder.session} holds {counted(recorder.found, 'event')} and is continued.")

    try:
        return await recorder.record(profile, seconds=duration, on_start=begin, on_tick=progress.show)
    finally:
        progress.clear()
        if recorder.kept:
            events, gaps = counted(recorder.events, "event"), counted(recorder.gaps, "gap")
            click.echo(f"recorded {events}, {gaps} into {shown(str(recorder.session))}")
