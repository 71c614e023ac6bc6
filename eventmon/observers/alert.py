"""The kind ``alert``: tells the user when an event arrives, and when none has arrived for a while."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.core.fields import field
from eventmon.observers.base import InlineObserver, Observer, ObserverConfig, ObserverKind, Services, Trial
from eventmon.observers.rate_limit import RateLimit
from eventmon.observers.template import Template

MAX_DATA_BYTES = 4_096
SLEPT_SECONDS = 5.0
"""Ticks come once a second; after a longer while without one, the silence is measured anew: it was paused."""


class AlertConfig(ObserverConfig, frozen=True, kw_only=True):
    """Settings of an alert.

    Attributes:
        severity: how much it matters.
        text: told for each event; empty to tell of silence alone.
        per_minute: the most alerts a minute.
        silence: seconds; 0 for never.
    """

    severity: Annotated[Literal["error", "warning", "info"], field("Severity")] = "warning"
    text: Annotated[
        str,
        field("Text", "May hold {{topic}}, {{type}}, {{data}}, {{data.total}}. Empty tells of silence alone."),
    ] = "{{type}} on {{topic}}"
    per_minute: Annotated[int, field("Most alerts a minute"), msgspec.Meta(ge=1, le=600)] = 6
    silence: Annotated[
        int,
        field("Silence after, in seconds", "Tells that nothing arrived for so long. 0 never does."),
        msgspec.Meta(ge=0, le=604_800),
    ] = 0


class AlertObserver(InlineObserver):
    """Alerts within its limit; what is over it is counted and named with the next alert."""

    def __init__(self, config: AlertConfig, services: Services) -> None:
        self._config = config
        self._services = services
        self._text = _text_of(config)
        self._limit = RateLimit(config.per_minute, 60.0)
        self._alerts = 0
        self._held_back = 0
        self._held_back_now = 0
        self._since = self._ticked = services.now()
        self._silent = False

    def observe(self, event: Event) -> None:
        """Tell of one event; UserError when the text needs a field that its payload does not have."""
        now = self._services.now()
        self._since = now
        self._silent = False
        if self._text is None:
            return
        if self._limit.wait(now):
            self._held_back += 1
            self._held_back_now += 1
            return
        text = self._text.render(event)
        if self._held_back_now:
            text += f" ({self._held_back_now:,} more were held back)"
            self._held_back_now = 0
        self._limit.take(now)
        self._tell(text)

    def tick(self, now: float) -> None:
        """Tell once that nothing arrives."""
        if now - self._ticked > SLEPT_SECONDS:
            self._since = now
        self._ticked = now
        silence = self._config.silence
        if silence and not self._silent and now - self._since >= silence:
            self._silent = True
            self._tell(f"Nothing arrived for {_duration(silence)} on {self._services.pattern.text}.")

    def values(self) -> Mapping[str, float]:
        """How many alerts there were, and how many were over the limit."""
        return {"alerts": self._alerts, "held_back": self._held_back}

    def recall(self, values: Mapping[str, float]) -> None:
        """Go on counting."""
        self._alerts, self._held_back = int(values.get("alerts", 0)), int(values.get("held_back", 0))

    def succeed(self, earlier: Observer) -> None:
        """Go on counting."""
        if isinstance(earlier, AlertObserver):
            self._alerts, self._held_back = earlier._alerts, earlier._held_back

    def _tell(self, text: str) -> None:
        self._alerts += 1
        self._services.alert(self._config.severity, text)


class AlertKind(ObserverKind):
    """The entry of the table."""

    kind: ClassVar[str] = "alert"
    title: ClassVar[str] = "Alert"
    sentence: ClassVar[str] = "Tells you, or its silence"
    icon: ClassVar[str] = "bell"
    config_type: ClassVar[type[ObserverConfig]] = AlertConfig

    def open(self, config: Any, services: Services) -> Observer:
        """An alert; UserError when its text cannot be used."""
        return AlertObserver(config, services)

    def outside(self, config: Any) -> str:
        """Nothing."""
        return ""

    def trial(self, config: Any, event: Event) -> Trial:
        """What it would say."""
        text = _text_of(config)
        if text is None:
            return Trial(does="It would tell nothing: it waits for silence.")
        told = text.render(event).encode(errors="replace")
        return Trial.of(f"It would tell you at once, as {_ARTICLES[config.severity]}.", told)


_ARTICLES = {"error": "an error", "warning": "a warning", "info": "an information"}


def _text_of(config: AlertConfig) -> Template | None:
    if config.text.strip():
        return Template(config.text, "Text", data_limit=MAX_DATA_BYTES)
    if not config.silence:
        raise UserError("The alert has nothing to tell. Write a text, or after how many seconds of silence it tells.")
    return None


def _duration(seconds: int) -> str:
    if seconds % 3600 == 0:
        return f"{seconds // 3600:,} h"
    return f"{seconds // 60:,} min" if seconds % 60 == 0 else f"{seconds:,} s"
