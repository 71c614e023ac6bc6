"""The counters for Prometheus (text format 0.0.4). Topics are left out: their number has no bound."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from aiohttp import web

from eventmon.engine.stats import Stats

if TYPE_CHECKING:
    from eventmon.engine.engine import Engine

METRICS_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
METRICS_PATH: Final = "/metrics"
_COUNTERS: Final = {
    "received": "Events handed to the engine since the session was begun.",
    "stored": "Events stored.",
    "not_recorded": "Events counted and not stored, because their topic is not recorded.",
    "duplicates": "Events that had been sent before.",
    "dropped": "Events that could not be stored.",
    "pruned": "Stored events that were removed by retention or deletion.",
    "gaps": "Times in which something may have been missed.",
}
_GAUGES: Final = {
    "in_flight": "Events on their way into the log.",
    "observers": "Attached observers.",
    "topics": "Known topics.",
    "log_bytes": "Size of the session on disk.",
}
_OBSERVER_COUNTERS: Final = ("matched", "delivered", "failed", "dropped")


class MetricsRoute:
    """``GET /metrics`` of one engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def get_metrics(self, request: web.Request) -> web.Response:
        """All counters, from one instant."""
        return web.Response(body=metrics_text(self._engine.stats()), headers={"Content-Type": METRICS_TYPE})


def metrics_text(stats: Stats) -> bytes:
    """The figures as Prometheus reads them."""
    lines: list[str] = []
    for name, purpose in _COUNTERS.items():
        lines += _family(f"eventmon_{name}_total", "counter", purpose, [({}, getattr(stats, name))])
    for name, purpose in _GAUGES.items():
        lines += _family(f"eventmon_{name}", "gauge", purpose, [({}, getattr(stats, name))])
    up = [({"connection": each.name}, int(each.phase == "connected")) for each in stats.connections]
    lines += _family("eventmon_connection_up", "gauge", "Whether a connection is connected.", up)
    for name in _OBSERVER_COUNTERS:
        values = [({"observer": each.name}, getattr(each, name)) for each in stats.observers_detail]
        lines += _family(f"eventmon_observer_{name}_total", "counter", f"Events {name}, by observer.", values)
    return ("\n".join(lines) + "\n").encode(errors="replace")


def _family(name: str, kind: str, purpose: str, values: Iterable[tuple[Mapping[str, str], int]]) -> list[str]:
    lines = [f"{name}{_labels(labels)} {value}" for labels, value in values]
    return [f"# HELP {name} {purpose}", f"# TYPE {name} {kind}", *lines] if lines else []


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n").replace("\r", " ")
