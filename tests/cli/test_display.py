"""Whether a window can be shown is said in a sentence before Qt could abort."""

from __future__ import annotations

from pathlib import Path

import pytest

from eventmon.cli import display
from eventmon.core.errors import UserError


def test_a_plugin_whose_libraries_are_missing_is_named_in_a_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "libqxcb.so"
    broken.write_bytes(b"not a library")
    with pytest.raises(UserError, match="eventmon serve"):
        display._require_libraries(broken)


def test_the_plugin_that_is_installed_can_be_loaded() -> None:
    plugin = display._x_plugin()
    assert plugin is not None
    display._require_libraries(plugin)
