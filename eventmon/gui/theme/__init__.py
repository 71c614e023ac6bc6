"""Colours, palette, style sheet and icons."""
