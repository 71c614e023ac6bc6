"""The layout is on the disk soon after it changed, and only then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from eventmon.gui import layout_keeper
from eventmon.gui.layout import Layout, OwnLayout, load_layout
from eventmon.gui.layout_keeper import LayoutKeeper


class Window:
    """Stands in for the one method of a window that is asked."""

    def __init__(self) -> None:
        self.layout = Layout(state=b"docks", panels={"publish": {"draft": ""}})
        self.restored: list[Layout] = []

    def save(self) -> Layout:
        return self.layout

    def restore(self, layout: Layout) -> None:
        self.restored.append(layout)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout_keeper, "LOOK_SECONDS", 0.01)


def kept(path: Path, window: Window, told: list[str]) -> LayoutKeeper:
    return LayoutKeeper(path, window, told.append)  # type: ignore[arg-type]  # one method of it is used


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - the file appears from another thread
            await asyncio.sleep(0.005)


def test_what_changes_is_written_without_an_end(tmp_path: Path) -> None:
    path, window = tmp_path / "layout.json", Window()

    async def scenario() -> None:
        keeping = asyncio.ensure_future(kept(path, window, []).keep())
        await until(path.exists)
        window.layout = Layout(state=b"docks", panels={"publish": {"draft": '{"order": 48348}'}})
        await until(lambda: load_layout(path) == window.layout)
        keeping.cancel()

    asyncio.run(scenario())


def test_nothing_is_written_while_nothing_changes(tmp_path: Path) -> None:
    path, window = tmp_path / "layout.json", Window()

    async def scenario() -> None:
        keeping = asyncio.ensure_future(kept(path, window, []).keep())
        await until(path.exists)
        path.unlink()
        await asyncio.sleep(0.1)
        keeping.cancel()

    asyncio.run(scenario())
    assert not path.exists()


def test_a_disk_that_refuses_is_told_of_and_tried_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder, window = tmp_path / "config", Window()
    folder.write_text("no folder")
    keeper = kept(folder / "layout.json", window, [])
    keeper.save()
    folder.unlink()
    keeper.save()
    assert not folder.exists()
    window.layout = Layout(state=b"other")
    keeper.save()
    assert load_layout(folder / "layout.json") == window.layout
    assert "could not be saved" in caplog.text


def test_the_window_gets_back_what_was_saved_and_a_damaged_file_is_told_of(tmp_path: Path) -> None:
    path, window, told = tmp_path / "layout.json", Window(), list[str]()
    keeper = kept(path, window, told)
    assert not keeper.restore()
    assert (window.restored, told) == ([], [])
    keeper.save()
    assert keeper.restore()
    assert window.restored == [window.layout]
    path.write_text("{")
    assert not keeper.restore()
    assert "cannot be used" in told[0]


def test_what_another_window_has_named_stays_and_what_is_deleted_here_goes(tmp_path: Path) -> None:
    path, here, there = tmp_path / "layout.json", Window(), Window()
    mine, theirs = OwnLayout(state=b"mine", panels=()), OwnLayout(state=b"theirs", panels=())
    keeper = kept(path, here, [])
    here.layout = Layout(own={"Night shift": mine})
    keeper.save()
    other = kept(path, there, [])
    other.restore()
    there.layout = Layout(own={"Night shift": mine, "Weekend": theirs})
    other.save()
    here.layout = Layout(state=b"moved", own={})
    keeper.save()
    found = load_layout(path)
    assert found is not None
    assert found.own == {"Weekend": theirs}
    assert found.state == b"moved"
