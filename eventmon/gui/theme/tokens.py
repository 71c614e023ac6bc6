"""All colours of the window by name, light and dark: one table without Qt, so that a test can recompute each contrast.

The values are those of the visual design; nothing else in the package may hold a colour. The series were found by
search under simulated colour blindness: never mend one by eye.
"""

from __future__ import annotations

from typing import Final

_PAIRS: Final[dict[str, tuple[str, str]]] = {
    "window": ("#ECEEF2", "#0F1114"),
    "base": ("#FFFFFF", "#181B20"),
    "alt": ("#F7F8FA", "#1C1F25"),
    "raised": ("#FFFFFF", "#22262D"),
    "hover": ("#F1F3F6", "#20242B"),
    "pressed": ("#E2E6EC", "#2B3039"),
    "hairline": ("#E3E6EB", "#292D35"),
    "outline": ("#808998", "#6F7887"),
    "text": ("#171A21", "#E6E9EE"),
    "text2": ("#4A5261", "#B0B7C3"),
    "text3": ("#596170", "#9BA3B1"),
    "disabled": ("#9AA1AD", "#5B6370"),
    "accent": ("#2456D6", "#3768DE"),
    "accent_hover": ("#1B45B3", "#416FDF"),
    "on_accent": ("#FFFFFF", "#FFFFFF"),
    "accent_text": ("#2150C8", "#86ABFF"),
    "selected": ("#D4E2FF", "#21365F"),
    "selected_idle": ("#E4E7EC", "#2B3039"),
    "ok": ("#0F7345", "#52C78F"),
    "ok_bg": ("#E3F5EA", "#14301F"),
    "warn": ("#8A4B00", "#E8A84A"),
    "warn_bg": ("#FFF1D6", "#33260F"),
    "error": ("#B91C1C", "#FF8A84"),
    "error_bg": ("#FDE8E7", "#3A1C1C"),
    "gap": ("#6D3BA6", "#C9A3FF"),
    "gap_bg": ("#F5EEFC", "#271F38"),
    "info": ("#2150C8", "#86ABFF"),
    "info_bg": ("#E6EEFF", "#1B2A4D"),
    "json_key": ("#4A5261", "#B0B7C3"),
    "json_string": ("#0B6B4F", "#6FCF9F"),
    "json_number": ("#2150C8", "#86ABFF"),
    "json_word": ("#8B3A9E", "#D69BE5"),
    "rule_red": ("#D64545", "#E5605B"),
    "rule_red_bg": ("#FDF0EF", "#2B1D1F"),
    "rule_amber": ("#C77700", "#D9962F"),
    "rule_amber_bg": ("#FFF7E8", "#292219"),
    "rule_green": ("#1F9D63", "#35B27A"),
    "rule_green_bg": ("#EFF9F3", "#182620"),
    "bar": ("#A9B4C6", "#4A5363"),
    "bar_hit": ("#4C78E0", "#6C97F5"),
}

LIGHT: Final[dict[str, str]] = {name: pair[0] for name, pair in _PAIRS.items()}
DARK: Final[dict[str, str]] = {name: pair[1] for name, pair in _PAIRS.items()}

SERIES_LIGHT: Final = ("#1F60E0", "#A15A14", "#E15B91", "#04432D", "#AC9117", "#640882", "#199BD5", "#505966")
SERIES_DARK: Final = ("#5971F9", "#FB8B1D", "#D31051", "#ACF5E7", "#FBDD3D", "#925AA3", "#6BC5FC", "#9C9C9D")


def tokens(*, dark: bool) -> dict[str, str]:
    """Every colour as ``#RRGGBB`` by its name."""
    return DARK if dark else LIGHT


def series(*, dark: bool) -> tuple[str, ...]:
    """Colours of plotted lines, in the order they are given out."""
    return SERIES_DARK if dark else SERIES_LIGHT
