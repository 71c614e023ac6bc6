"""What can be asked about workspace files: writing one, looking at one, taking chosen definitions from it.

They are found in ``requests`` with all others.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from eventmon.engine.request import Request


class ExportedWorkspace(msgspec.Struct, frozen=True, kw_only=True):
    """What was written.

    Attributes:
        connections: how many.
        observers: how many.
        templates: how many.
        topics: how many known topics and patterns of topics that are not recorded.
        notes: what was left out or written otherwise, a sentence each.
    """

    connections: int = 0
    observers: int = 0
    templates: int = 0
    topics: int = 0
    notes: list[str] = []


class ExportWorkspace(Request[ExportedWorkspace], frozen=True, kw_only=True):
    """Write the definitions that are in force to another file, all at once and without any secret."""

    path: str


class ReviewedDefinition(msgspec.Struct, frozen=True, kw_only=True):
    """One definition of a workspace file.

    Attributes:
        table: ``connections``, ``observers``, ``templates`` or ``topics``.
        name: its name; of ``topics`` the key.
        digest: of what it says, so that what is chosen is what was looked at.
        kind: what it is, for people.
        words: what it would do, with its target; begins with a small letter.
        acts: it reaches something outside of Eventmon, or keeps events from being stored.
        taken: there is something else of this name here.
        same: it is here as it is.
        free_name: the name it would get when it is renamed.
        trouble: the sentence why it cannot be used; empty when it can.
    """

    table: str
    name: str
    digest: str
    kind: str
    words: str
    acts: bool = False
    taken: bool = False
    same: bool = False
    free_name: str = ""
    trouble: str = ""


class WorkspaceReview(msgspec.Struct, frozen=True, kw_only=True):
    """What a workspace file would do; nothing was done."""

    path: str
    definitions: list[ReviewedDefinition]


class ReviewWorkspace(Request[WorkspaceReview], frozen=True, kw_only=True):
    """Look at a workspace file; without a path at what is off in the workspace that is open.

    UserError names table and key of a mistake.
    """

    path: str = ""


OnConflict = Literal["skip", "replace", "rename"]


class ChosenDefinition(msgspec.Struct, frozen=True, kw_only=True):
    """A definition that was chosen, as it was looked at; ``on_conflict`` when its name is taken, None as for all."""

    table: str
    name: str
    digest: str
    on_conflict: OnConflict | None = None


class ImportedWorkspace(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the chosen definitions.

    Attributes:
        taken: names of those that are here now.
        skipped: names of those that were left out because of their name.
        refused: a sentence for each that cannot be used.
    """

    taken: list[str] = []
    skipped: list[str] = []
    refused: list[str] = []


class ImportWorkspace(Request[ImportedWorkspace], frozen=True, kw_only=True):
    """Take chosen definitions of a workspace file; what is not chosen is not touched."""

    path: str
    chosen: list[ChosenDefinition]
    on_conflict: OnConflict = "skip"


class ApproveDefinitions(Request[ImportedWorkspace], frozen=True, kw_only=True):
    """Let chosen definitions of the workspace that is open act, and remember that they were approved."""

    chosen: list[ChosenDefinition]
