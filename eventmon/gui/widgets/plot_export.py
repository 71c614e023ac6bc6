"""Saving the plot: as a picture, or as the numbers behind it.

The lines are those shown when the user asked, whatever arrives while the file dialog is open.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QCoreApplication, QIODevice
from PySide6.QtWidgets import QFileDialog, QWidget

from eventmon.core.errors import UserError
from eventmon.gui.models.rate_lines import RateLine, rates_as_csv
from eventmon.gui.widgets.plain_text import message
from eventmon.gui.widgets.rate_plot import RatePlot


def _tr(text: str) -> str:
    return QCoreApplication.translate("Counters", text)


class PlotExport:
    """What a plot shows at one moment, ready to be saved."""

    def __init__(self, plot: RatePlot, lines: Sequence[RateLine], names: Sequence[str], newest: int) -> None:
        self._picture = plot.picture()
        self._table = rates_as_csv(lines, newest, names)

    def ask(self, parent: QWidget, name: str) -> QFileDialog:
        """Ask where to save; the kind of file follows from the end of ``name``."""
        kind = Path(name).suffix
        what = _tr("CSV files (*.csv)") if kind == ".csv" else _tr("PNG images (*.png)")
        dialog = QFileDialog(parent, _tr("Export plot"), name, what)
        dialog.setObjectName("exportPlot")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(kind)
        dialog.selectFile(name)
        dialog.fileSelected.connect(lambda path: self._save_or_say(parent, Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def save(self, path: Path) -> None:
        """Save as what the end of the path says: ``.csv`` or a picture.

        Raises:
            UserError: the file cannot be written.
        """
        content = self._table.encode() if path.suffix.lower() == ".csv" else self._png()
        try:
            path.write_bytes(content)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else error
            raise UserError(f"The plot could not be saved in {path}: {reason}. Choose another place.") from error

    def _png(self) -> bytes:
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        self._picture.save(buffer, "PNG")
        return bytes(buffer.data().data())

    def _save_or_say(self, parent: QWidget, path: Path) -> None:
        try:
            self.save(path)
        except UserError as error:
            message(parent, _tr("Export plot"), str(error))
