"""What a definition would do outside of Eventmon, in words with its target: what its user decides by.

A definition that cannot be understood counts as one that acts: it may be understood by a later version.
"""

from __future__ import annotations

from dataclasses import dataclass

from eventmon.core.errors import UserError
from eventmon.core.pattern import Pattern
from eventmon.engine.address import Address
from eventmon.engine.definitions import ConnectionDefinition, ObserverDefinition
from eventmon.engine.observer_forms import settings_of
from eventmon.engine.placeholders import variables_in
from eventmon.engine.template_definitions import TemplateDefinition


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What a definition does.

    Attributes:
        kind: what it is, for people.
        words: what it does, as in "“prod” connects to …"; begins with a small letter.
        acts: it reaches something outside of Eventmon.
        trouble: the sentence why it cannot be used; empty when it can.
    """

    kind: str
    words: str
    acts: bool = True
    trouble: str = ""


def deed_of(definition: ConnectionDefinition | ObserverDefinition | TemplateDefinition) -> Deed:
    """What a connection, an observer or a template would do."""
    if isinstance(definition, TemplateDefinition):
        return _of_template(definition)
    if isinstance(definition, ConnectionDefinition):
        return _of_connection(definition)
    return _of_observer(definition)


def _of_connection(definition: ConnectionDefinition) -> Deed:
    try:
        address = Address.read(definition.url)
    except UserError as error:
        return Deed(kind="Connection", words="cannot be used", trouble=str(error))
    words = f"connects to {address.masked}"
    borrowed = address.references
    if borrowed:
        words += f" with {' and '.join(borrowed)} of this machine"
    sends = address.connector.capabilities.publishes
    if sends and not (not address.is_local if definition.read_only is None else definition.read_only):
        words += ", events can be sent to it"
    return Deed(kind=address.connector.title, words=words)


def _of_observer(definition: ObserverDefinition) -> Deed:
    try:
        kind, settings = settings_of(definition.kind, definition.settings)
        pattern = Pattern(definition.pattern).text
    except UserError as error:
        return Deed(kind="Observer", words="cannot be used", trouble=str(error))
    outside = kind.outside(settings)
    does = outside or kind.sentence[:1].lower() + kind.sentence[1:]
    return Deed(kind=kind.title, words=f"{does} for {pattern}", acts=bool(outside))


def _borrowed(definition: TemplateDefinition) -> str:
    """What of this machine goes out with it."""
    taken = [f"the file {definition.file}"] if definition.content == "file" and definition.file else []
    texts = (definition.topic, definition.type, definition.source, definition.subject, definition.media_type)
    values = (value for header in definition.headers for value in header)
    names = list(dict.fromkeys(name for text in (*texts, *values, definition.data) for name in variables_in(text)))
    if names:
        taken.append(f"the variable{'s' if len(names) > 1 else ''} {' and '.join(names)}")
    return f", with {' and '.join(taken)} of this machine" if taken else ""


def _of_template(definition: TemplateDefinition) -> Deed:
    """It does nothing until its user fires it."""
    words = f"publishes to {definition.topic} when fired" if definition.topic else "holds an event without a topic"
    words += _borrowed(definition)
    if definition.title:
        words += f", is named “{definition.title}”"
    if definition.folder:
        words += f", in the folder “{definition.folder}”"
    return Deed(kind="Template", words=words, acts=False)
