"""The list of recent sessions is short, newest first, and never a reason for trouble."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eventmon.engine.paths import Paths
from eventmon.engine.recent_sessions import MAX_RECENT, forget_sessions, recent_sessions, remember_session


def test_the_session_opened_last_stands_first_and_each_stands_there_once(paths: Paths) -> None:
    monday, tuesday = Path("/shop/monday.eventmon"), Path("/shop/tuesday.eventmon")
    assert recent_sessions(paths) == []
    remember_session(paths, monday)
    remember_session(paths, tuesday)
    remember_session(paths, monday)
    assert recent_sessions(paths) == [monday, tuesday]
    forget_sessions(paths)
    assert recent_sessions(paths) == []


def test_the_list_is_bounded(paths: Paths) -> None:
    for number in range(30):
        remember_session(paths, Path(f"/shop/{number}.eventmon"))
    assert len(recent_sessions(paths)) == MAX_RECENT
    assert recent_sessions(paths)[0] == Path("/shop/29.eventmon")


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", b"{}", b"[" * 100_000, b" " * 300_000, b'[1, null, "relative", "/a\\u0000b"]']
)
def test_a_damaged_list_is_an_empty_one_and_can_be_written_again(paths: Paths, content: bytes) -> None:
    paths.create()
    paths.recent_file.write_bytes(content)
    assert recent_sessions(paths) == []
    remember_session(paths, Path("/shop/monday.eventmon"))
    assert json.loads(paths.recent_file.read_text()) == ["/shop/monday.eventmon"]


def test_a_list_that_cannot_be_written_is_no_trouble(paths: Paths, warnings_logged: list[str]) -> None:
    paths.config.parent.mkdir(parents=True)
    paths.config.write_text("no folder")
    remember_session(paths, Path("/shop/monday.eventmon"))
    assert recent_sessions(paths) == []
    assert "could not be kept" in warnings_logged[0]
