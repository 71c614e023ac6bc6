"""Lucide icons, coloured by token: drawn once per name, colour and size from the SVG files beside the program.

Icon themes of the desktop are not asked: on a bare X server and in tests there is none.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from eventmon.engine.resources import resources_folder

STROKE = "1.75"


@cache
def _source(name: str) -> str:
    text = (resources_folder() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    return text.replace('stroke-width="2"', f'stroke-width="{STROKE}"')


def draw(name: str, color: QColor, size: int, ratio: float, gap: int = 0) -> QPixmap:
    """A pixmap of ``size`` device-independent pixels, for a screen with that device pixel ratio.

    ``gap`` widens the canvas at the right: icon and text of a tool button would touch otherwise.
    """
    svg = _source(name).replace("currentColor", color.name())
    renderer = QSvgRenderer(QByteArray(svg.encode()))
    pixmap = QPixmap(round((size + gap) * ratio), round(size * ratio))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, size * ratio, size * ratio))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def screen_ratios() -> list[float]:
    """Ratios an icon is drawn for: 1, and the sharpest screen there is."""
    application = QGuiApplication.instance()
    sharpest = application.devicePixelRatio() if isinstance(application, QGuiApplication) else 1.0
    return sorted({1.0, sharpest})


def make_icon(name: str, color: QColor, disabled: QColor, size: int, gap: int = 0) -> QIcon:
    """An icon with its disabled look."""
    icon = QIcon()
    for ratio in screen_ratios():
        icon.addPixmap(draw(name, color, size, ratio, gap), QIcon.Mode.Normal)
        icon.addPixmap(draw(name, disabled, size, ratio, gap), QIcon.Mode.Disabled)
    return icon
