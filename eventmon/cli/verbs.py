"""The verbs and how words become one of them. Only the chosen verb's module is imported."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

import eventmon
from eventmon.cli import exits

if TYPE_CHECKING:
    from eventmon.cli.front_ends import FrontEnds

SESSION_SUFFIX = ".eventmon"


class Verb(NamedTuple):
    """Where a verb lives and what it does, for the help page that must not import it."""

    module: str
    summary: str


VERBS: dict[str, Verb] = {
    "window": Verb("eventmon.cli.window", "Open the window (the default verb)."),
    "serve": Verb("eventmon.cli.serve", "Run the engine without a window."),
    "publish": Verb("eventmon.cli.publish", "Publish events to the running Eventmon or to a broker."),
    "tail": Verb("eventmon.cli.tail", "Show events as they arrive."),
    "query": Verb("eventmon.cli.query", "Show stored events of the running Eventmon or of a session file."),
    "record": Verb("eventmon.cli.record", "Record brokers and other sources into a session file."),
    "topic": Verb("eventmon.cli.topic", "List topics."),
    "observer": Verb("eventmon.cli.observer", "Attach observers, and see what they do."),
    "hub": Verb("eventmon.cli.hub", "Put observers and topics of a file into a hub."),
    "token": Verb("eventmon.cli.token", "Print the tokens of the server and the link of its page."),
    "stats": Verb("eventmon.cli.stats", "Show the counters of the running Eventmon."),
    "about": Verb("eventmon.cli.about", "Show the version, what is inside, and the licences."),
}
DEFAULT_VERB = "window"
_OWN_OPTIONS = frozenset({"--help", "--version"})


class LazyVerbs(click.Group):
    """A group that knows its verbs by name and imports the one that is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs, in the order of the help page."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb's command, or None when there is no such verb."""
        verb = VERBS.get(cmd_name)
        if verb is None:
            return None
        command: click.Command = importlib.import_module(verb.module).COMMAND
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Let what names no verb be arguments of the window."""
        if not args or (args[0] not in VERBS and args[0] not in _OWN_OPTIONS):
            _refuse_mistyped_verb(args)
            args = [DEFAULT_VERB, *args]
        return super().parse_args(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of verbs, without importing them."""
        with formatter.section("Verbs"):
            formatter.write_dl([(name, verb.summary) for name, verb in VERBS.items()])


def _refuse_mistyped_verb(args: Sequence[str]) -> None:
    """A word that is neither a verb nor a session would otherwise make a new session file of that name."""
    word = args[0] if args else "-"
    if word.startswith("-") or word.endswith(SESSION_SUFFIX) or Path(word).exists():
        return
    near = difflib.get_close_matches(word, VERBS, n=1)
    hint = f"Did you mean `{near[0]}`?" if near else f"New session files end in {SESSION_SUFFIX}."
    raise click.UsageError(f"“{word}” is no verb and no session file. {hint} See `eventmon --help`.")


@click.group(cls=LazyVerbs, context_settings={"help_option_names": ["--help"]}, subcommand_metavar="[VERB] [ARGS]…")
@click.version_option(eventmon.__version__, prog_name="eventmon", message="%(prog)s %(version)s")
def _group() -> None:
    """See every event, fire any event, attach observers to anything.

    Without a verb the window opens: `eventmon [SESSION|-] [OPTIONS]`; with - it reads events from standard input.
    """


def invoke(arguments: Sequence[str], front_ends: FrontEnds) -> Any:
    """Run the verb that the arguments name; what it returns.

    Raises:
        Leave: the arguments are wrong, or the user interrupted.
    """
    try:
        return _group.main(list(arguments), prog_name="eventmon", standalone_mode=False, obj=front_ends)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        raise exits.Leave("", error.exit_code) from error
    except click.ClickException as error:
        raise exits.Leave(error.format_message(), error.exit_code) from error
    except click.Abort as error:
        raise exits.Leave("", exits.INTERRUPTED) from error
