"""A layout comes back as it was saved; a damaged file costs the layout and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmon.core.errors import UserError
from eventmon.gui.layout import MAX_BYTES, Layout, load_layout, save_layout

SAVED = Layout(geometry=b"\x00\x01\xff", state=b"docks", panels={"topics": {"expanded": ["orders", "orders/eu"]}})


def test_a_layout_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "config" / "layout.json"
    save_layout(path, SAVED)
    assert load_layout(path) == SAVED
    assert [entry.name for entry in path.parent.iterdir()] == ["layout.json"]


def test_there_is_no_layout_at_first(tmp_path: Path) -> None:
    assert load_layout(tmp_path / "layout.json") is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"version": 99}',
        b'{"version": 1, "geometry": "", "state": "", "panels": []}',
        b'{"version": 1, "geometry": "not base64!", "state": "", "panels": {}}',
        b'{"version": 1, "state": "", "panels": {}}',
        b"[" * 100_000,
        b" " * (MAX_BYTES + 1),
    ],
    ids=lambda content: repr(content[:20]),
)
def test_a_damaged_layout_is_told_of_in_plain_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "layout.json"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"layout\.json cannot be used .* The default one is shown"):
        load_layout(path)


def test_states_that_are_no_tables_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "layout.json"
    save_layout(path, SAVED)
    document = json.loads(path.read_text())
    document["panels"]["event_log"] = 7
    path.write_text(json.dumps(document))
    loaded = load_layout(path)
    assert loaded is not None
    assert loaded.panels == SAVED.panels


def test_a_failed_save_keeps_the_old_layout(tmp_path: Path) -> None:
    path = tmp_path / "layout.json"
    save_layout(path, SAVED)
    with pytest.raises(UserError, match="could not be saved"):
        save_layout(path, Layout(panels={"topics": {"expanded": object()}}))
    assert load_layout(path) == SAVED
    assert [entry.name for entry in tmp_path.iterdir()] == ["layout.json"]


@given(st.binary(max_size=200))
def test_no_file_breaks_loading(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("layout") / "layout.json"
    path.write_bytes(content)
    with pytest.raises(UserError):
        load_layout(path)
