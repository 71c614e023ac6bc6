"""What a panel is given when it is made: everything it may use of the window, and nothing of the window itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eventmon.engine.paths import Paths
    from eventmon.engine.settings import Settings
    from eventmon.gui.bridge import EngineBridge
    from eventmon.gui.commands import Commands
    from eventmon.gui.selection import Selection
    from eventmon.gui.theme.theme import Theme


@dataclass(frozen=True, kw_only=True)
class PanelContext:
    """The services of the window that panels use; without ``paths`` nothing is kept on the disk."""

    bridge: EngineBridge
    commands: Commands
    theme: Theme
    selection: Selection
    settings: Settings
    paths: Paths | None = None
