"""Dialogs: one file each."""
