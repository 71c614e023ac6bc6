"""Stands in the bundle for Qt's OpenGL bindings, 10 MB that pyqtgraph imports and the program never draws with.

pyqtgraph asks for them at its start, to have a widget that it can draw on by OpenGL if it is told to. Ours is not.
"""

import sys
import types


def _a_plain_widget(name: str) -> type:
    from PySide6.QtWidgets import QWidget

    if name.startswith("__"):
        raise AttributeError(name)
    return QWidget


for _name in ("PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets"):
    _module = types.ModuleType(_name, "Left out of the bundle.")
    _module.__getattr__ = _a_plain_widget  # type: ignore[method-assign]
    sys.modules[_name] = _module
