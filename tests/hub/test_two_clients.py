"""Two instances that edit one hub at random, with cut lines and lost answers: no edit is ever lost silently.

The model is a plain dictionary with versions. Each accepted edit has to be in it, and each other one on the list of
conflicts of whoever made it; in the end both see what the hub has.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from eventmon.hub.base import OBSERVER, HubEdit, HubEntry, VersionConflict
from eventmon.hub.local import LocalHub
from tests.helpers.valkey import ValkeyServer
from tests.hub.rig import Instance, MemoryShelf, edit, redis_hub
from tests.hub.switched import Switched

NAMES = st.sampled_from(["paid", "sold", "refunded"])
WHO = st.sampled_from([0, 1])
PATIENCE_SECONDS = 20


class Diary:
    """A hub that writes down what it has accepted: the model."""

    def __init__(self, hub: Any) -> None:
        self._hub = hub
        self._turn = asyncio.Lock()
        self.accepted: list[HubEdit] = []
        self.model: dict[str, tuple[int, Any]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._hub, name)

    async def apply(self, wish: HubEdit) -> HubEntry | None:
        return await asyncio.shield(self._apply(wish))  # who asked may crash, the server goes on

    async def _apply(self, wish: HubEdit) -> HubEntry | None:
        async with self._turn:  # the order of the answers is that of what was done
            entry: HubEntry | None = await self._hub.apply(wish)
            if all(earlier.id != wish.id for earlier in self.accepted):
                self._note(wish, entry)
            return entry

    def _note(self, wish: HubEdit, entry: HubEntry | None) -> None:
        version = self.model.get(wish.target[1], (0, None))[0]
        assert (wish.content is None and wish.target[1] not in self.model) or wish.expected == version
        self.accepted.append(wish)
        self.model.pop(wish.target[1], None)
        if entry is not None:
            assert entry.name not in self.model
            self.model[entry.name] = (entry.version, entry.content)


class TwoClients(RuleBasedStateMachine):
    """Maria and Omar."""

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.new_event_loop()
        self._made: list[tuple[int, HubEdit]] = []
        self._tasks: list[asyncio.Task[None]] = []

    def hub(self) -> Any:
        return LocalHub()

    @initialize()
    def begin(self) -> None:
        self._do(self._begin())

    async def _begin(self) -> None:
        self._diary = Diary(self.hub())
        await self._diary.load()
        self._lines = [Switched(self._diary), Switched(self._diary)]
        self._shelves = [MemoryShelf(), MemoryShelf()]
        self._instances = [self._new(0), self._new(1)]

    def _new(self, who: int) -> Instance:
        one = Instance(self._lines[who], self._shelves[who], ["desk", "laptop"][who])
        self._tasks.append(self._loop.create_task(one.follower.run()))
        return one

    @rule(who=WHO, name=NAMES, number=st.integers(0, 99))
    def put(self, who: int, name: str, number: int) -> None:
        self._edit(who, edit(name, {"number": number}))

    @rule(who=WHO, name=NAMES)
    def remove(self, who: int, name: str) -> None:
        if self._instances[who].replica.find(OBSERVER, name) is not None:
            self._edit(who, edit(name, None))

    @rule(who=WHO, old=NAMES, new=NAMES)
    def rename(self, who: int, old: str, new: str) -> None:
        found = self._instances[who].replica
        if old != new and found.find(OBSERVER, old) is not None and found.find(OBSERVER, new) is None:
            self._edit(who, edit(new, {"was": old}, instead_of=old))

    @rule(name=NAMES, number=st.integers(0, 99))
    def both_at_once(self, name: str, number: int) -> None:
        wishes = [edit(name, {"number": number, "who": who}) for who in (0, 1)]
        for who, wish in enumerate(wishes):
            self._made.append((who, wish))

        async def race() -> None:
            await asyncio.gather(*(self._put(who, wish) for who, wish in enumerate(wishes)))

        self._do(race())

    @rule(who=WHO)
    def cut(self, who: int) -> None:
        self._lines[who].cut = True

    @rule(who=WHO)
    def mend(self, who: int) -> None:
        self._lines[who].cut = False

    @rule(who=WHO, how=st.sampled_from(["lost before", "lost behind"]))
    def lose_the_next_answer(self, who: int, how: str) -> None:
        self._lines[who].lose = how

    @rule(who=WHO)
    def crash_and_start_again(self, who: int) -> None:
        async def crash() -> None:
            self._tasks[-2 if who == 0 else -1].cancel()
            await asyncio.gather(self._tasks[-2 if who == 0 else -1], return_exceptions=True)

        self._do(crash())
        one = self._new(who)
        fresh = self._tasks.pop()
        self._tasks[-2 if who == 0 else -1] = fresh
        self._instances[who] = one

    @rule(seconds=st.sampled_from([0.0, 0.005, 0.02]))
    def time_passes(self, seconds: float) -> None:
        self._do(asyncio.sleep(seconds))

    @rule()
    def settle(self) -> None:
        self._do(self._settle())

    @invariant()
    def no_follower_has_ended(self) -> None:
        assert not any(task.done() for task in self._tasks)

    def teardown(self) -> None:
        try:
            if self._tasks:
                self._do(self._settle())
                self._require_nothing_lost()
        finally:
            self._do(self._end())
            self._loop.close()

    async def _end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._tasks:
            await self._diary.close()

    def _edit(self, who: int, wish: HubEdit) -> None:
        self._made.append((who, wish))
        self._do(self._put(who, wish))

    async def _put(self, who: int, wish: HubEdit) -> None:
        with contextlib.suppress(VersionConflict):
            await self._instances[who].follower.edit(wish)

    async def _settle(self) -> None:
        for line in self._lines:
            line.cut, line.lose = False, ""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await self._agree():  # noqa: ASYNC110 - two instances and a server, which tell nobody together
                await asyncio.sleep(0.001)

    async def _agree(self) -> bool:
        there = {entry.name: (entry.version, entry.content) for entry in (await self._diary.load()).entries}
        views = [
            {entry.name: (entry.version, entry.content) for entry in one.replica.of_kind(OBSERVER)}
            for one in self._instances
        ]
        same = all(view == there for view in (self._diary.model, *views))
        return same and not any(len(one.replica.waiting) for one in self._instances)

    def _require_nothing_lost(self) -> None:
        accepted = {wish.id for wish in self._diary.accepted}
        for who, wish in self._made:
            if wish.id not in accepted:
                kept = [conflict.wish for conflict in self._instances[who].replica.waiting.conflicts]
                assert any(each.id == wish.id or _later(self._made, who, wish, each) for each in kept), wish

    def _do(self, work: Coroutine[Any, Any, Any]) -> None:
        self._loop.run_until_complete(work)


def _later(made: list[tuple[int, HubEdit]], who: int, wish: HubEdit, kept: HubEdit) -> bool:
    """Whether a kept edit is a later one of the same person, which replaced the earlier by his own will."""
    order = [each.id for by, each in made if by == who]
    return order.index(kept.id) > order.index(wish.id)


class TwoClientsOfAServer(TwoClients):
    """The same with a hub on a real server."""

    server: ValkeyServer

    def hub(self) -> Any:
        with self.server.client() as client:
            client.flushall()
        return redis_hub(self.server.port)


SETTINGS = settings(
    deadline=None, stateful_step_count=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def test_two_instances_of_a_hub_in_memory_lose_nothing() -> None:
    run_state_machine_as_test(TwoClients, settings=settings(SETTINGS, max_examples=60))


def test_two_instances_of_a_hub_on_a_server_lose_nothing(valkey: ValkeyServer) -> None:
    TwoClientsOfAServer.server = valkey
    run_state_machine_as_test(TwoClientsOfAServer, settings=settings(SETTINGS, max_examples=20))
