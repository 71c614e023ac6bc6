"""Qt's ICU data, cut down: a seventh of the bytes, and every text is still sorted and cased as before."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import PySide6
import pytest

from tools.bundle.icu import trimmed_data, write_trimmed_library

SCRIPT = """
import functools
from PySide6.QtCore import QCollator, QLocale
for name in ("zh_CN", "en_GB", "de_DE"):
    collator = QCollator(QLocale(name))
    collator.setNumericMode(True)
    print(name, sorted("中 安 北 b ä a Z z10 z9 Ω".split(), key=functools.cmp_to_key(collator.compare)))
print(QLocale("tr").toUpper("istanbul"), QLocale("zh_CN").toString(1234567), QLocale("zh_CN").dayName(1))
print([line.split()[-1] for line in open("/proc/self/maps") if "icudata" in line][0])
"""


def data_library() -> Path:
    found = sorted(Path(PySide6.__file__).parent.glob("Qt/lib/libicudata.so.*"))
    if not found:
        pytest.skip("this PySide6 brings no ICU library")
    return found[0]


def answers(folder: Path | None) -> list[str]:
    environment = dict(os.environ) if folder is None else {**os.environ, "LD_LIBRARY_PATH": str(folder)}
    command = [sys.executable, "-c", SCRIPT]
    return subprocess.run(
        command, check=True, capture_output=True, text=True, env=environment, timeout=60
    ).stdout.splitlines()


@pytest.mark.skipif(shutil.which("ld") is None, reason="the linker (package binutils) is not on this machine")
def test_texts_are_sorted_and_cased_as_with_the_whole_data(tmp_path: Path) -> None:
    whole = data_library()
    target = tmp_path / whole.name
    write_trimmed_library(whole, target)
    assert target.stat().st_size * 7 < whole.stat().st_size
    *texts, used = answers(tmp_path)
    assert used == str(target)
    assert texts == answers(None)[:-1]


def test_another_library_is_refused() -> None:
    with pytest.raises(ValueError, match="no library of ICU data"):
        trimmed_data(b"\x7fELF" + bytes(4096))
