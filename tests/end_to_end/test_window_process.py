"""The window as a process: others talk to it, signals and a lost display end it, and nothing stored is lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.helpers.screen import VirtualScreen
from tests.helpers.server import CLI, PATIENCE_SECONDS, cli_environment, run_cli
from tests.helpers.session_file import stored_events
from tests.helpers.window_process import WindowProcess

pytestmark = pytest.mark.slow

LINES = 1_000_000
WRITE_LINES = f"""
import sys
write = sys.stdout.write
for number in range({LINES}):
    write(f'{{{{"level":"info","order":"{{number}}","message":"order {{number}} packed"}}}}\\n')
"""


def only_session(home: Path) -> Path:
    """The one session file below a home."""
    (session,) = home.rglob("*.eventmon")
    return session


def test_publish_and_tail_of_other_processes_talk_to_the_window(home: Path, screen: VirtualScreen) -> None:
    with WindowProcess(home, screen.display) as window:
        window.stats()
        tail = subprocess.Popen(
            [*CLI, "tail", "orders/#", "--count", "1", "--timeout", "30", "--jsonl", "--after", "0"],
            stdout=subprocess.PIPE,
            env=cli_environment(home),
        )
        published = run_cli(home, "publish", "orders/eu/created", '{"order": "48348", "total": 129.99}')
        assert published.returncode == 0, published.stderr
        out, _ = tail.communicate(timeout=PATIENCE_SECONDS)
        event = msgspec.json.decode(out)
        assert (event["topic"], event["data"]["order"], event["seq"]) == ("orders/eu/created", "48348", 1)


def test_a_second_start_hands_over_to_the_window_that_is_there(home: Path, screen: VirtualScreen) -> None:
    with WindowProcess(home, screen.display) as window:
        window.stats()
        with WindowProcess(home, screen.display) as second:
            assert second.process.wait(PATIENCE_SECONDS) == 0
        assert run_cli(home, "serve").returncode == 1
        assert window.process.poll() is None


def test_sigterm_closes_the_log_into_one_file(home: Path, screen: VirtualScreen) -> None:
    with WindowProcess(home, screen.display, "--connect", "shop=demo://?rate=20000") as window:
        seen = window.wait_until_stored(20_000)
        assert window.stop() == 0
    session = only_session(home)
    count, highest = stored_events(session)
    assert count == highest >= seen["stored"]
    assert not list(home.rglob("*-wal"))


def test_a_lost_display_loses_nothing_stored(home: Path, screen: VirtualScreen) -> None:
    with WindowProcess(home, screen.display, "--connect", "shop=demo://?rate=20000") as window:
        seen = window.wait_until_stored(20_000)
        screen.take_away()
        window.process.wait(PATIENCE_SECONDS)
    count, highest = stored_events(only_session(home))
    assert count == highest >= seen["stored"]


def test_without_a_display_the_window_says_so_in_one_sentence(home: Path) -> None:
    answer = run_cli(home, QT_QPA_PLATFORM="xcb")
    assert answer.returncode == 1
    lines = answer.stderr.decode().splitlines()
    assert len(lines) == 1
    assert "eventmon serve" in lines[0]


def test_a_display_that_does_not_answer_is_one_sentence(home: Path) -> None:
    answer = run_cli(home, QT_QPA_PLATFORM="xcb", DISPLAY=":4711")
    assert answer.returncode == 1
    assert len(answer.stderr.decode().splitlines()) == 1


def test_a_million_lines_piped_in_from_a_real_program_are_all_stored(home: Path, screen: VirtualScreen) -> None:
    writer = subprocess.Popen([sys.executable, "-c", WRITE_LINES], stdout=subprocess.PIPE)
    assert writer.stdout is not None
    with WindowProcess(home, screen.display, "-", stdin=writer.stdout.fileno()) as window:
        writer.stdout.close()
        stats = window.wait_until_stored(LINES, within=100)
        assert writer.wait(PATIENCE_SECONDS) == 0
        assert (stats["received"], stats["dropped"]) == (LINES, 0)
        assert window.stop() == 0
    assert stored_events(only_session(home)) == (LINES, LINES)


def test_a_log_file_that_a_real_program_writes_is_followed_without_a_line_lost(
    home: Path, screen: VirtualScreen, tmp_path: Path
) -> None:
    log = tmp_path / "packing.log"
    with log.open("wb") as output:
        writer = subprocess.Popen([sys.executable, "-c", WRITE_LINES], stdout=output)
        with WindowProcess(home, screen.display, "--connect", f"packing=pipe://{log}") as window:
            stats = window.wait_until_stored(LINES, within=100)
            assert writer.wait(PATIENCE_SECONDS) == 0
            assert (stats["received"], stats["dropped"]) == (LINES, 0)
            assert window.stop() == 0
    assert stored_events(only_session(home)) == (LINES, LINES)
