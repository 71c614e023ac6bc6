"""The kind ``file``: appends a line to a file for each event, its CloudEvents JSON or a text.

The file is opened with the first event, and again after an error, so that a folder that comes back or a disk that
is freed needs no more than *Resume*. Writing happens in a thread: a stalled disk must not hold up the engine.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from threading import Lock
from typing import Annotated, Any, ClassVar

from eventmon.core.cloudevents import to_json
from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.core.fields import field
from eventmon.observers.base import Observer, ObserverConfig, ObserverKind, QueuedObserver, Services, Trial
from eventmon.observers.template import Template


class FileConfig(ObserverConfig, frozen=True, kw_only=True):
    """Settings of a file.

    Attributes:
        path: the file.
        text: a line; empty for the event as CloudEvents JSON.
    """

    path: Annotated[str, field("File", "Lines are appended; it is made when it is not there.", path=True)]
    text: Annotated[
        str,
        field("Line", "May hold {{topic}}, {{time}}, {{data}}, {{data.total}}. Empty writes CloudEvents JSON."),
    ] = ""


class FileObserver(QueuedObserver):
    """Appends lines to one file."""

    def __init__(self, config: FileConfig, services: Services) -> None:
        self._path = _path_of(config)
        self._line = _line_of(config)
        self._log_uuid = services.log_uuid
        self._descriptor = -1
        self._turn = Lock()

    async def deliver(self, event: Event) -> None:
        """Append the line of one event; UserError when the file cannot be written."""
        line = _rendered(self._line, event, self._log_uuid)
        await asyncio.to_thread(self._append, line)

    async def close(self) -> None:
        """Give the file back, once what is being written is written."""
        await asyncio.to_thread(self._close)

    def _append(self, line: bytes) -> None:
        with self._turn:
            try:
                self._write(line)
            except OSError as error:
                self._let_go()
                raise UserError(
                    f"{self._path} cannot be written: {error.strerror or error}. Mend that or choose another file."
                ) from error

    def _write(self, line: bytes) -> None:
        """Write one line whole, or nothing of it: half a line would spoil the next one as well."""
        self._open_anew()
        before = os.fstat(self._descriptor).st_size
        view = memoryview(line)
        try:
            while view:
                view = view[os.write(self._descriptor, view) :]
        except OSError:
            if len(view) < len(line):
                os.ftruncate(self._descriptor, before)
            raise

    def _open_anew(self) -> None:
        """Open the file, also when another one lies there now: logs are rotated."""
        if self._descriptor >= 0 and not _is_at(self._descriptor, self._path):
            self._let_go()
        if self._descriptor < 0:
            # a pipe that nobody reads would otherwise hold the thread for ever
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK
            self._descriptor = os.open(self._path, flags, 0o600)

    def _close(self) -> None:
        with self._turn:
            self._let_go()

    def _let_go(self) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


class FileKind(ObserverKind):
    """The entry of the table."""

    kind: ClassVar[str] = "file"
    title: ClassVar[str] = "File"
    sentence: ClassVar[str] = "Appends to a file"
    icon: ClassVar[str] = "file-text"
    config_type: ClassVar[type[ObserverConfig]] = FileConfig
    queued: ClassVar[bool] = True

    def open(self, config: Any, services: Services) -> Observer:
        """A file not yet opened; UserError when path or line cannot be used."""
        return FileObserver(config, services)

    def outside(self, config: Any) -> str:
        """Which file it writes to."""
        return f"writes to the file {config.path}"

    def look_around(self, config: Any) -> None:
        """UserError when a folder lies at its path."""
        path = _path_of(config)
        if path.is_dir():
            raise UserError(f"File: {path} is a folder. Choose a file in it.")

    def trial(self, config: Any, event: Event) -> Trial:
        """The line it would write."""
        line = _rendered(_line_of(config), event, "…")
        return Trial.of(f"It would append {len(line):,} bytes to {_path_of(config)}.", line)


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _path_of(config: FileConfig) -> Path:
    if "\0" in config.path or not config.path.strip():
        raise UserError("File has to be the path of a file. Choose one.")
    try:
        path = Path(config.path.strip()).expanduser()
    except RuntimeError:
        raise UserError(f"File: “{config.path.strip()}” begins with the home of nobody here. Write it out.") from None
    if not path.is_absolute():
        raise UserError(f"File: “{path}” is not a whole path. Begin it with / or ~.")
    return path


def _line_of(config: FileConfig) -> Template | None:
    return Template(config.text, "Line") if config.text.strip() else None


def _rendered(line: Template | None, event: Event, log_uuid: str) -> bytes:
    """One line, with its end; line ends inside become spaces, so that a line is an event."""
    if line is None:
        return to_json(event, log_uuid) + b"\n"
    return line.render(event).replace("\r", " ").replace("\n", " ").encode(errors="replace") + b"\n"
