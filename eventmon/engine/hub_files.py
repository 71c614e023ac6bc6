"""What an instance keeps of hubs on disk: who it is, which hub its workspace is shared on, and a copy of each hub.

Copies are written by a thread of their own, the newest state of a file only, so a slow disk holds up nobody.
"""

from __future__ import annotations

import contextlib
import hashlib
import queue
import threading
import uuid
from collections.abc import Callable
from pathlib import Path

import msgspec

from eventmon.core.errors import UserError
from eventmon.engine.file_replacement import replace_file
from eventmon.engine.paths import Paths


class HubMemory(msgspec.Struct, kw_only=True):
    """What is remembered of hubs.

    Attributes:
        instance: the id of this profile on every hub.
        hubs: the address, with references in the place of secrets, by the path of the workspace shared there.
    """

    instance: str
    hubs: dict[str, str] = {}


class HubFiles:
    """The files of one profile.

    Attributes:
        memory: what is remembered.
        mistake: why what was remembered is lost, a sentence; empty when it is not.
    """

    def __init__(self, paths: Paths) -> None:
        self._memory_file = paths.hub_file
        self.mistake = ""
        self._folder = paths.hub_folder
        self.memory = self._read()

    def remember(self, workspace: Path, url: str) -> None:
        """Use a hub from the next start on for what the workspace shares; an empty URL for none.

        Raises:
            UserError: it cannot be written.
        """
        self.memory.hubs.pop(str(workspace), None)
        if url:
            self.memory.hubs[str(workspace)] = url
        self._write()

    def url_of(self, workspace: Path) -> str:
        """The address of the hub on which a workspace is shared; empty for none."""
        return self.memory.hubs.get(str(workspace), "")

    def become_another(self) -> str:
        """Take a new id; returns it."""
        self.memory.instance = uuid.uuid4().hex
        self._write()
        return self.memory.instance

    def shelf(self, address: str, tell: Callable[[str], object]) -> HubShelf:
        """The copy of one hub; ``tell`` hears that it cannot be written."""
        return HubShelf(self.copy_folder(address), tell)

    def copy_folder(self, address: str) -> Path:
        """Where the copy of one hub lies; ``address`` is without secrets."""
        return self._folder / hashlib.sha256(address.encode()).hexdigest()[:16]

    def _read(self) -> HubMemory:
        """What was remembered; a file that cannot be understood is put aside, so that nothing of it is lost."""
        try:
            return msgspec.json.decode(self._memory_file.read_bytes(), type=HubMemory)
        except FileNotFoundError:
            pass
        except (OSError, ValueError, RecursionError):
            self.mistake = self._put_aside()
        return HubMemory(instance=uuid.uuid4().hex)

    def _put_aside(self) -> str:
        aside = self._memory_file.with_suffix(".broken.json")
        with contextlib.suppress(OSError):
            self._memory_file.replace(aside)
        return (
            f"Who this Eventmon is on its hubs cannot be read from {self._memory_file}, so it is another one from now "
            f"on, and its observers there have no owner. What was read lies in {aside.name}; mend it and put it back."
        )

    def save(self) -> None:
        """Keep the id, if it is a new one."""
        if not self._memory_file.exists():
            self._write()

    def _write(self) -> None:
        try:
            replace_file(
                self._memory_file, msgspec.json.format(msgspec.json.encode(self.memory)).decode(), private=True
            )
        except OSError as error:
            raise UserError(
                f"{self._memory_file} cannot be written ({error.strerror}). Check its permissions."
            ) from error


class HubShelf:
    """Small files of one hub; what is written is on disk a moment later, and for sure after ``close``."""

    def __init__(self, folder: Path, tell: Callable[[str], object]) -> None:
        self._folder = folder
        self._tell = tell
        self._newest: dict[str, bytes] = {}
        self._told = False
        self._turn = threading.Lock()
        self._asked: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def read(self, name: str) -> bytes | None:
        """What was written last; None for nothing that can be read."""
        try:
            return (self._folder / name).read_bytes()
        except OSError:
            return None

    def write(self, name: str, data: bytes) -> None:
        """Keep this in the place of what was there, in a moment."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="hub-files", daemon=True)
            self._thread.start()
        with self._turn:
            waits = name in self._newest
            self._newest[name] = data
        if not waits:
            self._asked.put(name)

    def close(self) -> None:
        """Return once everything is written."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._asked.put(None)
            thread.join()

    def _run(self) -> None:
        while (name := self._asked.get()) is not None:
            with self._turn:
                data = self._newest.pop(name)
            try:
                replace_file(self._folder / name, data.decode(), private=True)
            except OSError as error:
                self._say(f"The copy of the hub cannot be kept in {self._folder} ({error.strerror}). Mend the folder.")

    def _say(self, sentence: str) -> None:
        if not self._told:
            self._told = True
            self._tell(sentence)
