"""What the window looks like now: colours by token, fonts, icons; light, dark or as the system, at any text size.

Views ask here once per theme change and keep what they got: colours, fonts and icons made per cell were half of a
repaint. The palette is always set explicitly, because asking Qt for a dark scheme does nothing on a bare X server.
"""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QIcon, QPalette, QPixmap
from PySide6.QtWidgets import QApplication

from eventmon.engine.resources import resources_folder
from eventmon.gui.theme import icons, tokens
from eventmon.gui.theme.palette import make_palette
from eventmon.gui.theme.stylesheet import make_stylesheet

Mode = Literal["system", "light", "dark"]
TEXT_PERCENTS = (75, 85, 100, 115, 130, 150, 175, 200, 250, 300)


def _application() -> QApplication:
    application = QApplication.instance()
    assert isinstance(application, QApplication), "a Theme needs the QApplication"
    return application


class Theme(QObject):
    """Colours, fonts and icons of the window.

    Attributes:
        changed: colours or fonts are different now; drop what was cached and repaint.
        dark: whether the dark colours are shown.
        body: the system's font, at the chosen text size.
        small: notes and numbers in footers, one step below.
        title: names of panels and groups, heavier.
        heading: title of a page, nine steps above.
        mono: payloads, filters, patterns and addresses.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("theme")
        self.dark = False
        self._mode: Mode = "system"
        self._percent = 100
        self._system_font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
        self._colors: dict[str, QColor] = {}
        self._series: list[QColor] = []
        self._icons: dict[tuple[str, str, int, int], QIcon] = {}
        self._pixmaps: dict[tuple[str, str, int, float], QPixmap] = {}
        self._make_fonts()
        self._take_colors()
        _application().styleHints().colorSchemeChanged.connect(self._system_changed)

    @property
    def mode(self) -> Mode:
        """What was chosen: light, dark, or as the system."""
        return self._mode

    @property
    def text_percent(self) -> int:
        """Size of the text, 100 being the system's."""
        return self._percent

    def apply(self, mode: Mode, text_percent: int = 100) -> None:
        """Show a mode at a text size; widgets that exist follow."""
        self._mode = mode
        self._percent = max(TEXT_PERCENTS[0], min(TEXT_PERCENTS[-1], text_percent))
        self._make_fonts()
        self._show()

    def set_mode(self, mode: Mode) -> None:
        """Show light, dark, or what the system shows."""
        self.apply(mode, self._percent)

    def step_text(self, direction: int) -> None:
        """Show text one step larger (1) or smaller (-1); 0 goes back to the system's size."""
        larger = [percent for percent in TEXT_PERCENTS if percent > self._percent]
        smaller = [percent for percent in TEXT_PERCENTS if percent < self._percent]
        if direction == 0:
            percent = 100
        elif direction > 0:
            percent = larger[0] if larger else self._percent
        else:
            percent = smaller[-1] if smaller else self._percent
        self.apply(self._mode, percent)

    def color(self, token: str) -> QColor:
        """The colour of a token; the same object until the theme changes."""
        return self._colors[token]

    def series(self, index: int) -> QColor:
        """The colour of the plotted line with that index."""
        return self._series[index % len(self._series)]

    def icon(self, name: str, token: str = "text2", size: int = 16, *, gap: int = 0) -> QIcon:
        """A Lucide icon in the colour of a token. ``gap`` adds empty pixels at its right."""
        key = (name, token, size, gap)
        if key not in self._icons:
            self._icons[key] = icons.make_icon(name, self.color(token), self.color("disabled"), size, gap)
        return self._icons[key]

    def pixmap(self, name: str, token: str, size: int, device_pixel_ratio: float) -> QPixmap:
        """A Lucide icon for a delegate, sharp on a screen with that ratio."""
        key = (name, token, size, device_pixel_ratio)
        if key not in self._pixmaps:
            self._pixmaps[key] = icons.draw(name, self.color(token), size, device_pixel_ratio)
        return self._pixmaps[key]

    @property
    def small_pixels(self) -> int:
        """Pixel size of ``small``, for numbers beside it."""
        return QFontInfo(self.small).pixelSize()

    def number_font(self, points_px: int) -> QFont:
        """A heavier font of that many pixels with digits of equal width, for big numbers."""
        font = QFont(self.title)
        font.setPixelSize(points_px)
        return font

    def _system_changed(self) -> None:
        if self._mode == "system":
            self._show()

    def _make_fonts(self) -> None:
        self.body = self._font(0)
        self.small = self._font(-1)
        self.title = self._font(0, QFont.Weight.DemiBold)
        self.heading = self._font(7, QFont.Weight.Medium)
        self.mono = QFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.mono.setPointSizeF(self.body.pointSizeF())
        for feature in ("liga", "calt"):
            self.mono.setFeature(QFont.Tag(feature), 0)

    def _font(self, above: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        font = QFont(self._system_font)
        points = self._system_font.pointSizeF()
        points = points if points > 0 else 10.0
        font.setPointSizeF(max(5.0, (points + above) * self._percent / 100))
        font.setWeight(weight)
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def _take_colors(self) -> None:
        scheme = _application().styleHints().colorScheme()
        self.dark = self._mode == "dark" or (self._mode == "system" and scheme == Qt.ColorScheme.Dark)
        self._colors = {name: QColor(value) for name, value in tokens.tokens(dark=self.dark).items()}
        self._series = [QColor(value) for value in tokens.series(dark=self.dark)]
        self._icons.clear()
        self._pixmaps.clear()

    def _show(self) -> None:
        self._take_colors()
        application = _application()
        values = tokens.tokens(dark=self.dark)
        resized = application.font() != self.body
        application.setFont(self.body)
        application.setPalette(make_palette(values))
        sheet = make_stylesheet(values, resources_folder() / "icons" / "sheet", dark=self.dark)
        if resized or sheet != application.styleSheet():  # widgets with a sheet take another font with it alone
            application.setStyleSheet(sheet)
        self.changed.emit()

    @property
    def palette(self) -> QPalette:
        """The palette in force."""
        return _application().palette()
