"""The other front ends, as the command line is handed them: front ends do not import each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eventmon.cli.opening import LoadWindow
    from eventmon.engine.serving import LoadListener


@dataclass(frozen=True, slots=True)
class FrontEnds:
    """What verbs are given by click.

    Attributes:
        load_window: imports the window and gives its entry point.
        load_listener: imports the server for browsers and gives the way to start it; None when there is none.
    """

    load_window: LoadWindow
    load_listener: LoadListener | None = None
