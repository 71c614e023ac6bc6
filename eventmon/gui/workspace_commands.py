"""Workspaces as files: exported, imported after a look, and the strip that says what is off in the one that is open.

Definitions are saved as they change, so the key for saving writes them to a file of the user's choice.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QObject, QTimer
from PySide6.QtWidgets import QFileDialog, QMainWindow

from eventmon.engine.frame import Frame
from eventmon.engine.requests import (
    ApproveDefinitions,
    ExportedWorkspace,
    ExportWorkspace,
    ImportedWorkspace,
    ImportWorkspace,
    ReviewWorkspace,
)
from eventmon.gui.context import PanelContext
from eventmon.gui.formatting import count, one_line
from eventmon.gui.widgets.action_button import ActionButton
from eventmon.gui.widgets.banner import Banner, strip_bar
from eventmon.gui.widgets.plain_text import message
from eventmon.gui.window_tasks import WindowTasks

ENDING: Final = ".toml"
NAME_LIMIT: Final = 80
MOST_SENTENCES: Final = 8
REVIEW: Final = "workspace.review"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Workspace", text)


class WorkspaceCommands(QObject):
    """Binds the commands of workspaces and shows the strip.

    Attributes:
        bar: says what is off; hidden while nothing is.
    """

    def __init__(self, context: PanelContext, window: QMainWindow) -> None:
        super().__init__(window)
        self.setObjectName("workspaceCommands")
        self._context = context
        self._window = window
        self._tasks = WindowTasks(window)
        self._off = 0
        self._heard = False
        self.strip = Banner(context.theme)
        self.strip.setObjectName("workspaceStrip")
        self.button = ActionButton(context.commands.bare_action(REVIEW), _tr("Review…"))
        self.strip.add_button(self.button)
        self.bar = strip_bar(window, _tr("Workspace"), "workspaceBar", self.strip)
        self.bar.visibilityChanged.connect(lambda _visible: QTimer.singleShot(0, self, self.place))
        commands = context.commands
        commands.bind("workspace.export", self._ask_export)
        commands.bind("workspace.import", self._ask_import)
        for command in ("workspace.export", "workspace.import"):
            commands.set_enabled(command, False)
        context.bridge.frameReady.connect(self._frame_ready)

    def export(self, path: Path) -> None:
        """Write the definitions in force to a file."""
        self._tasks.begin(self._export(path.absolute()), _tr("The workspace is not exported"))

    def look_at(self, path: Path) -> None:
        """Show what a file holds, to choose from."""
        self._tasks.begin(self._look_at(path.absolute()), _tr("The workspace cannot be imported"))

    def review(self) -> None:
        """Show what is off in the workspace that is open, to choose from."""
        self._tasks.begin(self._review(), _tr("The workspace cannot be reviewed"))

    def place(self) -> None:
        """Show the bar while something is off, whatever a layout that was restored knows of it."""
        if self.bar.isHidden() == bool(self._off):
            self.bar.setVisible(bool(self._off))

    async def wait(self) -> None:
        """Wait for what is under way."""
        await self._tasks.wait()

    async def _export(self, path: Path) -> None:
        written = await self._context.bridge.call(ExportWorkspace(path=str(path)))
        message(self._window, _tr("Workspace exported"), said_of_export(path.name, written), severity="info")

    async def _look_at(self, path: Path) -> None:
        from eventmon.gui.dialogs.import_workspace import ReviewDialog

        review = await self._context.bridge.call(ReviewWorkspace(path=str(path)))
        if not review.definitions:
            sentence = _tr("{name} holds no definitions.").format(name=one_line(path.name, NAME_LIMIT))
            message(self._window, _tr("Nothing to import"), sentence, severity="info")
            return
        dialog = ReviewDialog(self._context.theme, review, self._window)

        def take() -> None:
            request = ImportWorkspace(path=review.path, chosen=dialog.rows.chosen(), on_conflict=dialog.conflict_choice)
            self._tasks.begin(self._carry_out(request), _tr("The workspace is not imported"))

        dialog.accepted.connect(take)
        dialog.open()

    async def _review(self) -> None:
        from eventmon.gui.dialogs.import_workspace import ReviewDialog

        review = await self._context.bridge.call(ReviewWorkspace())
        dialog = ReviewDialog(self._context.theme, review, self._window, approves=True)

        def take() -> None:
            request = ApproveDefinitions(chosen=dialog.rows.chosen())
            self._tasks.begin(self._carry_out(request), _tr("Nothing is approved"))

        dialog.accepted.connect(take)
        dialog.open()

    async def _carry_out(self, request: ImportWorkspace | ApproveDefinitions) -> None:
        """What came in is seen in the panels; only what did not is said."""
        outcome = await self._context.bridge.call(request)
        if outcome.refused:
            message(self._window, _tr("Not everything could be used"), said_of_import(outcome), severity="warning")

    def _frame_ready(self, frame: Frame) -> None:
        commands = self._context.commands
        if not self._heard:
            self._heard = True
            for command in ("workspace.export", "workspace.import"):
                commands.set_enabled(command, True)
        if frame.unapproved == self._off:
            return
        self._off = frame.unapproved
        self.strip.show_sentence(said_of_strip(self._off), "warning")
        if self._off:
            commands.bind(REVIEW, self.review)
        else:
            commands.unbind(REVIEW)
        self.place()

    # ── asking for a file ────────────────────────────────────────────────────────────────────────────────────────

    def _ask_export(self) -> None:
        dialog = self._dialog(_tr("Export workspace"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile("workspace" + ENDING)
        dialog.fileSelected.connect(lambda path: self.export(Path(path)))
        dialog.open()

    def _ask_import(self) -> None:
        dialog = self._dialog(_tr("Import workspace"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self.look_at(Path(path)))
        dialog.open()

    def _dialog(self, title: str) -> QFileDialog:
        kinds = ";;".join((_tr("Workspaces (*{ending})").format(ending=ENDING), _tr("All files (*)")))
        dialog = QFileDialog(self._window, title, str(Path.home()), kinds)
        dialog.setObjectName("workspaceDialog")
        dialog.setDefaultSuffix(ENDING)
        dialog.finished.connect(dialog.deleteLater)
        return dialog


def said_of_strip(off: int) -> str:
    """The sentence over the panels; empty while nothing is off."""
    if not off:
        return ""
    if off == 1:
        return _tr("1 connection or observer was not made here and is off until you approve it.")
    return _tr("{n} connections and observers were not made here and are off until you approve them.").format(
        n=count(off)
    )


def said_of_export(name: str, written: ExportedWorkspace) -> str:
    """What a file holds now, and what is not in it as it is here."""
    parts = [
        _counted(written.connections, _tr("1 connection"), _tr("{n} connections")),
        _counted(written.observers, _tr("1 observer"), _tr("{n} observers")),
        _counted(written.templates, _tr("1 template"), _tr("{n} templates")),
        _counted(written.topics, _tr("1 choice about topics"), _tr("{n} choices about topics")),
    ]
    said = _tr("{name} holds {what}.").format(name=one_line(name, NAME_LIMIT), what=", ".join(parts))
    return "\n".join([said, *_some(written.notes)])


def said_of_import(outcome: ImportedWorkspace) -> str:
    """Why some of what was ticked did not come in."""
    return "\n".join(_some(outcome.refused))


def _counted(number: int, one: str, many: str) -> str:
    return one if number == 1 else many.format(n=count(number))


def _some(sentences: list[str]) -> list[str]:
    more = len(sentences) - MOST_SENTENCES
    shown = [one_line(sentence, 400) for sentence in sentences[:MOST_SENTENCES]]
    return [*shown, _tr("And {n} more.").format(n=count(more))] if more > 0 else shown
