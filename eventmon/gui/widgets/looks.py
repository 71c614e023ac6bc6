"""Changing how a widget is styled while it is shown: one function, because Qt needs four steps and forgets the font."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def set_look(widget: QWidget, name: str, value: str) -> None:
    """Set a property that the style sheet asks about and restyle the widget; it keeps its font."""
    if widget.property(name) == value:
        return
    font = widget.font()
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.setFont(font)
