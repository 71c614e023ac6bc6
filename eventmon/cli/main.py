"""The command line's outer shell: runs what is asked for, turns every error into one line and an exit code.

Without arguments the window opens and nothing else is loaded, not even what reads arguments.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from eventmon.cli import exits
from eventmon.cli.notices import notify
from eventmon.core.errors import UserError

if TYPE_CHECKING:
    from eventmon.cli.opening import LoadWindow
    from eventmon.engine.serving import LoadListener


def run(arguments: Sequence[str], *, load_window: LoadWindow, load_listener: LoadListener | None = None) -> int:
    """Run the command line. Errors go to standard error in one line.

    Args:
        arguments: without the program's name.
        load_window: imports the window and gives its entry point, for the verb that opens it.
        load_listener: imports the server for browsers and gives the way to start it.

    Returns:
        The exit code of the process.
    """
    _make_output_safe()
    try:
        result = _run(arguments, load_window, load_listener)
        _flush_output()
    except BrokenPipeError:
        _silence_output()
        return exits.DONE
    except SystemExit as leaving:  # click leaves by itself when the reader of its output has gone
        _silence_output()
        return exits.DONE if leaving.code == 1 else int(leaving.code or 0)
    except Exception as error:  # noqa: BLE001 - the border of the process: everything ends as a line and a code
        _drop_unwritable_output()
        return _report(error, verbose="--verbose" in arguments)
    return result if isinstance(result, int) else exits.DONE


def _run(arguments: Sequence[str], load_window: LoadWindow, load_listener: LoadListener | None) -> Any:
    if not arguments:
        from eventmon.cli.opening import open_window

        return open_window(load_window)
    from eventmon.cli.front_ends import FrontEnds
    from eventmon.cli.verbs import invoke

    return invoke(arguments, FrontEnds(load_window, load_listener))


def _report(error: Exception, *, verbose: bool) -> int:
    if verbose and not isinstance(error, exits.Leave):
        import traceback

        traceback.print_exception(error)
    sentence, code = _sentence_and_code(error)
    if sentence:
        notify(sentence)
    return code


def _sentence_and_code(error: Exception) -> tuple[str, int]:
    if isinstance(error, exits.Leave):
        return str(error), error.code
    if isinstance(error, exits.TimedOut):
        return str(error), exits.TIMED_OUT
    if isinstance(error, UserError):
        from eventmon.engine.http_client import NotRunning
        from eventmon.engine.watched import Unreachable

        return str(error), exits.NOT_RUNNING if isinstance(error, NotRunning | Unreachable) else exits.FAILED
    return f"unexpected {type(error).__name__}: {error}. Run it again with --verbose for the traceback.", exits.FAILED


def _make_output_safe() -> None:
    """A terminal that cannot show a character gets an escape for it instead of an error."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _flush_output() -> None:
    if sys.stdout is not None:
        sys.stdout.flush()


def _drop_unwritable_output() -> None:
    """What a full disk did not take is given up: at exit Python would try again and end with a code of its own."""
    try:
        _flush_output()
    except OSError:
        _silence_output()


def _silence_output() -> None:
    """Whoever read our output has had enough: what is still buffered must not raise at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
