"""What Eventmon says it is made of: complete, with versions and licences, as installed and as packaged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from eventmon.engine import parts as module
from eventmon.engine.parts import Part, licence_text, parts


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    parts.cache_clear()
    yield
    parts.cache_clear()


def test_every_library_that_is_needed_is_named_with_its_version_and_licence() -> None:
    found = {part.name.lower(): part for part in parts()}
    assert {"pyside6_essentials", "apsw", "msgspec", "aiohttp", "redis", "keyring", "python", "lucide icons"} <= set(
        found
    )
    assert "yarl" in found, "a library that only another library needs"
    assert all(part.version and part.licence for part in found.values())


def test_what_only_developers_use_is_not_inside() -> None:
    assert not {"pytest", "mypy", "hypothesis", "ruff"} & {part.name for part in parts()}


def test_the_text_of_a_licence_can_be_read() -> None:
    found = {part.name: part for part in parts()}
    assert "Redistribution and use" in licence_text(found["click"])
    assert "ISC License" in licence_text(found["Lucide icons"])
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in licence_text(found["PySide6_Essentials"])


def test_a_packaged_build_tells_what_it_was_built_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / module.BUNDLED_FOLDER
    folder.mkdir()
    (folder / "apsw.txt").write_text("Do with it what you want.", encoding="utf-8")
    listed = [Part(name="apsw", version="3.54", licence="any-OSI", texts=("apsw.txt",))]
    (folder / module.BUNDLED_LIST).write_bytes(msgspec.json.encode(listed))
    monkeypatch.setattr(module, "resources_folder", lambda: tmp_path)
    assert parts() == tuple(listed)
    assert licence_text(parts()[0]) == "Do with it what you want."
