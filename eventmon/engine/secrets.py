"""Where passwords are kept: in the keyring of the desktop, or in a file that only its owner may read.

A definition holds a reference, ``${NAME}`` for the environment or ``keyring:NAME`` for this store, so it can be
shown, logged and kept in git. A keyring may ask its owner to unlock it, so it is called in a thread of its own that
nobody has to wait for at the end.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import threading
from collections.abc import Callable
from typing import TypeVar

import msgspec

from eventmon.core.errors import UserError
from eventmon.engine.file_replacement import replace_file
from eventmon.engine.paths import APPLICATION, Paths
from eventmon.engine.problems import Problems

KEYRING_SECONDS = 60.0
"""How long its owner may take to unlock the keyring."""
PREFIX = "keyring:"

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
T = TypeVar("T")


class _KeyringUnavailable(Exception):
    """There is no keyring here, or it does not do what it is asked."""


def is_reference(text: str) -> bool:
    """Whether a text stands for a secret instead of being one."""
    return text.startswith(PREFIX) or _VARIABLE.fullmatch(text) is not None


class SecretStore:
    """The secrets of one profile."""

    def __init__(self, paths: Paths, problems: Problems | None = None) -> None:
        """Make it; ``problems`` is told once when passwords are kept in the file."""
        self._file = paths.secrets_file
        self._portable = paths.portable
        self._service = APPLICATION if paths.profile == "default" else f"{APPLICATION} {paths.profile}"
        self._problems = problems
        self._noticed = False
        self._file_turn = threading.Lock()

    async def keep(self, name: str, secret: str) -> str:
        """Keep a secret under a name, in the place of an earlier one; returns the reference to it.

        Raises:
            UserError: it can be kept nowhere.
        """
        if self._portable or not await self._keep_in_keyring(name, secret):
            await asyncio.to_thread(self._change_file, name, secret)
            self._notice()
        else:
            await asyncio.to_thread(self._change_file, name, None)
        return PREFIX + name

    async def resolve(self, text: str) -> str:
        """What a reference stands for; any other text is the secret itself.

        Raises:
            UserError: there is no such secret; the sentence names the reference.
        """
        variable = _VARIABLE.fullmatch(text)
        if variable is not None:
            return _from_environment(variable[1])
        if not text.startswith(PREFIX):
            return text
        name = text.removeprefix(PREFIX)
        found = (await asyncio.to_thread(self._read_file)).get(name)
        if found is None and not self._portable:
            found = await self._from_keyring(name)
        if found is None:
            raise UserError(
                f"The password keyring:{name} is not kept on this machine. Enter it in the connection’s settings."
            )
        return found

    async def forget(self, name: str) -> None:
        """Delete a secret wherever it is kept; harmless when it is not.

        Raises:
            UserError: the file that holds it cannot be written.
        """
        await asyncio.to_thread(self._change_file, name, None)
        if self._portable:
            return

        def delete() -> None:
            import keyring

            if keyring.get_password(self._service, name) is not None:
                keyring.delete_password(self._service, name)

        try:
            await _ask_keyring(delete)
        except _KeyringUnavailable:
            return

    async def _keep_in_keyring(self, name: str, secret: str) -> bool:
        def keep() -> None:
            import keyring

            keyring.set_password(self._service, name, secret)
            if keyring.get_password(self._service, name) != secret:
                raise OSError("the keyring keeps nothing")

        try:
            await _ask_keyring(keep)
        except _KeyringUnavailable:
            return False
        return True

    async def _from_keyring(self, name: str) -> str | None:
        def find() -> str | None:
            import keyring

            return keyring.get_password(self._service, name)

        try:
            return await _ask_keyring(find)
        except _KeyringUnavailable as error:
            raise UserError(
                f"The password keyring:{name} cannot be had: {error}. Unlock the keyring, or edit the connection."
            ) from None

    def _read_file(self) -> dict[str, str]:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=dict[str, str])
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            raise UserError(
                f"The file of passwords {self._file} cannot be read ({type(error).__name__}). Mend or delete it."
            ) from None  # the text of the error may quote a password

    def _change_file(self, name: str, secret: str | None) -> None:
        """Put a secret into the file or take it out; a file that need not change is left alone."""
        with self._file_turn:
            secrets = self._read_file()
            if secrets.get(name) == secret:
                return
            if secret is None:
                del secrets[name]
            else:
                secrets[name] = secret
            try:
                replace_file(self._file, msgspec.json.format(msgspec.json.encode(secrets)).decode(), private=True)
            except OSError as error:
                raise UserError(
                    f"The password cannot be kept: {self._file} cannot be written ({error.strerror}). "
                    "Check its permissions, or use ${NAME} of the environment."
                ) from error

    def _notice(self) -> None:
        if self._problems is None or self._noticed:
            return
        self._noticed = True
        why = "EVENTMON_HOME is set" if self._portable else "there is no keyring on this machine"
        self._problems.report(
            "info", "passwords", f"Passwords are kept in {self._file}, which only you can read, because {why}."
        )


def _from_environment(name: str) -> str:
    found = os.environ.get(name)
    if not found:
        raise UserError(f"The environment has no {name} for the password ${{{name}}}. Set it and start Eventmon again.")
    return found


async def _ask_keyring(work: Callable[[], T]) -> T:
    """Call the keyring in a thread that may be left behind, for it may wait for its owner without end."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def tell(result: T | None, error: Exception | None) -> None:
        if answer.done():
            return
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(result)  # type: ignore[arg-type]  # T may be None itself

    def call() -> None:
        result, error = _called(work)
        with contextlib.suppress(RuntimeError):  # the loop has closed: nobody waits any more
            loop.call_soon_threadsafe(tell, result, error)

    threading.Thread(target=call, name="keyring", daemon=True).start()
    try:
        async with asyncio.timeout(KEYRING_SECONDS):
            return await answer
    except TimeoutError:
        raise _KeyringUnavailable("the keyring does not answer") from None


def _called(work: Callable[[], T]) -> tuple[T | None, Exception | None]:
    import keyring.errors

    try:
        return work(), None
    except keyring.errors.KeyringError as error:
        return None, _KeyringUnavailable(f"there is no keyring, or it is locked ({type(error).__name__})")
    except Exception as error:  # noqa: BLE001 - border: back ends of keyrings raise whatever their system raises
        return None, _KeyringUnavailable(f"the keyring failed ({type(error).__name__})")
