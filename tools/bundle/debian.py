"""The Debian package: the folder below /usr/lib, the command, and what a desktop needs to find it.

Desktop, MIME and icon caches are brought up to date by the triggers of the packages that own them, so there are no
scripts of ours that run as root.
"""

from __future__ import annotations

import gzip
import shutil
import subprocess
from email.utils import formatdate
from pathlib import Path

import eventmon
from tools.bundle.build import ROOT
from tools.bundle.libraries import debian_dependencies
from tools.bundle.weight import size_of

ICON_SIZES = (16, 24, 32, 48, 64, 128, 256)
DESCRIPTION = """desktop workbench for event-driven systems
 Eventmon shows every event of your systems, fires any event and attaches
 observers to anything. It connects to Redis and Valkey, follows files and
 pipes, and keeps a durable log that is searchable while it grows. The same
 engine runs without a window.
"""


def build_package(folder: Path, work: Path) -> Path:
    """Build the package of a bundle's folder below ``work``; its file.

    Raises:
        FileNotFoundError: there is no dpkg-deb.
    """
    tree = work / "debian"
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(folder, tree / "usr/lib/eventmon", symlinks=True)
    (tree / "usr/bin").mkdir(parents=True)
    (tree / "usr/bin/eventmon").symlink_to("../lib/eventmon/eventmon")
    _write_desktop_files(tree / "usr/share")
    _write_documents(tree / "usr/share/doc/eventmon")
    _write_control(tree)
    package = work / f"eventmon_{eventmon.__version__}_{_architecture()}.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Zxz", "-z9", "--build", str(tree), str(package)], check=True)
    return package


def _write_desktop_files(share: Path) -> None:
    for source, target in (
        (ROOT / "resources/eventmon.desktop", share / "applications/eventmon.desktop"),
        (ROOT / "resources/packaging/eventmon-mime.xml", share / "mime/packages/eventmon.xml"),
        (ROOT / "resources/eventmon.svg", share / "icons/hicolor/scalable/apps/eventmon.svg"),
    ):
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    _draw_icons(share / "icons/hicolor")


def _draw_icons(folder: Path) -> None:
    """The icon in the sizes of a theme, for desktops that draw no SVG."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    drawing = QSvgRenderer(str(ROOT / "resources/eventmon.svg"))
    for size in ICON_SIZES:
        image = QImage(size, size, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        drawing.render(painter)
        painter.end()
        target = folder / f"{size}x{size}/apps/eventmon.png"
        target.parent.mkdir(parents=True)
        image.save(str(target))


def _write_documents(folder: Path) -> None:
    folder.mkdir(parents=True)
    notice = "Eventmon is under the Apache License 2.0. The licences of the libraries inside are in\n"
    where = "/usr/lib/eventmon/_internal/eventmon/resources/licences; `eventmon about` lists them.\n\n"
    (folder / "copyright").write_text(notice + where + (ROOT / "LICENSE").read_text(encoding="utf-8"), encoding="utf-8")
    changes = f"eventmon ({eventmon.__version__}) stable; urgency=medium\n\n  * See CHANGELOG.md.gz.\n\n"
    author = f" -- The Eventmon authors <eventmon@localhost>  {formatdate()}\n"
    (folder / "changelog.gz").write_bytes(gzip.compress((changes + author).encode(), mtime=0))
    (folder / "CHANGELOG.md.gz").write_bytes(gzip.compress((ROOT / "CHANGELOG.md").read_bytes(), mtime=0))


def _write_control(tree: Path) -> None:
    control = {
        "Package": "eventmon",
        "Version": eventmon.__version__,
        "Architecture": _architecture(),
        "Maintainer": "The Eventmon authors <eventmon@localhost>",
        "Installed-Size": str(size_of(tree) // 1024),
        "Depends": ", ".join(debian_dependencies(tree / "usr/lib/eventmon")),
        "Recommends": "shared-mime-info, fonts-dejavu-core | fonts-noto-core",
        "Section": "devel",
        "Priority": "optional",
        "Description": DESCRIPTION.rstrip(),
    }
    (tree / "DEBIAN").mkdir()
    lines = "".join(f"{key}: {value}\n" for key, value in control.items())
    (tree / "DEBIAN/control").write_text(lines, encoding="utf-8")


def _architecture() -> str:
    return subprocess.run(["dpkg", "--print-architecture"], check=True, capture_output=True, text=True).stdout.strip()
