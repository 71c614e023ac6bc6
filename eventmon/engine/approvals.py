"""Which definitions of a workspace from elsewhere its user has approved here, each by what it says.

An approval is of one definition of one file. Whoever changes the file without this program changes what was approved,
so the approval no longer fits and the definition is off again.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from eventmon.core.errors import UserError
from eventmon.engine.definitions import ConnectionDefinition, ObserverDefinition
from eventmon.engine.file_replacement import replace_file
from eventmon.engine.folder_turn import folder_turn
from eventmon.engine.problems import Problems
from eventmon.engine.template_definitions import TemplateDefinition

WHERE = "workspace"
NOT_APPROVED = "Off until you approve it: it comes from a workspace that was not made here."
REVIEW = "Review the workspace first, or start `eventmon serve` with --approve."
CHANGED = "“{name}” was changed since it was looked at. Review the workspace again."
_WITHOUT_MEANING = ("color",)

Approvable = ConnectionDefinition | ObserverDefinition


def digest_of(definition: Approvable | TemplateDefinition) -> str:
    """What an approval is compared by: everything that a definition says apart from how it looks."""
    content = {key: value for key, value in msgspec.structs.asdict(definition).items() if key not in _WITHOUT_MEANING}
    text = json.dumps([type(definition).__name__, content], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def approval_key(definition: Approvable) -> str:
    """Under which name an approval is kept: one for each definition of a file."""
    return f"{type(definition).__name__}/{definition.name}"


class Approvals:
    """The approvals of one workspace file, kept in a file of the profile that only its owner may read.

    Raises nothing: approvals that cannot be read are none, and those that cannot be kept hold for this run.
    """

    def __init__(self, file: Path, workspace: Path, problems: Problems) -> None:
        self._file = file
        self._workspace = str(workspace.resolve())
        self._problems = problems
        try:
            self._given = dict(_read(file).get(self._workspace, {}))
        except UserError as error:
            problems.report("warning", WHERE, str(error))
            self._given = {}

    def cover(self, definition: Approvable) -> bool:
        """Whether exactly this was approved."""
        return self._given.get(approval_key(definition)) == digest_of(definition)

    async def give(self, definitions: Iterable[Approvable]) -> None:
        """Approve definitions as they are, in the place of what they were before."""
        await self._change({approval_key(each): digest_of(each) for each in definitions})

    async def withdraw(self, definition: Approvable) -> None:
        """Approve a definition no more."""
        await self._change({approval_key(definition): ""})

    async def _change(self, digests: Mapping[str, str]) -> None:
        changes = {key: digest for key, digest in digests.items() if self._given.get(key, "") != digest}
        if not changes:
            return
        self._given = {key: digest for key, digest in {**self._given, **changes}.items() if digest}
        try:
            await asyncio.to_thread(_write, self._file, self._workspace, changes)
        except UserError as error:
            self._problems.report("warning", WHERE, str(error))


def _read(file: Path) -> dict[str, dict[str, str]]:
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, dict[str, str]])
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(
            f"The file of approvals {file} cannot be read ({type(error).__name__}), so nothing is approved. "
            "Mend or delete it."
        ) from error


def _write(file: Path, workspace: str, changes: Mapping[str, str]) -> None:
    try:
        with folder_turn(file):
            everything = _read(file)
            given = {**everything.get(workspace, {}), **changes}
            everything[workspace] = {key: digest for key, digest in given.items() if digest}
            text = msgspec.json.format(msgspec.json.encode(everything)).decode()
            replace_file(file, text, private=True)
    except (OSError, ValueError) as error:
        if isinstance(error, UserError):
            raise
        raise UserError(
            f"The approval cannot be kept: {file} cannot be written ({error}). Check its permissions; "
            "the next start asks again."
        ) from error
