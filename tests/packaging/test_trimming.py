"""What the bundle leaves out: whatever the system brings, nobody uses or nobody reads, and nothing else."""

from __future__ import annotations

import pytest

from tools.bundle.trimming import stripped, wanted


@pytest.mark.parametrize(
    "path",
    [
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/platforms/libqoffscreen.so",
        "PySide6/Qt/lib/libQt6Widgets.so.6",
        "PySide6/QtGui.abi3.so",
        "libxcb-cursor.so.0",
        "libpython3.11.so.1.0",
        "libicudata.so.73",
        "pyroaring.cpython-311-x86_64-linux-gnu.so",
        "numpy/_core/_multiarray_umath.cpython-311-x86_64-linux-gnu.so",
        "eventmon/resources/icons/radar.svg",
        "eventmon/resources/licences/parts.json",
    ],
)
def test_what_the_program_needs_comes_along(path: str) -> None:
    assert wanted(path)


@pytest.mark.parametrize(
    "path",
    [
        "PySide6/Qt/plugins/platformthemes/libqgtk3.so",
        "PySide6/Qt/plugins/platforms/libqeglfs.so",
        "PySide6/Qt/lib/libQt6Qml.so.6",
        "PySide6/Qt/translations/qtbase_de.qm",
        "libX11.so.6",
        "libstdc++.so.6",
        "libgtk-3.so.0",
        "numpy/_core/_simd.cpython-311-x86_64-linux-gnu.so",
        "platformdirs-4.14.7.dist-info/sboms/platformdirs.cdx.json",
        "pyqtgraph/icons/peegee/peegee_512px@2x.png",
    ],
)
def test_what_nobody_uses_stays_behind(path: str) -> None:
    assert not wanted(path)


def test_docstrings_stay_where_the_command_line_shows_them() -> None:
    assert stripped(("eventmon.cli.tail", "tail.py", "PYMODULE-1")) == ("eventmon.cli.tail", "tail.py", "PYMODULE-1")
    assert stripped(("numpy.fft", "fft.py", "PYMODULE-1")) == ("numpy.fft", "fft.py", "PYMODULE-2")
