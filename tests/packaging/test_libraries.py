"""Which packages of the system the bundle asks for: those of every library that it needs and does not hold."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy.linalg
import pytest

from tools.bundle.libraries import c_library_version, debian_dependencies, elf_files, external_libraries

pytestmark = pytest.mark.skipif(
    shutil.which("objdump") is None, reason="objdump (package binutils) is not on this machine"
)


def module() -> Path:
    (found,) = Path(numpy.linalg.__file__).parent.glob("_umath_linalg*.so")
    return found


def test_a_library_outside_the_folder_is_named_with_who_needs_it(tmp_path: Path) -> None:
    shutil.copy(module(), tmp_path)
    (tmp_path / "readme.txt").write_text("no library", encoding="utf-8")
    needs = external_libraries(tmp_path)
    assert [name for name in needs if "openblas" in name]
    assert all(file.name == module().name for file in needs.values())


def test_a_library_whose_package_is_not_known_ends_the_build(tmp_path: Path) -> None:
    shutil.copy(module(), tmp_path)
    with pytest.raises(SystemExit, match=r"openblas.*needed by _umath_linalg"):
        debian_dependencies(tmp_path)


def test_the_c_library_is_as_new_as_the_newest_symbol_asks_for() -> None:
    assert c_library_version(elf_files(module().parent)) >= (2, 17)
