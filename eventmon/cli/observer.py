"""`eventmon observer …`: the observers of the running engine, attached, listed, paused, resumed and removed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click
import msgspec

from eventmon.cli.escaping import padded, shown, width
from eventmon.cli.options import common_options
from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.frame import ObserverStatus
from eventmon.engine.http_client import OBSERVERS_PATH, ControlClient, observer_path
from eventmon.engine.paths import Paths

COUNTERS = ("matched", "delivered", "failed", "dropped", "pending")


class KindOption(click.Option):
    """An option for a kind; its help names every kind, which only who reads it has to load."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The option and what can be given."""
        from eventmon.engine.observer_forms import observer_forms

        kinds = "; ".join(
            f"{form.kind} ({', '.join(field.name for field in form.fields)})" for form in observer_forms()
        )
        self.help = f"What it does, and its settings: {kinds}."
        return super().get_help_record(ctx)


@click.group("observer")
def COMMAND() -> None:
    """Attach observers, and see what they do."""


@COMMAND.command("add")
@click.argument("name")
@click.option("--kind", cls=KindOption, required=True, metavar="KIND", help="What it does.")
@click.option("--pattern", required=True, help="Of the topics it observes: + is one level, # the rest.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="One of its settings. May be repeated.")
@click.option("--paused", is_flag=True, help="Attach it without letting it see events.")
@click.option(
    "--overflow",
    type=click.Choice(["drop_oldest", "drop_newest", "latest"]),
    default="drop_oldest",
    show_default=True,
    help="What a kind with a queue does when it is full.",
)
@common_options
def add(
    *, name: str, kind: str, pattern: str, settings: tuple[str, ...], paused: bool, overflow: Any, profile: str
) -> None:
    """Attach an observer called NAME; it comes back with the next start."""
    definition = ObserverDefinition(
        name=name, kind=kind, pattern=pattern, settings=dict(map(_setting, settings)), paused=paused, overflow=overflow
    )
    with _client(profile) as client:
        client.post(OBSERVERS_PATH, msgspec.json.encode(definition), {"Content-Type": "application/json"})
    click.echo(f"attached {shown(name)}")


@COMMAND.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@common_options
def list_observers(as_json: bool, profile: str) -> None:
    """List the observers of the running Eventmon with their counters."""
    with _client(profile) as client:
        document = client.get(OBSERVERS_PATH)
    if as_json:
        click.echo(document)
        return
    for line in _table(msgspec.json.decode(document, type=list[ObserverStatus])):
        click.echo(line)


@COMMAND.command("pause")
@click.argument("name")
@common_options
def pause(name: str, profile: str) -> None:
    """Let an observer see nothing until it is resumed, over restarts too."""
    _set_paused(name, profile, True)
    click.echo(f"paused {shown(name)}")


@COMMAND.command("resume")
@click.argument("name")
@common_options
def resume(name: str, profile: str) -> None:
    """Let a paused or stopped observer see events again."""
    _set_paused(name, profile, False)
    click.echo(f"resumed {shown(name)}")


@COMMAND.command("reset")
@click.argument("name")
@common_options
def reset(name: str, profile: str) -> None:
    """Let the counters of an observer begin again at 0; the log keeps its events."""
    with _client(profile) as client:
        client.post(f"{observer_path(name)}/reset", b"", {"Content-Type": "application/json"})
    click.echo(f"reset {shown(name)}")


@COMMAND.command("remove")
@click.argument("name")
@common_options
def remove(name: str, profile: str) -> None:
    """End an observer and forget it; its events stay."""
    with _client(profile) as client:
        client.delete(observer_path(name))
    click.echo(f"removed {shown(name)}")


def _client(profile: str) -> ControlClient:
    return ControlClient(Paths.for_profile(profile).socket_path)


def _set_paused(name: str, profile: str, paused: bool) -> None:
    with _client(profile) as client:
        client.patch(observer_path(name), msgspec.json.encode({"paused": paused}))


def _setting(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise click.BadParameter(f"“{text}” has to be KEY=VALUE, for example sum=total.", param_hint="--set")
    return key, value


def _table(observers: list[ObserverStatus]) -> Iterable[str]:
    rows = [_row(each) for each in observers]
    heads: tuple[str, ...] = ("name", "kind", "pattern", "state", "instance")
    if not any(each.instance for each in observers):  # on no hub, so all run here
        rows, heads = [row[:-1] for row in rows], heads[:-1]
    cells = [max(map(width, column)) for column in zip(heads, *rows, strict=True)]
    yield _columns(heads, cells) + "".join(f" {name:>11}" for name in COUNTERS) + "  values"
    for row, each in zip(rows, observers, strict=True):
        counters = "".join(f" {getattr(each, name):>11,}" for name in COUNTERS)
        values = ", ".join(f"{shown(name)} {value:,.12g}" for name, value in each.values.items())
        yield f"{_columns(row, cells)}{counters}  {values}".rstrip()
        if each.why or each.last_error:
            where = f" (event {each.last_error_seq})" if each.last_error_seq and not (each.why or each.host) else ""
            yield f"  {shown(each.why or each.last_error)}{where}"


def _row(status: ObserverStatus) -> tuple[str, ...]:
    return shown(status.name), shown(status.kind), shown(status.pattern), status.state, shown(status.host or "this one")


def _columns(texts: Iterable[str], cells: Iterable[int]) -> str:
    return " ".join(padded(text, size) for text, size in zip(texts, cells, strict=True))
