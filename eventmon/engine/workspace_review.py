"""What each definition of a workspace file would do here, before anything of it is done."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import msgspec

from eventmon.core.errors import UserError
from eventmon.engine.address import Address
from eventmon.engine.approvals import digest_of
from eventmon.engine.definitions import ConnectionDefinition, ObserverDefinition
from eventmon.engine.observer_forms import normalised
from eventmon.engine.outside import deed_of
from eventmon.engine.requests import ReviewedDefinition
from eventmon.engine.template_definitions import Place, TemplateDefinition
from eventmon.engine.topic_choices import KNOWN
from eventmon.engine.workspace_tables import TABLES, Kept, Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """What there is here already, by name; ``free_connection`` gives a connection's name a number when it is taken."""

    connections: Mapping[str, ConnectionDefinition] = field(default_factory=dict)
    observers: Mapping[str, ObserverDefinition] = field(default_factory=dict)
    templates: Mapping[Place, TemplateDefinition] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    not_recorded: frozenset[str] = frozenset()
    free_connection: Callable[[str], str] = str

    def is_taken(self, definition: Kept) -> bool:
        """Whether something here has the name."""
        return self._ours(definition) is not None

    def is_same(self, definition: Kept) -> bool:
        """Whether it is here, apart from whether it is connected or paused and from its colour."""
        ours = self._ours(definition)
        return ours is not None and _core(ours) == _core(definition)

    def free_name(self, definition: Kept) -> str:
        """A name like its own that nothing here has."""
        if isinstance(definition, ConnectionDefinition):
            return self.free_connection(definition.name)
        if isinstance(definition, TemplateDefinition):
            folder, name = definition.place
            return _numbered(name, lambda other: (folder, other) in self.templates)
        return _numbered(definition.name, lambda other: other in self.observers)

    def _ours(self, definition: Kept) -> Kept | None:
        if isinstance(definition, ConnectionDefinition):
            return self.connections.get(definition.name)
        if isinstance(definition, TemplateDefinition):
            return self.templates.get(definition.place)
        return self.observers.get(definition.name)


def _numbered(name: str, is_taken: Callable[[str], bool]) -> str:
    number = 2
    while is_taken(f"{name}-{number}"):
        number += 1
    return f"{name}-{number}"


def reviewed(definition: Kept, here: Here) -> ReviewedDefinition:
    """A connection, an observer or a template of a file."""
    deed = deed_of(definition)
    taken = here.is_taken(definition)
    return ReviewedDefinition(
        table=TABLES[type(definition)].name,
        name=definition.name,
        digest=digest_of(definition),
        kind=deed.kind,
        words=deed.words,
        acts=deed.acts,
        taken=taken,
        same=here.is_same(definition),
        free_name=here.free_name(definition) if taken else "",
        trouble=deed.trouble,
    )


def reviewed_list(key: Key, texts: tuple[str, ...], here: Here) -> ReviewedDefinition:
    """A list of topics of a file."""
    table, name = key
    known = name == KNOWN
    new = [text for text in texts if text not in (here.known if known else here.not_recorded)]
    told = new or texts
    named = ", ".join(told[:3]) + (f" and {len(told) - 3:,} more" if len(told) > 3 else "")
    return ReviewedDefinition(
        table=table,
        name=name,
        digest=list_digest(texts),
        kind="Topics",
        words=f"makes known: {named}" if known else f"keeps from being stored: {named}",
        acts=not known,
        same=not new,
    )


def list_digest(texts: tuple[str, ...]) -> str:
    """What a choice of a list is compared by."""
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()


def _core(definition: Kept) -> Kept:
    """What makes a definition what it is, written in one way; as it stands when it cannot be understood."""
    if isinstance(definition, TemplateDefinition):  # in which table it stands is nothing of its own
        return msgspec.structs.replace(definition, name=definition.place[1], title="")
    try:
        if isinstance(definition, ObserverDefinition):
            return msgspec.structs.replace(normalised(definition), paused=False)
        address = Address.read(definition.url)
        read_only = not address.is_local if definition.read_only is None else definition.read_only
        return msgspec.structs.replace(definition, url=address.url, read_only=read_only, color="", connected=True)
    except UserError:
        return definition
