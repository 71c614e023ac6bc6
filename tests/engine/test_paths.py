from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from eventmon.core.errors import UserError
from eventmon.engine.paths import MAX_SOCKET_PATH_BYTES, AlreadyRunning, InstanceLock, Paths


def test_everything_of_a_profile_lies_below_the_home(home: Path) -> None:
    paths = Paths.for_profile("team")
    for path in (paths.default_session, paths.settings_file, paths.layout_file, paths.cache, paths.runtime):
        assert path.is_relative_to(home)
    assert paths.default_session.suffix == ".eventmon"


def test_profiles_share_no_file() -> None:
    first, second = Paths.for_profile("one"), Paths.for_profile("two")
    assert first.default_session != second.default_session
    assert first.socket_path != second.socket_path


def test_nothing_is_made_before_it_is_asked_for(home: Path) -> None:
    paths = Paths.for_profile()
    assert not home.exists()
    paths.create()
    assert paths.data.is_dir()
    for folder in (paths.config, paths.data, paths.cache, paths.runtime):  # events of the log are nobody else's affair
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "-" * 50, "ö", "a\0b", ".hidden"])
def test_a_name_that_is_no_folder_is_refused(name: str) -> None:
    with pytest.raises(UserError, match="profile"):
        Paths.for_profile(name)


def test_a_long_home_gets_a_short_private_socket_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENTMON_HOME", str(tmp_path / ("deep" * 30)))
    paths = Paths.for_profile()
    assert len(os.fsencode(paths.socket_path)) <= MAX_SOCKET_PATH_BYTES
    assert paths.socket_path.parent.name == f"eventmon-{os.getuid()}"
    assert paths.socket_path == Paths.for_profile().socket_path
    assert paths.socket_path != Paths.for_profile("other").socket_path


def test_platform_folders_are_used_without_a_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EVENTMON_HOME")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    paths = Paths.for_profile()
    assert paths.config == tmp_path / "config" / "eventmon" / "default"
    assert paths.data == tmp_path / "data" / "eventmon" / "default"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("in the way")
    monkeypatch.setenv("EVENTMON_HOME", str(blocker))
    with pytest.raises(UserError, match="cannot be made"):
        Paths.for_profile().create()


def test_one_profile_has_one_engine(paths: Paths) -> None:
    first, second = InstanceLock(paths), InstanceLock(paths)
    first.acquire()
    with pytest.raises(AlreadyRunning, match="default"):
        second.acquire()
    first.release()
    second.acquire()
    assert second.held
    assert not first.held
    second.release()


def test_the_lock_ends_with_its_process(paths: Paths) -> None:
    script = (
        "import os\n"
        "from eventmon.engine.paths import InstanceLock, Paths\n"
        "InstanceLock(Paths.for_profile()).acquire()\n"
        "os.kill(os.getpid(), 9)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], check=False)
    assert ended.returncode == -9
    lock = InstanceLock(paths)
    lock.acquire()
    lock.release()
