"""The command line's outer shell: finds the verb, turns every error into one line and an exit code.

Only the chosen verb's module is imported, so that `eventmon stats` does not pay for the window.
"""

from __future__ import annotations

import difflib
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click

import eventmon
from eventmon.cli import exits
from eventmon.cli.escaping import shown
from eventmon.cli.options import LoadWindow
from eventmon.core.errors import UserError

SESSION_SUFFIX = ".eventmon"


class Verb(NamedTuple):
    """Where a verb lives and what it does, for the help page that must not import it."""

    module: str
    summary: str


VERBS: dict[str, Verb] = {
    "window": Verb("eventmon.cli.window", "Open the window (the default verb)."),
    "serve": Verb("eventmon.cli.serve", "Run the engine without a window."),
    "publish": Verb("eventmon.cli.publish", "Publish events to the running Eventmon."),
    "tail": Verb("eventmon.cli.tail", "Show events as they arrive."),
    "query": Verb("eventmon.cli.query", "Show stored events of the running Eventmon or of a session file."),
    "topic": Verb("eventmon.cli.topic", "List topics."),
    "stats": Verb("eventmon.cli.stats", "Show the counters of the running Eventmon."),
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


def run(arguments: Sequence[str], *, load_window: LoadWindow) -> int:
    """Run the command line. Errors go to standard error in one line.

    Args:
        arguments: without the program's name.
        load_window: imports the window and gives its entry point, for the verb that opens it.

    Returns:
        The exit code of the process.
    """
    _make_output_safe()
    try:
        result: Any = _group.main(list(arguments), prog_name="eventmon", standalone_mode=False, obj=load_window)
        _flush_output()
    except BrokenPipeError:
        _silence_output()
        return exits.DONE
    except SystemExit as leaving:  # click leaves by itself when the reader of its output has gone
        _silence_output()
        return exits.DONE if leaving.code == 1 else int(leaving.code or 0)
    except Exception as error:  # noqa: BLE001 - the border of the process: everything ends as a line and a code
        return _report(error, verbose="--verbose" in arguments)
    return result if isinstance(result, int) else exits.DONE


def _report(error: Exception, *, verbose: bool) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return error.exit_code
    if verbose and not isinstance(error, click.exceptions.ClickException | click.Abort):
        traceback.print_exception(error)
    sentence, code = _sentence_and_code(error)
    if sentence:
        click.echo(f"eventmon: {shown(sentence, limit=2_000)}", err=True)
    return code


def _sentence_and_code(error: Exception) -> tuple[str, int]:
    if isinstance(error, click.Abort):
        return "", exits.INTERRUPTED
    if isinstance(error, click.ClickException):
        return error.format_message(), error.exit_code
    if isinstance(error, exits.TimedOut):
        return str(error), exits.TIMED_OUT
    if isinstance(error, UserError):
        from eventmon.engine.http_client import NotRunning

        return str(error), exits.NOT_RUNNING if isinstance(error, NotRunning) else exits.FAILED
    return f"unexpected {type(error).__name__}: {error}. Run it again with --verbose for the traceback.", exits.FAILED


def _make_output_safe() -> None:
    """A terminal that cannot show a character gets an escape for it instead of an error."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _flush_output() -> None:
    if sys.stdout is not None:
        sys.stdout.flush()


def _silence_output() -> None:
    """Whoever read our output has had enough: what is still buffered must not raise at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
