"""An event that some panel wants to be published or edited first: what the Publish panel fills itself from.

It holds the bytes of a payload as they came, so that nothing is lost on the way from a row of the log to the editor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class PublishDraft:
    """What is to be published; nothing in it is a placeholder.

    Attributes:
        topic: where to.
        type: CloudEvents ``type``; empty for the usual one.
        source: CloudEvents ``source``; empty for none.
        subject: CloudEvents ``subject``; empty for none.
        content_type: the media type of the data; empty when it is not known.
        headers: extension attributes and headers.
        data: the payload.
    """

    topic: str
    type: str = ""
    source: str = ""
    subject: str = ""
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    data: bytes = b""
