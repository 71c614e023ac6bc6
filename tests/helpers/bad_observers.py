"""A window whose engine has ten observers that do all one must not do, beside two good ones: R8 of the promises.

Run: ``python -m tests.helpers.bad_observers SECONDS``, in a home of its own. What was measured goes to standard output.
"""

from __future__ import annotations

import asyncio
import sys
import time
from array import array
from functools import partial

import msgspec

from eventmon.core.event import Event
from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.options import EngineOptions
from eventmon.engine.requests import AttachObserver, ListObservers
from eventmon.gui.application import SWITCH_INTERVAL, WindowLife, make_application
from eventmon.observers import registry
from eventmon.observers.base import ObserverKind, Services
from tests.benchmarks.window_under_load import Figures, measured_for
from tests.engine.observer_kinds import CourierKind, WarehouseKind

RATE = 5_000
WARM_UP_SECONDS = 2.0
PATTERN = "shop/#"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What one run says of itself.

    Attributes:
        figures: how the window fared.
        states: of each observer at the end, by name.
        dropped: by each observer, by name.
        inline_seqs: what the good inline observer was given.
        queued_seqs: what the good queued observer was given.
    """

    figures: Figures
    states: dict[str, str]
    dropped: dict[str, int]
    inline_seqs: list[int]
    queued_seqs: list[int]


async def take(_event: Event, _services: Services) -> None:
    """What a good one does: next to nothing."""


async def fail(_event: Event, _services: Services) -> None:
    """Raise."""
    raise OSError("the van broke down")


async def hang(_event: Event, _services: Services) -> None:
    """Never come back."""
    await asyncio.Event().wait()


async def block(_event: Event, _services: Services) -> None:
    """Stop the whole loop."""
    time.sleep(0.005)  # noqa: ASYNC251 - that is what makes it bad


async def flood(event: Event, services: Services) -> None:
    """Answer each event with ten."""
    for number in range(10):
        await services.publish(Event(topic="flood/of/mail", data=b"%d of %d" % (number, event.seq)))


async def recurse(event: Event, services: Services) -> None:
    """Answer each event with one that it is given again."""
    await services.publish(Event(topic="echo/of/order", data=event.data))


async def kill_thread(_event: Event, _services: Services) -> None:
    """Raise what ends a thread."""
    raise SystemExit(1)


async def stop(_event: Event, services: Services) -> None:
    """Stop itself."""
    services.stop("enough")


def raise_always(_event: Event) -> None:
    """Raise where events are numbered."""
    raise ValueError("no")


def kill_loop(_event: Event) -> None:
    """Raise what ends a thread, where events are numbered."""
    raise SystemExit(1)


class Leak:
    """Keeps what it is given, and more."""

    def __init__(self) -> None:
        self._kept: list[bytes] = []

    def __call__(self, event: Event) -> None:
        self._kept.append(event.data * 8)


def keep_nothing(_event: Event) -> None:
    """Nothing is kept of events: what they hold would make the window's process slower by itself."""


GOOD_INLINE, GOOD_QUEUED = WarehouseKind(), CourierKind(take)
KINDS = {
    "good": GOOD_INLINE,
    "good queued": GOOD_QUEUED,
    "raises": WarehouseKind(raise_always),
    "kills the loop": WarehouseKind(kill_loop),
    "leaks": WarehouseKind(Leak()),
    "fails": CourierKind(fail),
    "hangs": CourierKind(hang),
    "blocks": CourierKind(block),
    "floods": CourierKind(flood),
    "recurses": CourierKind(recurse),
    "kills its thread": CourierKind(kill_thread),
    "stops": CourierKind(stop),
}


INLINE_SEQS, QUEUED_SEQS = array("q"), array("q")
for bad in KINDS.values():
    bad.keeps = keep_nothing
GOOD_INLINE.keeps = lambda event: INLINE_SEQS.append(event.seq)
GOOD_QUEUED.keeps = lambda event: QUEUED_SEQS.append(event.seq)


async def lived(life: WindowLife, seconds: float) -> Outcome:
    """Attach them all, watch the window, and list what became of them."""
    bridge = life.context.bridge
    while bridge.last_frame is None:  # noqa: ASYNC110 - the window's own signal would need a loop as well
        await asyncio.sleep(0.01)
    for name in KINDS:
        pattern = "#" if name == "recurses" else PATTERN
        await bridge.call(AttachObserver(definition=ObserverDefinition(name=name, kind=name, pattern=pattern)))
    await asyncio.sleep(WARM_UP_SECONDS)
    figures = await measured_for(life, seconds)
    statuses = await bridge.call(ListObservers())
    return Outcome(
        figures=figures,
        states={status.name: status.state for status in statuses},
        dropped={status.name: status.dropped for status in statuses},
        inline_seqs=INLINE_SEQS.tolist(),
        queued_seqs=QUEUED_SEQS.tolist(),
    )


def _same(kind: ObserverKind) -> ObserverKind:
    return kind


def main(seconds: float) -> None:
    """The whole life of the process."""
    import qasync

    for name, kind in KINDS.items():
        registry.KINDS[name] = partial(_same, kind)
    sys.setswitchinterval(SWITCH_INTERVAL)
    options = EngineOptions(connections=(("shop", f"demo://?rate={RATE}"),))
    with qasync.QEventLoop(make_application()) as loop:
        asyncio.set_event_loop(loop)
        life = WindowLife(options, None)
        living: asyncio.Task[Outcome] = loop.create_task(lived(life, seconds))
        living.add_done_callback(lambda _task: life.window.close())
        loop.run_until_complete(life.live())
        asyncio.set_event_loop(None)
    sys.stdout.write(msgspec.json.encode(living.result()).decode() + "\n")


if __name__ == "__main__":
    main(float(sys.argv[1]))
