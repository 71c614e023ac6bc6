"""A draft read once and turned into a request for each firing; what has to be mended is said by field. No Qt."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Thread
from typing import Final

from eventmon.core.errors import UserError
from eventmon.core.event import DEFAULT_TYPE
from eventmon.core.topic import validate_topic
from eventmon.engine.placeholders import Firing, PlaceholderError, Template, escape, read_template
from eventmon.engine.requests import Publish
from eventmon.engine.templates import Draft, PayloadFormat
from eventmon.gui.models.publish_payload import (
    PayloadError,
    format_of,
    media_type_of,
    payload_of,
    place_in,
    read_payload,
    text_of,
)
from eventmon.gui.publish_draft import PublishDraft

BODY: Final = "body"
FILE: Final = "file"
HEADERS: Final = "headers"
MEDIA_TYPE: Final = "media_type"
PREVIEW_LETTERS: Final = 400
SENT: Final = "sent"
"""The mark of an event that was sent and did not come back; a new event does not have it."""
_WORD = r"[\w!#$&^.+-]+"
_MEDIA_TYPE = re.compile(rf"{_WORD}/{_WORD}\s*(;|\Z)", re.ASCII)
"""What stands before the parameters (RFC 6838); those are left to whoever reads them."""


class DraftError(UserError):
    """A field that has to be mended.

    Attributes:
        field: its name in ``Draft``.
        position: where in its text; -1 for the whole of it.
        cell: of ``headers``, which of those written and whether its name (0) or its value (1).
    """

    def __init__(self, field: str, sentence: str, position: int = -1, cell: tuple[int, int] = (0, 0)) -> None:
        super().__init__(sentence)
        self.field = field
        self.position = position
        self.cell = cell


@dataclass(frozen=True, kw_only=True)
class PublishPlan:
    """A draft whose placeholders are read.

    Attributes:
        draft: what it came from.
        topic: where to.
        headers: names and values.
        body: the data as written.
        data: the data of a file, or what is the same in each firing; None when it differs.
    """

    draft: Draft
    topic: Template
    headers: tuple[tuple[Template, Template], ...]
    body: Template
    data: bytes | None = None

    @property
    def placeholders(self) -> int:
        """How many there are."""
        return sum(len(template.spans) for template in (self.topic, self.body, *sum(self.headers, ())))

    def request(self, firing: Firing) -> Publish:
        """The request of one firing.

        Raises:
            DraftError: with these values it cannot be sent.
        """
        draft = self.draft
        headers = _filled_headers(self.headers, firing)
        return Publish(
            topic=_sound_topic(self.topic.fill(firing)),
            data=self.data if self.data is not None else _payload(self.body, draft.format, firing),
            type=draft.type or DEFAULT_TYPE,
            source=draft.source,
            subject=draft.subject or None,
            datacontenttype=draft.media_type or media_type_of(draft.format, draft.file),
            headers=headers or None,
        )


def draft_from(wanted: PublishDraft) -> Draft:
    """An event as a draft; braces in it stay braces."""
    payload_format = format_of(wanted.data, wanted.content_type)
    usual = media_type_of(payload_format, "")
    return Draft(
        topic=escape(wanted.topic),
        type=wanted.type if wanted.type != DEFAULT_TYPE else "",
        source=wanted.source,
        subject=wanted.subject,
        media_type=wanted.content_type if wanted.content_type != usual else "",
        headers=tuple((escape(name), escape(value)) for name, value in wanted.headers.items() if name != SENT),
        format=payload_format,
        body=text_of(wanted.data, payload_format),
    )


def begin_plan(draft: Draft) -> Future[PublishPlan]:
    """Read a draft; its file in a thread of its own, for a disk may be slow."""
    future: Future[PublishPlan] = Future()

    def read() -> None:
        try:
            future.set_result(plan_of(draft, lambda: read_payload(draft.file)))
        except UserError as error:
            future.set_exception(error)

    if draft.format == "file":
        Thread(target=read, name="publish-file", daemon=True).start()
    else:
        read()
    return future


def plan_of(draft: Draft, file: Callable[[], bytes] | None = None) -> PublishPlan:
    """Read a draft.

    Args:
        draft: what is written.
        file: gives the bytes of its file when its format is ``file``; without it they are taken as empty.

    Raises:
        DraftError: a placeholder or the file has a mistake.
    """
    topic = _read("topic", draft.topic)
    if draft.media_type and not _MEDIA_TYPE.match(draft.media_type):
        raise DraftError(MEDIA_TYPE, "This is no media type. Write one such as application/json, or leave it empty.")
    headers = _read_headers(draft)
    if draft.format == "file":
        return PublishPlan(draft=draft, topic=topic, headers=headers, body=read_template(""), data=_file_data(file))
    body = _read(BODY, draft.body)
    data = None if body.spans else _payload(body, draft.format, now_firing(0))
    return PublishPlan(draft=draft, topic=topic, headers=headers, body=body, data=data)


def check(draft: Draft, firing: Firing) -> PublishPlan:
    """Read a draft and try one firing of its data; the topic may still be empty.

    Raises:
        DraftError: the data or a placeholder has a mistake.
    """
    plan = plan_of(draft)
    if plan.data is None:
        _payload(plan.body, draft.format, firing)
    _filled_headers(plan.headers, firing)
    if draft.topic:
        _sound_topic(plan.topic.fill(firing))
    return plan


def preview(plan: PublishPlan, firing: Firing) -> str:
    """The beginning of the data of one firing, as it is written in its format."""
    head = plan.body.fill(firing) if plan.body.spans else plan.body.text
    return " ".join(head[: 4 * PREVIEW_LETTERS].split())[:PREVIEW_LETTERS]


def now_firing(seq: int) -> Firing:
    """A firing of this moment."""
    return Firing(seq, time.time_ns() // 1_000)


def body_sentence(text: str, error: PayloadError | PlaceholderError, position: int) -> str:
    """A mistake in the data with its line and column."""
    line, column = place_in(text, position)
    said = str(error).partition(": ")[2] if isinstance(error, PlaceholderError) else str(error)
    return f"Line {line}, column {column}: {said}"


def _read(field: str, text: str, cell: tuple[int, int] = (0, 0)) -> Template:
    try:
        return read_template(text)
    except PlaceholderError as error:
        sentence = body_sentence(text, error, error.position) if field == BODY else str(error)
        raise DraftError(field, sentence, error.position, cell) from None


def _read_headers(draft: Draft) -> tuple[tuple[Template, Template], ...]:
    headers = []
    for line, (name, value) in enumerate(pair for pair in draft.headers if any(pair)):
        if not name.strip():
            raise DraftError(HEADERS, "This header has a value and no name. Give it one or delete it.", cell=(line, 0))
        headers.append((_read(HEADERS, name, (line, 0)), _read(HEADERS, value, (line, 1))))
    return tuple(headers)


def _filled_headers(headers: tuple[tuple[Template, Template], ...], firing: Firing) -> dict[str, str]:
    """Names and values of one firing; one of two headers with the same name would be lost."""
    filled: dict[str, str] = {}
    for line, (name, value) in enumerate(headers):
        key = name.fill(firing)
        if key in filled:
            sentence = "Another header has this name already. Give it another name or delete it."
            raise DraftError(HEADERS, sentence, cell=(line, 0))
        filled[key] = value.fill(firing)
    return filled


def _payload(body: Template, payload_format: PayloadFormat, firing: Firing) -> bytes:
    text, place = body.fill_with_places(firing)
    if payload_format == "json" and not text.strip():
        return b""
    try:
        return payload_of(text, payload_format)
    except PayloadError as error:
        at = place(error.position)
        raise DraftError(BODY, body_sentence(body.text, error, at), at) from None


def _file_data(file: Callable[[], bytes] | None) -> bytes:
    try:
        return file() if file is not None else b""
    except UserError as error:
        raise DraftError(FILE, str(error)) from None


def _sound_topic(topic: str) -> str:
    try:
        return validate_topic(topic)
    except UserError as error:
        raise DraftError("topic", str(error)) from None
