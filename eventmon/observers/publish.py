"""The kind ``publish``: answers or forwards an event by publishing another one, limited and watched for loops.

A cycle within the bus is cut by the bus. A loop through a broker keeps no trace of its hops, so it is recognised by
what it does: the same payload, again and again, to a topic that this observer itself listens to.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, ClassVar
from urllib.parse import quote

import msgspec

from eventmon.core.errors import UserError
from eventmon.core.event import DEFAULT_TYPE, JSON_CONTENT_TYPE, TEXT_CONTENT_TYPE, Event
from eventmon.core.fields import field
from eventmon.core.topic import validate_topic
from eventmon.observers.base import Observer, ObserverConfig, ObserverKind, QueuedObserver, Services, Trial
from eventmon.observers.rate_limit import RateLimit
from eventmon.observers.template import PLACEHOLDERS, Template

LOOP_PAYLOADS = 50
LOOP_SECONDS = 10.0
LOOP_SUSPECTS = 1_000


class PublishConfig(ObserverConfig, frozen=True, kw_only=True):
    """Settings of a publish rule.

    Attributes:
        topic: where to.
        data: what.
        type: of the event.
        rate: the most events a second.
    """

    topic: Annotated[str, field("To topic", "May hold {{topic}}, {{type}} and {{data.total}}.")]
    data: Annotated[
        str,
        field("Data", "A template: {{data.total}} puts in one field of the payload.", placeholders=PLACEHOLDERS),
    ] = "{{data}}"
    type: Annotated[str, field("Type", "Empty keeps the type of the event.")] = ""
    rate: Annotated[
        int, field("Most events a second", "More wait in the queue.", advanced=True), msgspec.Meta(ge=1, le=10_000)
    ] = 100


class LoopGuard:
    """Knows what was sent lately to topics that the sender itself listens to."""

    def __init__(self) -> None:
        self._sent: dict[int, deque[float]] = {}

    def closes(self, topic: str, data: bytes, now: float) -> bool:
        """Whether this is one identical payload too many; then everything is forgotten."""
        times = self._sent.setdefault(hash((topic, data)), deque(maxlen=LOOP_PAYLOADS))
        times.append(now)
        if len(times) == LOOP_PAYLOADS and now - times[0] <= LOOP_SECONDS:
            self._sent.clear()
            return True
        if len(self._sent) > LOOP_SUSPECTS:
            del self._sent[next(iter(self._sent))]
        return False


class PublishObserver(QueuedObserver):
    """Publishes one event for each that it is given."""

    def __init__(
        self,
        config: PublishConfig,
        services: Services,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Make it; ``sleep`` is how it waits for its limit."""
        self._rule = Rule(config)
        self._services = services
        self._sleep = sleep
        self._limit = RateLimit(config.rate, 1.0)
        self._guard = LoopGuard()

    async def deliver(self, event: Event) -> None:
        """Publish because of one event; UserError when it is refused or its payload lacks what is needed."""
        made = self._rule.event(event, self._services.name)
        if wait := self._limit.wait(self._services.now()):
            await self._sleep(wait)
        now = self._services.now()
        self._limit.take(now)
        if self._services.pattern.matches(made.topic) and self._guard.closes(made.topic, made.data, now):
            why = (
                f"Possible loop: it sent the same payload {LOOP_PAYLOADS} times within {LOOP_SECONDS:.0f} s to "
                f"“{made.topic}”, which it listens to itself. Change its topic or its pattern, then resume it."
            )
            self._services.stop(why)
            raise UserError(why)
        await self._services.publish(made)


class Rule:
    """What becomes of an event; UserError when the settings cannot be used."""

    def __init__(self, config: PublishConfig) -> None:
        self._topic = Template(config.topic, "To topic")
        self._data = Template(config.data, "Data")
        self._type = Template(config.type, "Type") if config.type.strip() else None
        if not config.topic.strip():
            raise UserError("To topic has to be filled in.")
        if "{{" not in config.topic:
            validate_topic(config.topic)

    def event(self, event: Event, name: str) -> Event:
        """The event to publish because of another one.

        Raises:
            UserError: the payload lacks a field, or the topic that comes of it is not legal.
        """
        if self._data.takes_data:
            data, content_type = event.data, event.datacontenttype
        else:
            data = self._data.render(event).encode(errors="replace")
            content_type = JSON_CONTENT_TYPE if self._data.is_json else TEXT_CONTENT_TYPE
        return Event(
            topic=validate_topic(self._topic.render(event)),
            data=data,
            type=(self._type.render(event) if self._type else event.type) or DEFAULT_TYPE,
            source=f"/observers/{quote(name, safe='')}",
            datacontenttype=content_type,
        )


class PublishKind(ObserverKind):
    """The entry of the table."""

    kind: ClassVar[str] = "publish"
    title: ClassVar[str] = "Publish"
    sentence: ClassVar[str] = "Replies or forwards"
    icon: ClassVar[str] = "forward"
    config_type: ClassVar[type[ObserverConfig]] = PublishConfig
    queued: ClassVar[bool] = True

    def open(self, config: Any, services: Services) -> Observer:
        """A rule; UserError when a text cannot be used."""
        return PublishObserver(config, services)

    def outside(self, config: Any) -> str:
        """Where it publishes to."""
        return f"publishes to {config.topic}"

    def trial(self, config: Any, event: Event) -> Trial:
        """What it would publish where."""
        made = Rule(config).event(event, "")
        what = f"{len(made.data):,} bytes" if made.data else "no data"
        return Trial.of(f"It would publish {what} as “{made.type}” to “{made.topic}”.", made.data)
