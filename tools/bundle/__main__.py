"""Builds the folder, its archive and the Debian package into build/bundle, and says what weighs what."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import eventmon
from tools.bundle.build import ROOT, build_folder
from tools.bundle.debian import build_package
from tools.bundle.weight import MEGABYTE, archive, heaviest, size_of


def main() -> None:
    """Build what was asked for."""
    parser = argparse.ArgumentParser(prog="make bundle", description=__doc__)
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "bundle", help="where everything is built")
    parser.add_argument("--folder-only", action="store_true", help="neither archive nor Debian package")
    options = parser.parse_args()
    work: Path = options.work.absolute()
    work.mkdir(parents=True, exist_ok=True)
    folder = build_folder(work)
    print(f"{folder}: {size_of(folder) / MEGABYTE:.1f} MB")
    for part, size in heaviest(folder):
        print(f"  {size / MEGABYTE:6.1f} MB  {part}")
    if not options.folder_only:
        _pack(folder, work)


def _pack(folder: Path, work: Path) -> None:
    target = work / f"eventmon-{eventmon.__version__}.tar.xz"
    print(f"{target}: {archive(folder, target) / MEGABYTE:.1f} MB")
    if shutil.which("dpkg-deb") is None:
        print("No Debian package was built: dpkg-deb is not on this machine.")
        return
    package = build_package(folder, work)
    print(f"{package}: {package.stat().st_size / MEGABYTE:.1f} MB")


if __name__ == "__main__":
    main()
