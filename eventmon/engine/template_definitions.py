"""A named template as the workspace keeps it: what is fired when its user says so, and nothing that acts by itself.

Its tables are read by people and kept in git, so what is at its default is left out and bytes stand in a key of
their own. Two folders may have templates of one name; the table of the second then tells its name in ``title``.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from eventmon.core.errors import UserError
from eventmon.engine.templates import MAX_NAME, Draft, NamedTemplate, PayloadFormat, checked_name

MAX_BYTES_OF_ALL = 512 * 1024
"""Of what all templates of a workspace hold: its file is read and written whole with each change."""

Place = tuple[str, str]
"""Folder and name."""


class TemplateDefinition(msgspec.Struct, frozen=True, kw_only=True):
    """A template as it is remembered.

    Attributes:
        name: of its table; unique in the workspace.
        title: its own name, when another folder has that of the table; empty for the same.
        folder: where it stands; empty for none.
        topic: where to.
        type: CloudEvents ``type``.
        source: CloudEvents ``source``.
        subject: CloudEvents ``subject``.
        media_type: of the data.
        headers: names and values, in their order.
        content: how the data is to be read.
        data: the data as written, unless it is Base64.
        base64: the data as written when it is.
        file: where the data lies when the content is ``file``.
    """

    name: str
    title: str = ""
    folder: str = ""
    topic: str = ""
    type: str = ""
    source: str = ""
    subject: str = ""
    media_type: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    content: PayloadFormat = "json"
    data: str = ""
    base64: str = ""
    file: str = ""

    @property
    def place(self) -> Place:
        """Folder and name, as people know it."""
        return self.folder, self.title or self.name

    @property
    def template(self) -> NamedTemplate:
        """What the panel works with."""
        draft = Draft(
            topic=self.topic,
            type=self.type,
            source=self.source,
            subject=self.subject,
            media_type=self.media_type,
            headers=self.headers,
            format=self.content,
            body=self.base64 if self.content == "base64" else self.data,
            file=self.file,
        )
        return NamedTemplate(folder=self.folder, name=self.title or self.name, draft=draft)


def definition_of(template: NamedTemplate, name: str) -> TemplateDefinition:
    """The definition of a template in a table of that name."""
    draft = template.draft
    binary = draft.format == "base64"
    return TemplateDefinition(
        name=name,
        title="" if template.name == name else template.name,
        folder=template.folder,
        topic=draft.topic,
        type=draft.type,
        source=draft.source,
        subject=draft.subject,
        media_type=draft.media_type,
        headers=draft.headers,
        content=draft.format,
        data="" if binary else draft.body,
        base64=draft.body if binary else "",
        file=draft.file,
    )


def require_template_name(name: str) -> str:
    """The name, when it can be that of a template; UserError says why it cannot."""
    if not name.strip():
        raise UserError(f"A template's name is one line of 1 to {MAX_NAME} characters. Choose another.")
    checked_name(name)
    return name


def require_room(definitions: Iterable[TemplateDefinition]) -> None:
    """UserError when this is more than a workspace may hold of templates, or cannot be written at all."""
    try:
        size = sum(len(text.encode()) for each in definitions for text in texts_of(each))
    except UnicodeEncodeError as error:
        raise UserError("The template holds half a character, which no file can hold. Delete it.") from error
    if size > MAX_BYTES_OF_ALL:
        raise UserError(
            f"The templates would take more than {MAX_BYTES_OF_ALL // 1024} KiB together. "
            "Put long data into a file and choose File as its content."
        )


def texts_of(definition: TemplateDefinition) -> Iterable[str]:
    """Every text in a template."""
    for value in msgspec.structs.astuple(definition):
        if isinstance(value, str):
            yield value
    for pair in definition.headers:
        yield from pair
