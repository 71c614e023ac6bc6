"""The remembered layout of the window: one small JSON file, written all at once or not at all.

A file that is damaged, too big or of another version costs the layout and nothing else: the window opens as new.
"""

from __future__ import annotations

import base64
import binascii
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eventmon.core.errors import UserError

VERSION = 1
MAX_BYTES = 4 * 1024**2


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where everything was.

    Attributes:
        geometry: position and size of the window, as Qt saves them.
        state: docks and bars, as Qt saves them.
        panels: what each panel wants back, by its id.
    """

    geometry: bytes = b""
    state: bytes = b""
    panels: dict[str, dict[str, Any]] = field(default_factory=dict)


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
        "geometry": base64.b64encode(layout.geometry).decode("ascii"),
        "state": base64.b64encode(layout.state).decode("ascii"),
        "panels": layout.panels,
    }
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(document, indent=1), encoding="utf-8")
        temporary.replace(path)
    except (OSError, ValueError, TypeError) as error:
        temporary.unlink(missing_ok=True)
        raise UserError(f"The window layout could not be saved in {path}: {error}.") from error


def _from_json(document: Any) -> Layout:
    if not isinstance(document, dict) or document.get("version") != VERSION:
        raise ValueError("it is of another version")
    panels = document.get("panels")
    if not isinstance(panels, dict):
        raise ValueError("it has no panels")
    return Layout(
        geometry=_bytes(document.get("geometry")),
        state=_bytes(document.get("state")),
        panels={name: state for name, state in panels.items() if isinstance(state, dict)},
    )


def _bytes(text: Any) -> bytes:
    if not isinstance(text, str):
        raise ValueError("a part of it is missing")
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("a part of it is garbled") from error
