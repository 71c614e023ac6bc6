"""What users decide about topics: which exist before their first event, and which are recorded.

A decision holds at once and is remembered in the workspace. Whoever looks is told of every topic that it changes, in
slices, for a million of them would hold up the loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from eventmon.core.bus import Bus
from eventmon.core.errors import UserError
from eventmon.core.pattern import Pattern
from eventmon.core.topic import shown, validate_topic
from eventmon.engine.ingest import Ingest
from eventmon.engine.mount_list import MountList
from eventmon.engine.problems import Problems
from eventmon.engine.recording import Recording
from eventmon.engine.workspace import Workspace
from eventmon.engine.writer import ForgetNote

SLICE = 2_000
TABLE, NOT_RECORDED, KNOWN = "topics", "not_recorded", "known"
"""Where the workspace has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """Topics that are listed no more, and the newest event that they may have had before."""

    topics: list[str]
    newest: int

    @property
    def count(self) -> int:
        """How many topics these are."""
        return len(self.topics)


class TopicChoices:
    """Carries out and remembers decisions about topics. Lives on the engine's loop.

    Attributes:
        on_forget: told of topics that are listed no more.
    """

    def __init__(self, bus: Bus, ingest: Ingest, recording: Recording, mounts: MountList, problems: Problems) -> None:
        self._bus = bus
        self._ingest = ingest
        self._recording = recording
        self._mounts = mounts
        self._problems = problems
        self._workspace: Workspace | None = None
        self._made: dict[str, None] = {}
        self.on_forget: Callable[[Sequence[str]], None] = lambda _topics: None

    def restore_recording(self, workspace: Workspace) -> None:
        """What was not recorded in earlier runs is not recorded; call it before the first event."""
        self._workspace = workspace
        for text in workspace.read_list(TABLE, NOT_RECORDED):
            try:
                self._ingest.recorded.turn_off(Pattern(text))
            except UserError as error:
                self._report(NOT_RECORDED, error)

    def restore_topics(self, workspace: Workspace) -> None:
        """Make the topics of earlier runs known; call it when all connections have their names."""
        for topic in workspace.read_list(TABLE, KNOWN):
            self._made[topic] = None
            try:
                if not self._ingest.knows(topic):
                    self._require_local(topic)
                    self._make(topic)
            except UserError as error:
                self._report(KNOWN, error)

    @property
    def known(self) -> tuple[str, ...]:
        """Local topics that are there before their first event."""
        return tuple(self._made)

    @property
    def not_recorded(self) -> tuple[str, ...]:
        """Patterns of topics that are only counted."""
        return tuple(self._ingest.recorded.patterns)

    async def adopt(self, topics: Iterable[str]) -> list[str]:
        """Make topics of another workspace known; answers the sentences of those that cannot be."""
        self._recording.require_writable()
        refused = []
        for topic in topics:
            try:
                if not self._ingest.knows(validate_topic(topic)):
                    self._require_local(topic)
                    self._make(topic)
                    self._made[topic] = None
            except UserError as error:
                refused.append(str(error))
        await self._keep()
        return refused

    def disown(self, topic: str) -> None:
        """Keep a topic no longer for the next start: whoever shares the workspace has deleted it."""
        self._made.pop(topic, None)

    async def create(self, topic: str) -> None:
        """Make a local topic known.

        Raises:
            UserError: it has no legal name, belongs to a connection, or is known.
        """
        validate_topic(topic)
        self._recording.require_writable()
        self._require_local(topic)
        if self._ingest.knows(topic):
            raise UserError(f"There is a topic {shown(topic)} already. Choose another name.")
        self._make(topic)
        self._made[topic] = None
        await self._keep()

    async def record(self, pattern: str, *, record: bool) -> None:
        """Store the events of matching topics from the next on, or only count them.

        Raises:
            UserError: it is no pattern, or a wider one keeps its topics from being recorded.
        """
        parsed = Pattern(pattern)
        self._recording.require_writable()
        recorded = self._ingest.recorded
        if recorded.turn_on(parsed) if record else recorded.turn_off(parsed):
            await self._tell(parsed)
            await self._keep()

    async def forget(self, topic: str, *, anew: bool) -> Forgotten:
        """List a topic and all below it no more, until an event comes for one of them.

        What was decided about just these topics is forgotten too; wider patterns of what is not recorded stay.
        With ``anew`` they count from 0 then; otherwise from where they are.

        Raises:
            UserError: there is no such topic, its connection is open, or nothing can be recorded here.
        """
        self._recording.require_writable()
        self._require_at_rest(topic)
        found = await self._known_below(topic)
        for start in range(0, len(found), SLICE):
            some = [each for each in found[start : start + SLICE] if self._ingest.knows(each)]
            self._ingest.forget(some, anew=anew)
            self._recording.forget(ForgetNote(topics=some, anew=anew))
            self.on_forget(some)
            await asyncio.sleep(0)
        newest = self._bus.next_seq - 1
        if self._forget_choices(found):
            await self._keep()
        return Forgotten(topics=found, newest=newest)

    def drop(self, forgotten: Forgotten) -> None:
        """Have the log delete the names of topics that were forgotten, begin anew and have had no event since."""
        for start in range(0, forgotten.count, SLICE):
            self._recording.forget(ForgetNote(topics=forgotten.topics[start : start + SLICE], drop=True))

    def _forget_choices(self, topics: Sequence[str]) -> bool:
        """Whether something was decided about just these topics, which holds no longer; wider patterns stay."""
        recorded, made = self._ingest.recorded, [each for each in topics if each in self._made]
        off = set(recorded.patterns).intersection(topics)
        for each in made:
            del self._made[each]
        for each in off:
            recorded.turn_on(Pattern(each))
        return bool(made or off)

    async def _known_below(self, topic: str) -> list[str]:
        """The topic and those below it; notes on the way whether another topic begins with the same level."""
        pattern, level = Pattern(f"{validate_topic(topic)}/#"), topic.partition("/")[0]
        within = f"{level}/"
        topics, found, level_stays = self._ingest.topics, dict[str, None](), False
        for start in range(0, len(topics), SLICE):
            for each in filter(self._ingest.knows, topics[start : start + SLICE]):
                if pattern.matches(each):
                    found[each] = None
                elif each == level or each.startswith(within):
                    level_stays = True
            await asyncio.sleep(0)
        if not found:
            raise UserError(f"There is no topic {shown(topic)}. It may have been deleted already.")
        if not level_stays:
            self._ingest.first_levels.discard(level)
        return list(found)

    def _require_at_rest(self, topic: str) -> None:
        owner = self._mounts.owner_of(topic)
        if owner is not None and owner.is_up:
            raise UserError(
                f"{shown(topic)} comes from the connection “{owner.name}”, which is open. Disconnect it first."
            )

    def _require_local(self, topic: str) -> None:
        owner = self._mounts.owner_of(topic)
        if owner is not None:
            raise UserError(f"“{owner.name}” is a connection, so its topics come from there. Begin with another level.")

    def _make(self, topic: str) -> None:
        self._bus.topic(topic)
        self._ingest.restore(topic)
        self._ingest.fresh.add(topic)

    async def _tell(self, pattern: Pattern) -> None:
        """Let whoever looks see the topics of a pattern again."""
        topics = self._ingest.topics
        for start in range(0, len(topics), SLICE):
            self._ingest.fresh.update(filter(pattern.matches, topics[start : start + SLICE]))
            await asyncio.sleep(0)

    async def _keep(self) -> None:
        if self._workspace is not None:
            await self._workspace.keep_list(TABLE, NOT_RECORDED, self._ingest.recorded.patterns)
            await self._workspace.keep_list(TABLE, KNOWN, self._made)

    def _report(self, key: str, error: UserError) -> None:
        self._problems.report("warning", "workspace", f"[{TABLE}], key “{key}”: {error}")
