"""An event as text for the clipboard: CloudEvents JSON, a curl command, a command of Eventmon, or its payload alone.

Secrets are hidden, because a clipboard is pasted anywhere; what is copied is otherwise exact. Commands publish it as a
new event: without id, time and seq, so that no duplicate of the old one is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from eventmon.core.cloudevents import UNKNOWN_SOURCE, from_structured
from eventmon.core.event import DEFAULT_TYPE, Event
from eventmon.engine.requests import EventDetail
from eventmon.gui.models import log_shell
from eventmon.gui.models.event_facts import cloudevent_text, payload_text

EVENTS_URL = "http://eventmon/api/v1/events"
SOCKET = "$SOCKET"
_OPTION = re.compile(r"[a-z0-9]{1,20}\Z")


def json_line(detail: EventDetail) -> str:
    """One line of CloudEvents JSON."""
    return cloudevent_text(detail, reveal=False)


def payload(detail: EventDetail) -> str:
    """The payload: text as it is, other bytes as hexadecimal digits."""
    return payload_text(detail.data, reveal=False)


def curl(detail: EventDetail, socket: str = "") -> str:
    """A curl command that publishes the event anew; ``socket`` is the path of the engine's control socket."""
    document = cloudevent_text(_anew(detail), reveal=False)
    place = log_shell.quoted(socket) if socket else f'"{SOCKET}"'
    start = f"curl --unix-socket {place} -H 'Content-Type: application/cloudevents+json' --data-binary"
    if log_shell.is_plain(document.encode()):
        return f"{start} {log_shell.quoted(document)} {EVENTS_URL}"
    return f"{start} @- {EVENTS_URL} {log_shell.here_document(document)}"


def cli(detail: EventDetail) -> str:
    """A command that publishes the event anew; headers that are no options of it are left out.

    Raises:
        UserError: an attribute holds what no command can carry.
    """
    event = from_structured(cloudevent_text(_anew(detail), reveal=False).encode())
    options = log_shell.command(_options(event, told=detail.datacontenttype))
    data = event.data
    if log_shell.is_plain(data) and data != b"-" and not data.startswith(b"@"):
        words = [event.topic, *([data.decode()] if data else [])]
        return f"{options} -- {log_shell.command(words)}"
    return log_shell.through_base64(data, f"{options} -- {log_shell.quoted(event.topic)} -")


def left_out_of_cli(headers: Mapping[str, str]) -> int:
    """How many headers ``cli`` cannot write."""
    return sum(not _OPTION.match(name) for name in headers)


def _options(event: Event, *, told: str | None) -> list[str]:
    words = ["eventmon", "publish"]
    if event.type != DEFAULT_TYPE:
        words += ["--type", event.type]
    words += ["--source", event.source or UNKNOWN_SOURCE]
    if event.subject is not None:
        words += ["--subject", event.subject]
    if told is not None:
        words += ["--content-type", told]
    for name, value in (event.headers or {}).items():
        if _OPTION.match(name):
            words += ["--attr", f"{name}={value}"]
    return words


def _anew(detail: EventDetail) -> EventDetail:
    return msgspec.structs.replace(detail, id=None, time=None, seq=0, received=0)
