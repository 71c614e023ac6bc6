"""Which system libraries Qt needs and which Debian packages bring them, so that nobody meets a loader error.

Found by loading each library as Qt will, not by asking a package manager: that is true on every distribution.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable

OFFSCREEN = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
}
X_WINDOW = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}


def missing_packages(*, for_tests: bool) -> list[str]:
    """Debian packages that are needed and not there; empty on systems other than Linux."""
    if not sys.platform.startswith("linux"):
        return []
    missing = [package for library, package in (OFFSCREEN | X_WINDOW).items() if not _loads(library)]
    if not _has_a_font():
        missing.append("fonts-dejavu-core")
    if for_tests and shutil.which("Xvfb") is None:
        missing.append("xvfb")
    return missing


def provide(*, for_tests: bool, install: bool) -> None:
    """See that everything is there; install it as root or on request, else name what to install.

    Raises:
        SystemExit: something is missing and may not be installed from here.
    """
    missing = missing_packages(for_tests=for_tests)
    if not missing:
        return
    names = " ".join(missing)
    if not (install or _is_root()) or shutil.which("apt-get") is None:
        sys.exit(
            f"Qt needs system libraries that are not installed. On Debian or Ubuntu: sudo apt-get install {names}\n"
            f"(or run the same command with --install-system)."
        )
    print(f"Installing system libraries: {names}", flush=True)
    _apt_install(missing)
    still = missing_packages(for_tests=for_tests)
    if still:
        sys.exit(f"These system packages could not be installed: {' '.join(still)}. Install them by hand.")


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _has_a_font() -> bool:
    folders = ("/usr/share/fonts", "/usr/local/share/fonts", os.path.expanduser("~/.local/share/fonts"))
    return any(
        name.endswith((".ttf", ".otf", ".ttc"))
        for folder in folders
        for _path, _folders, names in os.walk(folder)
        for name in names
    )


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _apt_install(packages: Iterable[str]) -> None:
    sudo = [] if _is_root() else ["sudo"]
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*sudo, "apt-get", "update", "-qq"], env=environment, check=False)
    command = [*sudo, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    subprocess.run(command, env=environment, check=False)
