"""Firing once, again and again, or in a burst: one timer, a bounded number under way, an end at the first refusal.

Answers are collected by the same timer, so that a burst of a thousand means some dozens of turns of the event loop
and not a thousand signals.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from typing import Literal

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal

from eventmon.core.errors import UserError
from eventmon.engine.placeholders import Firing
from eventmon.engine.requests import Published
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.models.publish_plan import PublishPlan

MAX_UNDER_WAY = 64
BATCH = 32
"""Events fired in one turn of the event loop."""
TURN_MS = 5
LONGEST_REST_MS = 1_000

Kind = Literal["", "once", "repeat", "burst"]


def _tr(text: str) -> str:
    return QCoreApplication.translate("Publish", text)


class PublishRunner(QObject):
    """One run at a time.

    Attributes:
        progressed: counts changed; at most once a turn.
        ended: the run is over and all answers are here.
        kind: what is being done; empty between runs.
        wanted: how many events are to be fired; 0 for no end.
        fired: how many were, in this run.
        answered: how many of them were taken.
        skipped: firings of a repetition that were left out, because too many were under way.
        last: the newest answer of this run.
        refusal: why the run ended early.
        plan: what is fired.
    """

    progressed = Signal()
    ended = Signal()

    def __init__(
        self,
        bridge: EngineBridge,
        next_firing: Callable[[], Firing],
        parent: QObject | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("publishRunner")
        self._bridge = bridge
        self._next_firing = next_firing
        self._clock = clock
        self._under_way: deque[Future[Published]] = deque()
        self._planned: Future[PublishPlan] | None = None
        self._stopping = False
        self._every = 0.0
        self._due = 0.0
        self._timer = QTimer(self)
        self._timer.setObjectName("publishTurn")
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.turn)
        self.kind: Kind = ""
        self.wanted = self.fired = self.answered = self.skipped = 0
        self.last: Published | None = None
        self.refusal: UserError | None = None
        self.plan: PublishPlan | None = None

    @property
    def running(self) -> bool:
        """Whether a run is under way."""
        return bool(self.kind)

    @property
    def under_way(self) -> int:
        """How many answers are awaited."""
        return len(self._under_way)

    def start(self, planned: Future[PublishPlan], kind: Kind, *, count: int = 0, every_ms: int = 0) -> None:
        """Begin a run.

        Args:
            planned: what is to be fired, when it has been read.
            kind: once, repeat or burst.
            count: of a burst.
            every_ms: of a repetition.
        """
        if self.running:
            return
        self._clear(kind, {"once": 1, "burst": count}.get(kind, 0))
        self._planned = planned
        self._every = every_ms / 1000
        self._due = self._clock()
        self.turn()

    def stop(self) -> None:
        """Fire no more; answers that are awaited still come, unless they are not waited for by stopping again."""
        if self._stopping:
            self._under_way.clear()
        self._stopping = True
        self.turn()

    def turn(self) -> None:
        """Collect answers, fire what is due, rest or end."""
        self._timer.stop()
        if not self.running:
            return
        self._timer.start(TURN_MS)  # also when an answer is a bug, which is reported by whoever called
        self._collect()
        if self._take_plan() and not self._stopping:
            self._fire_due()
            self._collect()
        self.progressed.emit()
        if self._is_over():
            self._timer.stop()
            self.kind = ""
            self._planned = None
            self.ended.emit()
        else:
            self._timer.start(self._rest())

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _clear(self, kind: Kind, wanted: int) -> None:
        self.kind = kind
        self.wanted = wanted
        self.fired = self.answered = self.skipped = 0
        self.last = None
        self.refusal = None
        self.plan = None
        self._stopping = False

    def _take_plan(self) -> bool:
        if self.plan is None and self._planned is not None and self._planned.done():
            try:
                self.plan = self._planned.result()
            except UserError as error:
                self._refuse(error)
        return self.plan is not None

    def _fire_due(self) -> None:
        if self.kind != "repeat":
            for _ in range(min(BATCH, self.wanted - self.fired, MAX_UNDER_WAY - len(self._under_way))):
                if not self._fire():
                    return
            return
        late = self._clock() - self._due
        if late < 0:
            return
        missed = int(late / self._every)
        self.skipped += missed
        self._due += (missed + 1) * self._every
        if len(self._under_way) < MAX_UNDER_WAY:
            self._fire()
        else:
            self.skipped += 1

    def _fire(self) -> bool:
        assert self.plan is not None
        try:
            request = self.plan.request(self._next_firing())
        except UserError as error:
            self._refuse(error)
            return False
        self.fired += 1
        self._under_way.append(self._bridge.submit(request))
        return True

    def _collect(self) -> None:
        """Answers come in order, but for those of different connections; the oldest may hold up newer ones shortly."""
        while self._under_way and self._under_way[0].done():
            future = self._under_way.popleft()
            error = CancelledError() if future.cancelled() else future.exception()
            if error is None:
                self.last = future.result()
                self.answered += 1
            elif isinstance(error, UserError):
                self._refuse(error)
            else:
                self._refuse(UserError(_tr("The engine gave no answer. Look at Problems, then try again.")))
                raise error

    def _refuse(self, error: UserError) -> None:
        self._stopping = True
        self.refusal = self.refusal or error

    def _is_over(self) -> bool:
        done = self._stopping or (self.wanted and self.fired >= self.wanted)
        return bool(done) and not self._under_way and (self.plan is not None or self._stopping)

    def _rest(self) -> int:
        if self._under_way or self.kind != "repeat" or self.plan is None or self._stopping:
            return TURN_MS
        return max(1, min(LONGEST_REST_MS, round((self._due - self._clock()) * 1000)))
