"""Where a profile keeps its files, and the lock that lets one profile have one engine.

``EVENTMON_HOME`` moves everything below one folder, which is what tests and portable installations need. The path
of a Unix socket may hold about 100 bytes, so a long runtime folder is replaced by a short private one.
"""

from __future__ import annotations

import fcntl
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from eventmon.core.errors import UserError

APPLICATION = "eventmon"
MAX_SOCKET_PATH_BYTES = 100
_PROFILE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,39}")


class AlreadyRunning(UserError):
    """Another process is the engine of this profile."""


@dataclass(frozen=True, kw_only=True)
class Paths:
    """The folders of one profile. Nothing is created until ``create`` is called.

    Attributes:
        profile: the profile's name.
        config: settings, workspace and layout.
        data: the default session.
        cache: what may be deleted at any time.
        runtime: the instance lock and, when its path is short enough, the control socket.
        socket_path: the control socket; at most ``MAX_SOCKET_PATH_BYTES`` long.
        portable: ``EVENTMON_HOME`` keeps everything below one folder, so nothing is to be kept elsewhere.
    """

    profile: str
    config: Path
    data: Path
    cache: Path
    runtime: Path
    socket_path: Path
    portable: bool = False

    @classmethod
    def for_profile(cls, profile: str = "default") -> Paths:
        """The folders of a profile, by ``EVENTMON_HOME`` or the platform's customs.

        Raises:
            UserError: the name cannot be a folder, or the short socket folder belongs to somebody else.
        """
        if not _PROFILE.fullmatch(profile):
            raise UserError(
                f"“{profile}” cannot be the name of a profile. Use up to 40 letters, digits, dots, dashes, underscores."
            )
        config, data, cache, runtime = (folder / profile for folder in _base_folders())
        return cls(
            profile=profile,
            config=config,
            data=data,
            cache=cache,
            runtime=runtime,
            socket_path=_socket_path(runtime),
            portable=bool(os.environ.get("EVENTMON_HOME")),
        )

    @property
    def default_session(self) -> Path:
        """The session that opens when none is named."""
        return self.data / "session.eventmon"

    @property
    def observer_counts(self) -> Path:
        """The folder of what observers counted, a private JSON file a session."""
        return self.data / "observer-counts"

    @property
    def settings_file(self) -> Path:
        """The preferences, TOML."""
        return self.config / "settings.toml"

    @property
    def workspace_file(self) -> Path:
        """The connections that come back, TOML; it holds no secret."""
        return self.config / "workspace.toml"

    @property
    def approvals_file(self) -> Path:
        """What was approved of workspaces from elsewhere, JSON; only its owner may read it."""
        return self.config / "approvals.json"

    @property
    def secrets_file(self) -> Path:
        """Passwords where there is no keyring, JSON; only its owner may read it."""
        return self.config / "secrets.json"

    @property
    def tokens_file(self) -> Path:
        """The tokens of the HTTP API over TCP, JSON; only its owner may read it."""
        return self.config / "tokens.json"

    @property
    def certificate_file(self) -> Path:
        """The self-made certificate of the server and its key, PEM; only its owner may read it."""
        return self.config / "server.pem"

    @property
    def hub_file(self) -> Path:
        """Who this profile is on hubs, and on which one a workspace is shared, JSON."""
        return self.config / "hub.json"

    @property
    def hub_folder(self) -> Path:
        """Copies of hubs, and edits that wait for them."""
        return self.data / "hub"

    @property
    def drafts_file(self) -> Path:
        """Drafts of events: the one being written and what was published, JSON."""
        return self.config / "drafts.json"

    @property
    def former_templates_file(self) -> Path:
        """Where an earlier version kept drafts and templates together, JSON; it is taken over and deleted."""
        return self.config / "templates.json"

    @property
    def recent_file(self) -> Path:
        """The sessions opened last, JSON."""
        return self.config / "recent.json"

    @property
    def layout_file(self) -> Path:
        """The window's remembered layout."""
        return self.config / "layout.json"

    def create(self) -> None:
        """Make the folders that are missing, private (0700): a log holds what its user's systems say.

        Raises:
            UserError: a folder cannot be made; the sentence names it.
        """
        for folder in (self.config, self.data, self.cache, self.runtime, self.socket_path.parent):
            _make_private_folder(folder)


def _base_folders() -> tuple[Path, Path, Path, Path]:
    home = os.environ.get("EVENTMON_HOME")
    if home:
        base = Path(home).expanduser().absolute()
        return base / "config", base / "data", base / "cache", base / "runtime"
    import platformdirs

    return (
        platformdirs.user_config_path(APPLICATION, appauthor=False),
        platformdirs.user_data_path(APPLICATION, appauthor=False),
        platformdirs.user_cache_path(APPLICATION, appauthor=False),
        _runtime_folder(),
    )


def _runtime_folder() -> Path:
    """The platform's private runtime folder; a session without one is common, so its absence is no warning here."""
    import warnings

    import platformdirs

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return platformdirs.user_runtime_path(APPLICATION, appauthor=False)
        except PermissionError as error:
            raise UserError(f"There is no private runtime folder: {error}. Set XDG_RUNTIME_DIR.") from error


def _socket_path(runtime: Path) -> Path:
    wished = runtime / "control.sock"
    if len(os.fsencode(wished)) <= MAX_SOCKET_PATH_BYTES:
        return wished
    folder = Path("/tmp") / f"{APPLICATION}-{os.getuid()}"
    _require_private(folder)
    import hashlib

    return folder / f"{hashlib.sha256(os.fsencode(wished)).hexdigest()[:16]}.sock"


def _require_private(folder: Path) -> None:
    """Refuse a folder in a place that all users share unless it is ours alone."""
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise UserError(f"{folder} is not a private folder of yours. Remove it, or set EVENTMON_HOME to a short path.")


def _make_private_folder(folder: Path) -> None:
    """Make a folder and every missing one above it for this user alone."""
    missing = [folder, *folder.parents]
    try:
        for level in reversed(missing):
            if not level.exists():
                level.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise _cannot_make(folder, error) from error


def _cannot_make(folder: Path, error: OSError) -> UserError:
    return UserError(
        f"The folder {folder} cannot be made ({error.strerror}). Check its permissions or set EVENTMON_HOME."
    )


class InstanceLock:
    """Held by the one engine of a profile; the system releases it when the process ends, however it ends."""

    def __init__(self, paths: Paths) -> None:
        self._path = paths.runtime / "instance.lock"
        self._profile = paths.profile
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._descriptor is not None

    def acquire(self) -> None:
        """Become the engine of the profile; harmless when it is held already.

        Raises:
            AlreadyRunning: another engine has it.
            UserError: the lock file cannot be made.
        """
        if self._descriptor is not None:
            return
        _make_private_folder(self._path.parent)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            raise AlreadyRunning(
                f"Eventmon is running already for the profile “{self._profile}”. Use it, or name another --profile."
            ) from error
        self._descriptor = descriptor

    def release(self) -> None:
        """Let another engine start; harmless when it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
