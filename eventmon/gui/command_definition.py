"""What defines a command, and the menus in which commands stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QT_TRANSLATE_NOOP

WINDOW: Final = "window"


def title(text: str) -> str:
    """Mark a text for translation; it is translated when the action is made."""
    return str(QT_TRANSLATE_NOOP("Commands", text))


@dataclass(frozen=True, kw_only=True)
class Command:
    """One thing the user can ask for.

    Attributes:
        id: dotted name; its first word groups the table.
        title: as in the menu, with an ellipsis when it asks for more first.
        icon: a Lucide name, or empty.
        shortcut: key sequences, several parted by ``"; "``; empty for none.
        menu: ``menu`` or ``menu/submenu`` of the table ``MENUS``; empty for no menu.
        scope: ``window``, or the id of the panel that has to have the focus for the shortcut to act.
        checkable: whether it is a switch; its handler is given the new state.
        choice: switches with the same word here are one choice.
        section: a line parts commands of different sections in one menu.
        needs_recording: it is grey while the session is only looked at.
    """

    id: str
    title: str
    icon: str = ""
    shortcut: str = ""
    menu: str = ""
    scope: str = WINDOW
    checkable: bool = False
    choice: str = ""
    section: int = 0
    needs_recording: bool = False


MENUS: Final[dict[str, str]] = {
    "file": title("&File"),
    "file/recent": title("&Recent sessions"),
    "file/connection": title("&Connection"),
    "file/connection/color": title("C&olour"),
    "file/server": title("Ser&ver"),
    "edit": title("&Edit"),
    "edit/copy_as": title("Copy events &as"),
    "edit/topic": title("&Topic"),
    "view": title("&View"),
    "view/layout": title("&Layout"),
    "view/panels": title("&Panels"),
    "view/go": title("&Go to panel"),
    "view/theme": title("T&heme"),
    "view/text": title("Te&xt size"),
    "event": title("E&vent"),
    "event/publish": title("&Publishing"),
    "observers": title("&Observers"),
    "help": title("&Help"),
}
