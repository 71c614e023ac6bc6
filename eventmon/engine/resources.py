"""Where icons and other data files lie: in a checkout, in an installed wheel and in a frozen build alike."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import eventmon


def _candidates() -> list[Path]:
    package = Path(eventmon.__file__).resolve().parent
    frozen = getattr(sys, "_MEIPASS", None)
    bundled = [Path(frozen) / "eventmon" / "resources", Path(frozen) / "resources"] if frozen else []
    return [*bundled, package / "resources", package.parent / "resources"]


@cache
def resources_folder() -> Path:
    """The folder with ``icons/``.

    Raises:
        FileNotFoundError: naming every place looked at; the installation is incomplete.
    """
    for folder in _candidates():
        if (folder / "icons").is_dir():
            return folder
    looked = ", ".join(str(folder) for folder in _candidates())
    raise FileNotFoundError(f"Eventmon's resources are missing (looked in {looked}). Install it again.")


def has_icon(name: str) -> bool:
    """Whether there is an icon of that name: an engine may be newer than this window."""
    return bool(name) and (resources_folder() / "icons" / f"{name}.svg").is_file()
