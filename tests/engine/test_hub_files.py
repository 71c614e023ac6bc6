"""What an instance remembers of hubs: who it is, and never silently somebody else."""

from __future__ import annotations

import pytest

from eventmon.engine.hub_files import HubFiles
from eventmon.engine.paths import Paths


@pytest.fixture(autouse=True)
def folders(paths: Paths) -> None:
    paths.create()


def test_an_instance_is_the_same_after_a_restart(paths: Paths) -> None:
    first = HubFiles(paths)
    first.save()
    assert HubFiles(paths).memory.instance == first.memory.instance
    assert first.mistake == ""


@pytest.mark.parametrize("broken", [b"", b'{"instance": "a', b"[1]", b"\xff\xfe"])
def test_a_file_that_cannot_be_understood_is_put_aside_and_told(paths: Paths, broken: bytes) -> None:
    paths.hub_file.write_bytes(broken)
    found = HubFiles(paths)
    assert "cannot be read" in found.mistake
    assert paths.hub_file.with_suffix(".broken.json").read_bytes() == broken
    found.save()
    assert HubFiles(paths).memory.instance == found.memory.instance
