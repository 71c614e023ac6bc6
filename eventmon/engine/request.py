"""The base of every request; apart from the requests, which stand in several files."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

Answer_co = TypeVar("Answer_co", covariant=True)


class Request(msgspec.Struct, Generic[Answer_co], frozen=True, kw_only=True, tag=True, tag_field="request"):
    """A question to the engine; the type parameter is the type of its answer."""
