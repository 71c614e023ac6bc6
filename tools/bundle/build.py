"""Building the folder: PyInstaller by our recipe, then what no recipe can do (licences, Qt's ICU data, symbols)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.bundle.icu import write_trimmed_library
from tools.bundle.libraries import elf_files
from tools.bundle.licences import kept_system_libraries, write_licences

ROOT = Path(__file__).resolve().parent.parent.parent
RECIPE = ROOT / "resources" / "packaging" / "eventmon.spec"


def build_folder(work: Path) -> Path:
    """Build the packaged program below ``work``; its folder, with the program ``eventmon`` in it."""
    licences = work / "licences"
    shutil.rmtree(licences, ignore_errors=True)
    write_licences(licences, kept_system_libraries())
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR"]
    folders = ["--distpath", str(work / "folder"), "--workpath", str(work / "pyinstaller")]
    environment = {**os.environ, "EVENTMON_BUNDLE_LICENCES": str(licences)}
    subprocess.run([*command, *folders, str(RECIPE)], check=True, cwd=ROOT, env=environment)
    folder = work / "folder" / "eventmon"
    _strip(folder)
    _trim_icu(folder)
    return folder


def _strip(folder: Path) -> None:
    """Take symbols for debuggers out; not of libraries that a wheel's builder rewrote, which that would break."""
    for file in elf_files(folder / "_internal"):
        if not file.parent.name.endswith(".libs"):
            subprocess.run(["strip", "--strip-unneeded", str(file)], check=False, capture_output=True)


def _trim_icu(folder: Path) -> None:
    """Cut Qt's ICU data down; when the linker cannot, the whole of it stays and the bundle is 28 MB larger."""
    for library in folder.rglob("libicudata.so.*"):
        if not library.is_symlink():
            trimmed = library.with_suffix(".trimmed")
            try:
                write_trimmed_library(library, trimmed)
            except (OSError, ValueError, subprocess.CalledProcessError) as error:
                print(f"bundle: Qt's ICU data stays whole ({error})", flush=True)
                continue
            trimmed.chmod(library.stat().st_mode)
            trimmed.replace(library)
