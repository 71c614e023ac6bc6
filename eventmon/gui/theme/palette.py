"""The palette made from the tokens: Fusion paints from it, and the style sheet only adds what a palette cannot say.

``Highlight`` is the tinted selection with dark text on it; solid accents come from the ``Accent`` role.
"""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette

_Role = QPalette.ColorRole

_ROLES: dict[QPalette.ColorRole, str] = {
    _Role.Window: "window",
    _Role.WindowText: "text",
    _Role.Text: "text",
    _Role.ButtonText: "text",
    _Role.HighlightedText: "text",
    _Role.ToolTipText: "text",
    _Role.BrightText: "on_accent",
    _Role.Base: "base",
    _Role.AlternateBase: "alt",
    _Role.Button: "raised",
    _Role.ToolTipBase: "raised",
    _Role.Light: "raised",
    _Role.PlaceholderText: "text3",
    _Role.Highlight: "selected",
    _Role.Accent: "accent",
    _Role.Link: "accent_text",
    _Role.LinkVisited: "accent_text",
    _Role.Mid: "hairline",
    _Role.Shadow: "hairline",
    _Role.Dark: "outline",
    _Role.Midlight: "hover",
}
_TEXTS = (_Role.WindowText, _Role.Text, _Role.ButtonText, _Role.HighlightedText)


def make_palette(tokens: dict[str, str]) -> QPalette:
    """The window's palette, with grey selections where the focus is not and grey texts where nothing can be done."""
    palette = QPalette()
    for role, token in _ROLES.items():
        palette.setColor(role, QColor(tokens[token]))
    palette.setColor(QPalette.ColorGroup.Inactive, _Role.Highlight, QColor(tokens["selected_idle"]))
    for role in _TEXTS:
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens["disabled"]))
    palette.setColor(QPalette.ColorGroup.Disabled, _Role.Highlight, QColor(tokens["selected_idle"]))
    palette.setColor(QPalette.ColorGroup.Disabled, _Role.Accent, QColor(tokens["disabled"]))
    return palette
