"""The remembered layouts of the window: one small JSON file, written all at once or not at all.

A file that is damaged, too big or of another version costs the layout and nothing else: the window opens as new.
"""

from __future__ import annotations

import base64
import binascii
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eventmon.core.errors import UserError
from eventmon.engine.file_replacement import replace_file

VERSION = 2
OLD_VERSION = 1
"""Written when there were three docks: what it says of panels and the window is taken, the places of docks are not."""
MAX_BYTES = 4 * 1024**2
MAX_OWN = 40
MAX_NAME = 60


@dataclass(frozen=True, kw_only=True)
class OwnLayout:
    """Places of docks that the user has named.

    Attributes:
        state: docks and bars, as Qt saves them.
        panels: the docks there were, by their ids.
    """

    state: bytes
    panels: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where everything was.

    Attributes:
        geometry: position and size of the window, as Qt saves them.
        state: docks and bars, as Qt saves them.
        docks: the docks there were, by their ids.
        panels: what each panel wants back, by its id.
        chosen: the arrangement chosen last: a built-in one, or ``own/`` and a name.
        own: the user's own, by name.
    """

    geometry: bytes = b""
    state: bytes = b""
    docks: tuple[str, ...] = ()
    panels: dict[str, dict[str, Any]] = field(default_factory=dict)
    chosen: str = ""
    own: dict[str, OwnLayout] = field(default_factory=dict)


def load_layout(path: Path) -> Layout | None:
    """The saved layout, or None when there is none.

    Raises:
        UserError: there is one that cannot be used.
    """
    import json

    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError("it is too big")
        return _from_json(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(f"The window layout in {path} cannot be used ({error}). The default one is shown.") from error


def save_layout(path: Path, layout: Layout) -> None:
    """Replace the saved layout.

    Raises:
        UserError: the file cannot be written.
    """
    import json

    document = {
        "version": VERSION,
        "geometry": _text(layout.geometry),
        "state": _text(layout.state),
        "docks": list(layout.docks),
        "chosen": layout.chosen,
        "own": {name: {"state": _text(own.state), "docks": list(own.panels)} for name, own in layout.own.items()},
        "panels": layout.panels,
    }
    try:
        replace_file(path, json.dumps(document, indent=1))
    except (OSError, ValueError, TypeError) as error:
        raise UserError(f"The window layout could not be saved in {path}: {error}.") from error


def _from_json(document: Any) -> Layout:
    if not isinstance(document, dict) or document.get("version") not in (VERSION, OLD_VERSION):
        raise ValueError("it is of another version")
    panels = document.get("panels")
    if not isinstance(panels, dict):
        raise ValueError("it has no panels")
    old = document["version"] == OLD_VERSION
    return Layout(
        geometry=_bytes(document.get("geometry")),
        state=b"" if old else _bytes(document.get("state")),
        docks=_names(document.get("docks")),
        panels={name: state for name, state in panels.items() if isinstance(state, dict)},
        chosen=str(document.get("chosen") or ""),
        own=_own_layouts(document.get("own")),
    )


def _own_layouts(found: Any) -> dict[str, OwnLayout]:
    """Those that can be read; one that cannot costs itself alone."""
    own: dict[str, OwnLayout] = {}
    for name, layout in list(found.items() if isinstance(found, dict) else ())[:MAX_OWN]:
        with suppress(ValueError):
            if isinstance(layout, dict) and name.strip():
                own[name[:MAX_NAME]] = OwnLayout(state=_bytes(layout.get("state")), panels=_names(layout.get("docks")))
    return own


def _names(found: Any) -> tuple[str, ...]:
    return tuple(name for name in found if isinstance(name, str)) if isinstance(found, list) else ()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: Any) -> bytes:
    if not isinstance(text, str):
        raise ValueError("a part of it is missing")
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("a part of it is garbled") from error
