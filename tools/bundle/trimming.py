"""What belongs into the bundle: the rules that PyInstaller's recipe asks for every file and module.

Two rules carry the weight. Qt's plugins are named one by one, because each brings libraries with it (the gtk3 theme
alone brings fifty). And of the system's libraries only those come along that a desktop may lack or that Python itself
is linked to; the display, the fonts and the C++ runtime have to be the system's own.
"""

from __future__ import annotations

from pathlib import PurePosixPath

EXCLUDED_MODULES = (
    # offered by libraries, never imported by the program
    *("tkinter", "unittest", "doctest", "pdb", "sqlite3", "lib2to3", "ensurepip", "idlelib", "xmlrpc"),
    *("setuptools", "pip", "pkg_resources", "wheel", "readline", "curses", "multiprocessing.dummy"),
    *("numpy.f2py", "numpy.testing", "numpy.distutils", "numpy.random", "numpy.polynomial", "numpy.ma"),
    *("PySide6.QtNetwork", "PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets", "PySide6.QtQml", "PySide6.QtQuick"),
    *("PySide6.QtTest", "PySide6.QtPrintSupport", "PySide6.QtXml", "PySide6.QtSql", "PySide6.QtConcurrent"),
    *("PySide6.QtDBus", "pyqtgraph.opengl", "pyqtgraph.examples", "pyqtgraph.jupyter", "pyqtgraph.canvas"),
    *("pyqtgraph.flowchart", "pyqtgraph.console", "pyqtgraph.dockarea"),
    *("matplotlib", "scipy", "IPython", "PIL", "trio", "pytest", "hypothesis", "mypy"),
)

KEPT_QT_PLUGINS = {
    "platforms": {"libqxcb.so", "libqwayland.so", "libqoffscreen.so"},
    "imageformats": {"libqsvg.so"},  # PNG is built in
    "iconengines": {"libqsvgicon.so"},
    "platformthemes": {"libqxdgdesktopportal.so"},
    "platforminputcontexts": {"libcomposeplatforminputcontextplugin.so", "libibusplatforminputcontextplugin.so"},
    "wayland-shell-integration": {"libxdg-shell.so"},
    "wayland-decoration-client": {"libbradient.so"},
}
"""By folder. The window draws with the raster engine, so nothing of OpenGL is among them."""

KEPT_SYSTEM_LIBRARIES = (
    *("libpython3", "libcrypto.", "libssl.", "libffi.", "libz.", "liblzma.", "libbz2.", "libuuid.", "libexpat."),
    *("libxcb-cursor.", "libxcb-icccm.", "libxcb-image.", "libxcb-keysyms.", "libxcb-render-util.", "libxcb-util."),
    *("libxkbcommon.", "libxkbcommon-x11.", "libxcb-xkb."),
)
"""What Python needs of the machine it was built on, and the X libraries that desktops often lack."""

LIBRARIES_OF_WHEELS = (
    "libQt6",
    "libicu",
    "libshiboken6",
    "libpyside6",
    "libscipy_openblas",
    "libgfortran-",
    "libquadmath-",
)

UNUSED_LIBRARIES = (
    *("libQt6Qml", "libQt6Quick", "libQt6Pdf", "libQt6VirtualKeyboard", "libQt6OpenGL", "libQt6Network"),
    *("libQt6EglFS", "libQt6EglFs", "libQt6WaylandEglClient", "libQt6Test", "libQt6XcbGlx"),
)

UNUSED_MODULES_OF_NUMPY = (
    "_simd.",
    "_multiarray_tests.",
    "_operand_flag_tests.",
    "_rational_tests.",
    "_struct_ufunc_tests.",
    "_umath_tests.",
)

WITHOUT_DOCSTRINGS = frozenset({"numpy", "pyqtgraph", "redis", "aiohttp", "cryptography"})
"""Libraries whose own manuals, a fifth of their code, nobody can ask the bundle for."""

UNUSED_FOLDERS = {"sboms", "tests", "examples", "include"}


def stripped(entry: tuple[str, str, str]) -> tuple[str, str, str]:
    """The entry of a Python module for the archive, without docstrings where nobody reads them."""
    name, source, _ = entry
    return (name, source, "PYMODULE-2") if name.partition(".")[0] in WITHOUT_DOCSTRINGS else entry


def wanted(destination: str) -> bool:
    """Whether a file belongs into the bundle; ``destination`` is its path there."""
    path = PurePosixPath(destination)
    parts, name = path.parts, path.name
    if UNUSED_FOLDERS & set(parts[:-1]):
        return False
    if "PySide6" in parts:
        return _wanted_of_qt(parts, name)
    if parts[0] == "pyqtgraph" and len(parts) > 1 and parts[1] in ("icons", "colors"):
        return False
    if parts[:2] == ("numpy", "_core"):
        return not name.startswith(UNUSED_MODULES_OF_NUMPY)
    return _wanted_library(name) if len(parts) == 1 and ".so" in name else True


def _wanted_of_qt(parts: tuple[str, ...], name: str) -> bool:
    if "plugins" in parts:
        return name in KEPT_QT_PLUGINS.get(parts[parts.index("plugins") + 1], set())
    if "translations" in parts:
        return name.startswith("qtbase_zh")
    return not name.startswith(UNUSED_LIBRARIES)


def _wanted_library(name: str) -> bool:
    """Whether a library at the top of the bundle comes along: modules of Python do, the system's mostly do not."""
    if not name.startswith("lib"):
        return True
    return name.startswith((*KEPT_SYSTEM_LIBRARIES, *LIBRARIES_OF_WHEELS)) and not name.startswith(UNUSED_LIBRARIES)
