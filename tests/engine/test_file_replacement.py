from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from eventmon.engine.file_replacement import replace_file


def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "made" / "workspace.toml"
    replace_file(path, "first")
    replace_file(path, "Bestellungen für 12 €\n")
    assert path.read_text(encoding="utf-8") == "Bestellungen für 12 €\n"
    assert os.listdir(path.parent) == ["workspace.toml"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    kept = tmp_path / "dotfiles" / "workspace.toml"
    kept.parent.mkdir()
    kept.write_text("first")
    link = tmp_path / "workspace.toml"
    link.symlink_to(kept)
    replace_file(link, "second")
    assert link.is_symlink()
    assert kept.read_text() == "second"


def test_a_failure_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "config" / "workspace.toml"
    path.parent.mkdir()
    path.write_text("first")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(ValueError, match="surrogates"):
        replace_file(path, "\udcff")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        replace_file(path, "second")
    assert path.read_text() == "first"
    assert os.listdir(path.parent) == ["workspace.toml"]


def test_a_private_file_replaces_one_that_everybody_could_read(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    path.write_text("{}")
    path.chmod(0o644)
    replace_file(path, "{}", private=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
