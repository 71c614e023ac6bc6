"""Whether a window can be shown at all, found out before Qt is loaded: Qt would abort the process instead."""

from __future__ import annotations

import ctypes
import importlib.util
import re
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from eventmon.core.errors import UserError

PROBE_SECONDS = 3.0
WITHOUT_DISPLAY = "Run it under a virtual screen (`xvfb-run eventmon`) or without a window (`eventmon serve`)."
LIBRARIES = "libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxkbcommon-x11-0 libegl1 libgl1"
_X_PLATFORMS = frozenset({"", "xcb"})
_DISPLAY = re.compile(r"(?P<host>[^:]*):(?P<number>\d{1,5})(\.\d+)?")
_FIRST_X_PORT = 6000


def require_display(environment: Mapping[str, str]) -> None:
    """Return when a window can be shown on this machine.

    Raises:
        UserError: there is no display, or it does not answer.
    """
    platform = environment.get("QT_QPA_PLATFORM", "").partition(":")[0].partition(";")[0]
    if not sys.platform.startswith("linux") or platform not in _X_PLATFORMS | {"wayland"}:
        return
    wayland, display = environment.get("WAYLAND_DISPLAY"), environment.get("DISPLAY")
    if platform != "xcb" and wayland and _wayland_answers(wayland, environment):
        return
    if platform in _X_PLATFORMS and display:
        if not _x_answers(display):
            raise UserError(f"The display {display} does not answer. {WITHOUT_DISPLAY}")
        _require_libraries(_x_plugin())
        return
    raise UserError(f"There is no display to open a window on. {WITHOUT_DISPLAY}")


def _x_plugin() -> Path | None:
    """Qt's plug-in for X windows, None where Qt brings none; found without loading Qt."""
    qt = importlib.util.find_spec("PySide6")
    places = (qt.submodule_search_locations if qt else None) or ()
    plugins = (Path(place) / "Qt/plugins/platforms/libqxcb.so" for place in places)
    return next(filter(Path.exists, plugins), None)


def _require_libraries(plugin: Path | None) -> None:
    """Load what Qt is going to load: the loader names the library that is missing, Qt would abort."""
    if plugin is None:
        return
    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        missing = str(error).partition(":")[0]
        raise UserError(
            f"The window needs the system library {missing}, which cannot be loaded. On Debian or Ubuntu install "
            f"{LIBRARIES}; without a window use `eventmon serve`."
        ) from error


def _wayland_answers(name: str, environment: Mapping[str, str]) -> bool:
    return _unix_answers(str(Path(environment.get("XDG_RUNTIME_DIR", "/")) / name))


def _x_answers(display: str) -> bool:
    """Whether something listens where the X server of this display should be."""
    if display.startswith("/"):
        return _unix_answers(display)  # a launchd style display is a socket itself
    found = _DISPLAY.fullmatch(display)
    if found is None:
        return False
    host, number = found["host"], int(found["number"])
    if host in ("", "unix"):
        path = f"/tmp/.X11-unix/X{number}"
        return _unix_answers(path) or _unix_answers("\0" + path)
    return _tcp_answers(host, _FIRST_X_PORT + number)


def _unix_answers(address: str) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(PROBE_SECONDS)
        try:
            probe.connect(address)
        except OSError:
            return False
    return True


def _tcp_answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), PROBE_SECONDS).close()
    except (OSError, OverflowError):
        return False
    return True
