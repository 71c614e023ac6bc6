"""Secrets that stand in a template: named when it is saved, and left out when a workspace is given away.

Only what is named like a secret is found: a header, or a field of data that is JSON or text. A value that comes from
the environment when it is fired is no secret in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from eventmon.core.secret_names import is_secret, secret_spans
from eventmon.engine.template_definitions import TemplateDefinition
from eventmon.engine.templates import Draft

LONGEST_NAME = 300
_NAME = re.compile(r'([\w.-]{1,128})"?\s*[=:]\s*(?:(?:Bearer|Basic) +)?$', re.IGNORECASE)
_NOTHING = {'""', "null", "true", "false"}


class _Found(NamedTuple):
    """A value that is a secret: what it is called and where it stands in the data."""

    name: str
    start: int
    end: int


def secret_names(draft: Draft) -> list[str]:
    """What the secrets in a draft are called, headers first, each once."""
    headers = [name for name, value in draft.headers if _is_plain_secret(name, value)]
    return list(dict.fromkeys([*headers, *(found.name for found in _in_data(draft))]))


def placeholder_of(name: str) -> str:
    """What may stand in the place of a secret of that name."""
    word = re.sub(r"[^A-Za-z0-9_]", "_", name).upper() or "SECRET"
    return f"{{{{env {'_' if word[0].isdigit() else ''}{word}}}}}"


def without_secrets(definition: TemplateDefinition) -> tuple[TemplateDefinition, list[str]]:
    """The template as it may be given away, and what its secrets are called that were left out of it."""
    draft = definition.template.draft
    names = secret_names(draft)
    if not names:
        return definition, names
    headers = tuple(
        (name, placeholder_of(name) if _is_plain_secret(name, value) else value) for name, value in draft.headers
    )
    data = definition.data
    for found in reversed(list(_in_data(draft))):
        quote = '"' if draft.format == "json" or data[found.start] == '"' else ""
        data = f"{data[: found.start]}{quote}{placeholder_of(found.name)}{quote}{data[found.end :]}"
    return msgspec.structs.replace(definition, headers=headers, data=data), names


def _is_plain_secret(name: str, value: str) -> bool:
    return is_secret(name) and bool(value.strip()) and "{{env " not in value


def _in_data(draft: Draft) -> Iterator[_Found]:
    if draft.format not in ("json", "text"):
        return
    for span in secret_spans(draft.body):
        value = draft.body[span.start : span.end]
        if value not in _NOTHING and "{{env " not in value:
            before = _NAME.search(draft.body[max(0, span.start - LONGEST_NAME) : span.start])
            yield _Found(before[1] if before else "secret", span.start, span.end)
