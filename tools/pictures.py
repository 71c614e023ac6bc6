"""How the pictures of the running program are taken: of the window, of a dialog over it, of one panel."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtGui import QPixmap
    from PySide6.QtWidgets import QDialog, QWidget

    from eventmon.gui.application import WindowLife

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "screenshots"
SIZES = ((1280, 800), (1920, 1080))
THEMES = ("light", "dark")
SETTLE_SECONDS = 0.7


def show_theme(life: WindowLife, theme: str) -> None:
    """Choose a theme as its menu does."""
    life.context.commands.action(f"view.theme_{theme}").trigger()


def opened_by(life: WindowLife, command: str) -> QDialog:
    """The dialog that a command opens."""
    from PySide6.QtWidgets import QDialog

    life.context.commands.action(command).trigger()
    (dialog,) = [dialog for dialog in life.window.findChildren(QDialog) if dialog.isVisible()]
    return dialog


async def over_the_window(life: WindowLife, dialog: QWidget, name: str) -> None:
    """A picture of the window with a dialog over it, as a desktop shows them."""
    from PySide6.QtGui import QPainter

    await asyncio.sleep(SETTLE_SECONDS)
    picture: QPixmap = life.window.grab()
    shown = dialog.grab()
    painter = QPainter(picture)
    left, top = (picture.width() - shown.width()) // 2, (picture.height() - shown.height()) // 2
    painter.drawPixmap(left, top, shown)
    painter.setPen(life.context.theme.color("outline"))
    painter.drawRect(left - 1, top - 1, shown.width() + 1, shown.height() + 1)
    painter.end()
    picture.save(str(FOLDER / f"{name}.png"))


async def each_theme_and_size(life: WindowLife, name: str, sizes: tuple[tuple[int, int], ...]) -> None:
    """One picture a theme and size."""
    for theme in THEMES:
        show_theme(life, theme)
        for width, height in sizes:
            life.window.resize(width, height)
            await asyncio.sleep(SETTLE_SECONDS)
            life.window.grab().save(str(FOLDER / f"{name}-{theme}-{width}.png"))


async def alone(widget: QWidget, name: str) -> None:
    """A picture of one widget as it stands in the window."""
    await asyncio.sleep(SETTLE_SECONDS)
    widget.grab().save(str(FOLDER / f"{name}.png"))
