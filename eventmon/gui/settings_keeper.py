"""The settings of the window: read before it stands, written when something is chosen, never over a mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventmon.core.errors import UserError
from eventmon.engine.paths import Paths
from eventmon.engine.settings import Settings, load_settings

if TYPE_CHECKING:
    from eventmon.gui.commands import Commands
    from eventmon.gui.theme.theme import Theme


class SettingsKeeper:
    """Knows the settings of a profile.

    Attributes:
        paths: where they lie.
        settings: those that hold now.
        trouble: the sentence about the mistake in the file at the start; empty for none.
    """

    def __init__(self, paths: Paths) -> None:
        self.paths = paths
        self.settings = Settings()
        self.trouble = ""
        try:
            self.settings = load_settings(paths)
        except UserError as error:
            self.trouble = str(error)

    def read(self) -> Settings:
        """What the file says now.

        Raises:
            UserError: it cannot be read or has a mistake.
        """
        return load_settings(self.paths)

    def write(self, settings: Settings) -> None:
        """Keep these from now on.

        Raises:
            UserError: the file has a mistake and is left as it is, or it cannot be written.
        """
        from eventmon.engine.settings import save_settings

        save_settings(self.paths, settings)
        self.settings = settings

    def keep_appearance(self, theme: Theme, *, utc: bool) -> None:
        """Write what was chosen in the menus; the rest of the file is as somebody may have edited it meanwhile.

        Raises:
            UserError: like ``write``.
        """
        import msgspec

        self.write(msgspec.structs.replace(self.read(), theme=theme.mode, text_percent=theme.text_percent, utc=utc))

    def show(self, theme: Theme, commands: Commands) -> None:
        """Let the window look as the settings say."""
        if (theme.mode, theme.text_percent) != (self.settings.theme, self.settings.text_percent):
            theme.apply(self.settings.theme, self.settings.text_percent)
        commands.set_checked("view.utc", self.settings.utc)
