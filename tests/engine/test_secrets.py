from __future__ import annotations

import asyncio
import os
import stat
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import keyring
import keyring.errors
import pytest
from keyring.backend import KeyringBackend

from eventmon.core.errors import UserError
from eventmon.engine import secrets
from eventmon.engine.paths import Paths
from eventmon.engine.problems import Problems
from eventmon.engine.secrets import SecretStore, is_reference
from tests.engine.conftest import Run


class DeskKeyring(KeyringBackend):
    """A keyring as a desktop has one, in memory; ``fault`` is what it raises instead."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.fault: Exception | None = None
        self.locked: threading.Event | None = None

    def set_password(self, service: str, username: str, password: str) -> None:
        self._fail()
        self.kept[service, username] = password

    def get_password(self, service: str, username: str) -> str | None:
        self._fail()
        return self.kept.get((service, username))

    def delete_password(self, service: str, username: str) -> None:
        self._fail()
        del self.kept[service, username]

    def _fail(self) -> None:
        if self.locked is not None:
            self.locked.wait(30)
        if self.fault is not None:
            raise self.fault


@pytest.fixture
def desk() -> Iterator[DeskKeyring]:
    before = keyring.get_keyring()
    desk = DeskKeyring()
    keyring.set_keyring(desk)
    yield desk
    keyring.set_keyring(before)


@pytest.fixture
def problems() -> Problems:
    return Problems(lambda: 0)


@pytest.fixture
def on_desktop(paths: Paths) -> Paths:
    """A profile that may keep things outside its folder."""
    return replace(paths, portable=False)


def _texts(problems: Problems) -> list[str]:
    return [problem.text for problem in problems.since(0)]


def test_a_secret_goes_to_the_keyring_and_leaves_no_file(
    run: Run[Any], on_desktop: Paths, problems: Problems, desk: DeskKeyring
) -> None:
    async def scenario() -> None:
        store = SecretStore(on_desktop, problems)
        assert await store.keep("prod", "hunter2") == "keyring:prod"
        assert desk.kept == {("eventmon", "prod"): "hunter2"}
        assert await SecretStore(on_desktop).resolve("keyring:prod") == "hunter2"
        await SecretStore(replace(on_desktop, profile="work")).keep("prod", "other")
        assert desk.kept["eventmon work", "prod"] == "other"
        await store.forget("prod")
        await store.forget("prod")
        assert ("eventmon", "prod") not in desk.kept
        assert not on_desktop.secrets_file.exists()
        assert _texts(problems) == []

    run(scenario())


@pytest.mark.parametrize(
    "fault",
    [keyring.errors.NoKeyringError("none"), keyring.errors.KeyringLocked("locked"), OSError("the bus is gone")],
    ids=lambda fault: type(fault).__name__,
)
def test_without_a_keyring_a_secret_goes_to_a_private_file_and_that_is_said_once(
    run: Run[Any], on_desktop: Paths, problems: Problems, desk: DeskKeyring, fault: Exception
) -> None:
    async def scenario() -> None:
        desk.fault = fault
        store = SecretStore(on_desktop, problems)
        assert await store.keep("prod", "hunter2") == "keyring:prod"
        await store.keep("dev", "letmein")
        assert await store.resolve("keyring:prod") == "hunter2"
        assert stat.S_IMODE(on_desktop.secrets_file.stat().st_mode) == 0o600
        (text,) = _texts(problems)
        assert str(on_desktop.secrets_file) in text
        assert problems.since(0)[0].severity == "info"
        assert "hunter2" not in text
        await store.forget("prod")
        with pytest.raises(UserError, match="keyring:prod"):
            await store.resolve("keyring:prod")
        assert await store.resolve("keyring:dev") == "letmein"

    run(scenario())


def test_a_keyring_that_comes_back_takes_the_secret_out_of_the_file(
    run: Run[Any], on_desktop: Paths, desk: DeskKeyring
) -> None:
    async def scenario() -> None:
        store = SecretStore(on_desktop)
        await store.keep("prod", "first")
        desk.fault = keyring.errors.KeyringLocked("locked")
        await store.keep("prod", "second")
        desk.fault = None
        assert await store.resolve("keyring:prod") == "second"
        await store.keep("prod", "third")
        assert await store.resolve("keyring:prod") == "third"
        assert "second" not in on_desktop.secrets_file.read_text()

    run(scenario())


def test_a_portable_profile_asks_no_keyring(run: Run[Any], paths: Paths, problems: Problems, desk: DeskKeyring) -> None:
    async def scenario() -> None:
        assert paths.portable
        store = SecretStore(paths, problems)
        await store.keep("prod", "hunter2")
        assert await store.resolve("keyring:prod") == "hunter2"
        await store.forget("prod")
        assert desk.kept == {}
        (text,) = _texts(problems)
        assert "EVENTMON_HOME" in text

    run(scenario())


def test_a_locked_keyring_holds_up_nobody(
    run: Run[Any], on_desktop: Paths, desk: DeskKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        desk.locked = threading.Event()
        store = SecretStore(on_desktop)
        waiting = asyncio.create_task(store.resolve("keyring:prod"))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        monkeypatch.setattr(secrets, "KEYRING_SECONDS", 0.01)
        with pytest.raises(UserError, match=r"keyring:prod.*does not answer"):
            await store.resolve("keyring:prod")
        desk.locked.set()

    run(scenario())


def test_the_environment_lends_a_secret(run: Run[Any], paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        store = SecretStore(paths)
        monkeypatch.setenv("SHOP_PASSWORD", "hunter2")
        assert await store.resolve("${SHOP_PASSWORD}") == "hunter2"
        monkeypatch.delenv("SHOP_PASSWORD")
        with pytest.raises(UserError, match=r"SHOP_PASSWORD"):
            await store.resolve("${SHOP_PASSWORD}")
        assert await store.resolve("${not a name}") == "${not a name}"

    run(scenario())
    assert is_reference("${SHOP_PASSWORD}")
    assert is_reference("keyring:prod")
    assert not is_reference("pre${SHOP_PASSWORD}")


@pytest.mark.parametrize("content", [b"{", b'{"prod": 5}', b"\xff\xfe", b"[" * 100_000])
def test_a_damaged_file_is_named_and_left_alone(run: Run[Any], paths: Paths, content: bytes) -> None:
    async def scenario() -> None:
        paths.create()
        paths.secrets_file.write_bytes(content)
        store = SecretStore(paths)
        for attempt in (store.resolve("keyring:prod"), store.keep("prod", "hunter2"), store.forget("prod")):
            with pytest.raises(UserError, match=r"secrets\.json"):
                await attempt
        assert paths.secrets_file.read_bytes() == content

    run(scenario())


def test_a_file_that_cannot_be_written_is_told_without_the_secret(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        paths.create()
        paths.config.rename(paths.config.with_name("away"))
        paths.config.write_text("not a folder")
        with pytest.raises(UserError, match=r"cannot be (kept|read)") as raised:
            await SecretStore(paths).keep("prod", "hunter2")
        assert "hunter2" not in str(raised.value)

    run(scenario())


def test_the_file_is_private_from_its_first_moment_on(
    run: Run[Any], paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes: list[int] = []
    original = os.fsync

    def look(descriptor: int) -> None:
        modes.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        original(descriptor)

    def no_later(*_: Any, **__: Any) -> None:
        raise AssertionError("the mode was changed later")

    monkeypatch.setattr(os, "fsync", look)
    monkeypatch.setattr(Path, "chmod", no_later)
    before = os.umask(0)
    try:
        run(SecretStore(paths).keep("prod", "hunter2"))
    finally:
        os.umask(before)
    assert modes == [0o600]
