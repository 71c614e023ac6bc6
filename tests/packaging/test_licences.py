"""The licences that go into the bundle: one text at least for every part, and a list that can be read back."""

from __future__ import annotations

from pathlib import Path

import msgspec

from eventmon.engine.parts import BUNDLED_LIST, Part
from tools.bundle.licences import kept_system_libraries, write_licences


def test_every_part_comes_with_its_licence(tmp_path: Path) -> None:
    write_licences(tmp_path, kept_system_libraries())
    listed = msgspec.json.decode((tmp_path / BUNDLED_LIST).read_bytes(), type=list[Part])
    assert {"PySide6_Essentials", "numpy", "Python", "Lucide icons"} <= {part.name for part in listed}
    for part in listed:
        assert part.texts, part.name
        assert all((tmp_path / text).stat().st_size > 100 for text in part.texts), part.name
