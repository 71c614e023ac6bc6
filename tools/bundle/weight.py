"""What weighs what in the bundle, and how much it is compressed."""

from __future__ import annotations

import lzma
import tarfile
from collections import Counter
from pathlib import Path

MEGABYTE = 1_000_000
LISTED = 14
FILTERS: list[dict[str, int]] = [{"id": lzma.FILTER_X86}, {"id": lzma.FILTER_LZMA2, "preset": 9}]
"""Every xz unpacks it; the filter for machine code saves 2 MB."""


def size_of(folder: Path) -> int:
    """Bytes of all files in a folder, links not counted."""
    return sum(path.stat().st_size for path in _files(folder))


def heaviest(folder: Path) -> list[tuple[str, int]]:
    """The parts of the bundle and their bytes, the heaviest first."""
    weights: Counter[str] = Counter()
    for path in _files(folder):
        weights[_part_of(path.relative_to(folder))] += path.stat().st_size
    return weights.most_common(LISTED)


def archive(folder: Path, target: Path) -> int:
    """Write the folder as ``.tar.xz``; its bytes."""
    with lzma.open(target, "wb", filters=FILTERS) as compressed, tarfile.open(fileobj=compressed, mode="w") as tar:
        tar.add(folder, arcname=folder.name, filter=_nobody)
    return target.stat().st_size


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]


def _part_of(path: Path) -> str:
    parts = path.parts
    if parts[0] != "_internal":
        return "the program's and all libraries' Python code"
    if parts[1] == "PySide6":
        return "ICU" if path.name.startswith("libicu") else "Qt" if "Qt" in parts else "Qt for Python"
    if parts[1].startswith("numpy"):
        return "numpy with OpenBLAS"
    return "libraries of the system and Python" if path.name.startswith("lib") or parts[1] == "python3.11" else parts[1]


def _nobody(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    return entry
