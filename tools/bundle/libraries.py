"""Which libraries of the system the bundle needs, and the Debian packages that bring them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

DEBIAN_PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libgl1",
    "libOpenGL.so.0": "libopengl0",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libgcc_s.so.1": "libgcc-s1",
    "libglib-2.0.so.0": "libglib2.0-0 | libglib2.0-0t64",
    "libgthread-2.0.so.0": "libglib2.0-0 | libglib2.0-0t64",
    "libstdc++.so.6": "libstdc++6",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libzstd.so.1": "libzstd1",
    "libxcb.so.1": "libxcb1",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xinput.so.0": "libxcb-xinput0",
}
"""By the name that the linker asks for. The packages of the time64 transition are named as alternatives."""

OF_THE_C_LIBRARY = ("libc.so", "libm.so", "libdl.so", "libpthread.so", "librt.so", "libutil.so", "ld-linux")

Needs = dict[str, Path]


def external_libraries(folder: Path) -> Needs:
    """Each library that something in the folder needs and the folder does not hold, with one file that needs it."""
    files = list(elf_files(folder))
    inside = {file.name for file in files} | {link.name for link in folder.rglob("*.so*")}
    needed = {name: file for file in files for name in _needed_by(file)}
    return {
        name: file
        for name, file in sorted(needed.items())
        if name not in inside and not name.startswith(OF_THE_C_LIBRARY)
    }


def debian_dependencies(folder: Path) -> list[str]:
    """The packages that a Debian package of the folder depends on, the C library with the version it needs.

    Raises:
        SystemExit: a library is needed whose package is not known.
    """
    needs = external_libraries(folder)
    unknown = {name: file for name, file in needs.items() if name not in DEBIAN_PACKAGES}
    if unknown:
        told = ", ".join(f"{name} (needed by {file.name})" for name, file in unknown.items())
        raise SystemExit(f"The packages of these libraries are not in tools/bundle/libraries.py: {told}")
    oldest = ".".join(map(str, c_library_version(elf_files(folder))))
    return [f"libc6 (>= {oldest})", *sorted({DEBIAN_PACKAGES[name] for name in needs})]


def c_library_version(files: Iterable[Path]) -> tuple[int, ...]:
    """The oldest version of the C library that all these files run with."""
    found: set[tuple[int, ...]] = {(2, 17)}
    for file in files:
        symbols = _told("objdump", "-T", str(file))
        found |= {tuple(map(int, version.split("."))) for version in re.findall(r"GLIBC_(2\.\d+)", symbols)}
    return max(found)


def elf_files(folder: Path) -> Iterable[Path]:
    """Every program and library in a folder, links left out."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == b"\x7fELF":
                    yield path


def _needed_by(file: Path) -> list[str]:
    return re.findall(r"NEEDED\s+(\S+)", _told("objdump", "-p", str(file)))


def _told(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
