from __future__ import annotations

import asyncio
import contextlib
import os
from pathlib import Path

import msgspec
import pytest

from eventmon.core.cloudevents import from_structured
from eventmon.core.errors import UserError
from eventmon.observers.base import MAX_SHOWN_BYTES
from eventmon.observers.file import FileConfig, FileKind, FileObserver
from tests.helpers.hostile import HOSTILE_TEXTS
from tests.observers.lent import Lent, order


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "orders.log"


def write(path: Path, *payloads: bytes, text: str = "{{data}}", between: object = None) -> None:
    async def scenario() -> None:
        observer = FileObserver(FileConfig(path=str(path), text=text), Lent())
        for data in payloads:
            await observer.deliver(order(data))
            if callable(between):
                between()
        await observer.close()

    asyncio.run(scenario())


def test_lines_are_appended_to_what_is_there(path: Path) -> None:
    path.write_text("before\n")
    write(path, b"one", b"two\r\nlines", b"\xff")
    assert path.read_text() == "before\none\ntwo  lines\n\ufffd\n"


def test_an_event_is_written_as_cloudevents_json(path: Path) -> None:
    write(path, b'{"total": 1}', b"\x00", text="")
    first, second = path.read_bytes().splitlines()
    assert msgspec.json.decode(first)["id"] == "0b5c-7"
    assert from_structured(first).data == b'{"total": 1}'
    assert from_structured(second).data == b"\x00"
    assert path.stat().st_mode & 0o777 == 0o600


def test_nothing_is_made_before_the_first_event(path: Path) -> None:
    write(path)
    assert not path.exists()


def test_a_file_that_was_rotated_is_made_anew(path: Path) -> None:
    def rotate() -> None:
        if not path.with_suffix(".1").exists():
            path.rename(path.with_suffix(".1"))

    write(path, b"one", b"two", b"three", between=rotate)
    assert path.with_suffix(".1").read_text() == "one\n"
    assert path.read_text() == "two\nthree\n"


@pytest.mark.parametrize("made", ["folder", "pipe", "missing"])
def test_what_cannot_be_written_is_a_failure_in_a_sentence(path: Path, made: str) -> None:
    target = path
    if made == "folder":
        path.mkdir()
    elif made == "pipe":
        os.mkfifo(path)
    else:
        target = path / "missing" / "orders.log"
    with pytest.raises(UserError, match=rf"{target.name} cannot be written: .*Mend that"):
        write(target, b"one")


def test_a_full_disk_leaves_no_half_line_and_mending_helps(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, room = os.write, [10]

    def full(descriptor: int, data: memoryview) -> int:
        if not room[0]:
            raise OSError(28, "No space left on device")
        taken = real(descriptor, data[: room[0]])
        room[0] -= taken
        return taken

    async def scenario() -> None:
        observer = FileObserver(FileConfig(path=str(path), text="{{data}}"), Lent())
        monkeypatch.setattr("eventmon.observers.file.os.write", full)
        await observer.deliver(order(b"one"))
        with pytest.raises(UserError, match="No space left"):
            await observer.deliver(order(b"two and more"))
        room[0] = 1_000
        await observer.deliver(order(b"three"))
        await observer.close()
        monkeypatch.undo()

    asyncio.run(scenario())
    assert path.read_text() == "one\nthree\n"


def test_a_trial_writes_nothing(path: Path) -> None:
    trial = FileKind().trial(FileConfig(path=str(path)), order())
    assert trial.does.startswith("It would append ")
    assert '"topic":"orders/eu/created"' in trial.shows
    assert not path.exists()


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_a_path_of_any_text_is_a_file_or_refused_in_words(name: str) -> None:
    config = FileConfig(path=HOSTILE_TEXTS[name])
    for ask in (FileKind().look_around, lambda config: FileKind().open(config, Lent())):
        with contextlib.suppress(UserError):
            ask(config)


def test_a_folder_is_refused_where_a_file_should_be(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"^File: .* is a folder. Choose a file in it.$"):
        FileKind().look_around(FileConfig(path=str(tmp_path)))
    for other in (tmp_path / "orders.jsonl", tmp_path / "not yet" / "orders.jsonl"):
        FileKind().look_around(FileConfig(path=str(other)))


def test_a_trial_shows_the_beginning_and_says_that_it_is_cut(path: Path) -> None:
    event = msgspec.structs.replace(order(), data=b"x" * 10_000_000)
    trial = FileKind().trial(FileConfig(path=str(path)), event)
    assert (len(trial.shows.encode()), trial.cut) == (MAX_SHOWN_BYTES, True)
    assert not FileKind().trial(FileConfig(path=str(path)), order()).cut
