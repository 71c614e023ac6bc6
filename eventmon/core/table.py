"""Who is subscribed to what: exact topics in a dict, wildcards in a trie, answers shared between topics.

Every change starts a new epoch. A topic keeps the answer it was given with its epoch and asks again only when the
epoch has moved on, so a publish costs one comparison of two numbers. Not thread-safe: the bus holds its lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter

from eventmon.core.async_subscription import AsyncSubscription
from eventmon.core.pattern import PatternTrie
from eventmon.core.subscription import Subscription

_number_of = attrgetter("number")


@dataclass(slots=True, eq=False)
class Resolution:
    """The subscriptions of a topic as of one epoch, in the order of their making; never changed.

    ``refusing`` are those among them that refuse events when their queue is full.
    """

    epoch: int
    targets: tuple[Subscription, ...]
    refusing: tuple[AsyncSubscription, ...] = ()


UNRESOLVED = Resolution(epoch=-1, targets=())


class SubscriptionTable:
    """All subscriptions of a bus."""

    def __init__(self) -> None:
        self.epoch = 0
        self._exact: dict[str, tuple[Subscription, ...]] = {}
        self._wildcards: PatternTrie[Subscription] = PatternTrie()
        self._all: dict[int, Subscription] = {}
        self._shared: dict[tuple[Subscription, ...], Resolution] = {}

    def __len__(self) -> int:
        return len(self._all)

    def subscriptions(self) -> tuple[Subscription, ...]:
        """Those attached now, in the order of their making."""
        return tuple(self._all.values())

    def add(self, subscription: Subscription) -> None:
        """Attach one."""
        pattern = subscription.pattern
        self._all[subscription.number] = subscription
        if pattern.exact:
            self._exact[pattern.text] = (*self._exact.get(pattern.text, ()), subscription)
        else:
            self._wildcards.add(pattern, subscription)
        self._start_epoch()

    def remove(self, subscription: Subscription) -> None:
        """Detach one that was attached."""
        pattern = subscription.pattern
        del self._all[subscription.number]
        if not pattern.exact:
            self._wildcards.remove(pattern, subscription)
        elif left := tuple(each for each in self._exact[pattern.text] if each is not subscription):
            self._exact[pattern.text] = left
        else:
            del self._exact[pattern.text]
        self._start_epoch()

    def resolve(self, topic: str) -> Resolution:
        """The subscriptions whose pattern matches the topic."""
        targets = self._exact.get(topic, ())
        if self._wildcards and (found := self._wildcards.find(topic)):
            targets = tuple(sorted((*targets, *found), key=_number_of)) if targets or len(found) > 1 else (found[0],)
        resolution = self._shared.get(targets)
        if resolution is None:
            refusing = tuple(
                each for each in targets if isinstance(each, AsyncSubscription) and each.overflow == "raise"
            )
            resolution = self._shared[targets] = Resolution(self.epoch, targets, refusing)
        return resolution

    def _start_epoch(self) -> None:
        self.epoch += 1
        self._shared.clear()
