"""`eventmon query`: stored events, of the running engine or of any session file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

from eventmon.cli.event_formats import CsvWriter, TableWriter, Writer, write_json_line
from eventmon.cli.options import common_options
from eventmon.engine.http_client import EVENTS_PATH, ControlClient, with_query
from eventmon.engine.paths import Paths


@click.command("query")
@click.argument("session", required=False, type=click.Path(path_type=Path), metavar="[SESSION]")
@click.option("--topic", "patterns", multiple=True, metavar="PATTERN", help="Only topics that match; may be repeated.")
@click.option("--last", type=click.IntRange(min=0), metavar="N", help="Only the newest so many.")
@click.option("--count", is_flag=True, help="Print only how many there are.")
@click.option("--format", "form", type=click.Choice(["table", "jsonl", "csv"]), default="table", show_default=True)
@click.option("--where", metavar="EXPR", hidden=True)
@common_options
def COMMAND(
    *,
    session: Path | None,
    patterns: tuple[str, ...],
    last: int | None,
    count: bool,
    form: str,
    where: str | None,
    profile: str,
) -> None:
    """Show stored events, oldest first: those of SESSION, or of the running Eventmon without one."""
    if where is not None:
        raise click.UsageError("This version has no --where. Use --topic with a pattern, for example 'orders/#'.")
    if session is None:
        _query_running(profile, patterns, last, count, form)
    else:
        _query_file(session, patterns, last, count, form)


def _query_running(profile: str, patterns: tuple[str, ...], last: int | None, count: bool, form: str) -> None:
    topics = patterns or None
    with ControlClient(Paths.for_profile(profile).socket_path) as client:
        if count:
            answer = client.get(with_query("/api/v1/count", {"topic": topics}))
            _print_count(msgspec.json.decode(answer, type=dict[str, int])["count"], last)
        else:
            _print(client.lines(with_query(EVENTS_PATH, {"topic": topics, "last": last})), form)


def _query_file(session: Path, patterns: tuple[str, ...], last: int | None, count: bool, form: str) -> None:
    from eventmon.engine.offline import SessionFile

    with SessionFile(session) as opened:
        if count:
            _print_count(opened.count(patterns), last)
        else:
            _print(opened.documents(topics=patterns, last=last), form)


def _print_count(found: int, last: int | None) -> None:
    click.echo(found if last is None else min(found, last))


def _print(documents: Iterator[bytes], form: str) -> None:
    write = _writer(form)
    for document in documents:
        write(document)


def _writer(form: str) -> Writer:
    if form == "csv":
        return CsvWriter()
    return write_json_line if form == "jsonl" else TableWriter(cut_to_terminal=sys.stdout.isatty())
