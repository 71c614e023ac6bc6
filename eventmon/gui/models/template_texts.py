"""What is said under a template while it is written: what it sends, and where its JSON goes wrong. No Qt.

A template that is no JSON is sent as text, so a mistake in one that was meant as JSON stops nothing: it is pointed at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QCoreApplication

from eventmon.core.errors import UserError
from eventmon.gui.models.publish_payload import PayloadError, payload_of, place_in

MEANT_AS_JSON: Final = ("{", "[")


@dataclass(frozen=True, kw_only=True)
class TemplateLook:
    """How a template is.

    Attributes:
        sentence: what is said of it.
        tone: ``ok``, ``text3`` or ``error``.
        position: of the mistake; -1 for none.
        is_json: whether it is to be coloured as JSON.
    """

    sentence: str
    tone: str = "text3"
    position: int = -1
    is_json: bool = False


def _tr(text: str) -> str:
    return QCoreApplication.translate("Observers", text)


def look_of(text: str, title: str) -> TemplateLook:
    """How a template of the field with that title is."""
    from eventmon.engine.observer_forms import template_state  # after the first paint

    if not text.strip():
        return TemplateLook(sentence=_tr("Sends no data"))
    try:
        state = template_state(text, title)
    except UserError as error:
        return TemplateLook(sentence=str(error), tone="error", is_json=text.lstrip().startswith(MEANT_AS_JSON))
    if state.sends == "payload":
        return TemplateLook(sentence=_tr("Sends the payload as it is"))
    if state.sends == "json":
        return TemplateLook(sentence=_tr("Valid JSON"), tone="ok", is_json=True)
    if not text.lstrip().startswith(MEANT_AS_JSON) or text.lstrip().startswith("{{"):
        return TemplateLook(sentence=_tr("Sent as text"))
    return _broken(text, state.filled)


def _broken(text: str, filled: str) -> TemplateLook:
    """What was meant as JSON and is not."""
    try:
        payload_of(filled, "json")
    except PayloadError as error:
        line, column = place_in(text, error.position)
        sentence = _tr("Sent as text, for it is no JSON. Line {line}, column {column}: {mistake}")
        said = sentence.format(line=line, column=column, mistake=error)
        return TemplateLook(sentence=said, tone="error", position=error.position, is_json=True)
    return TemplateLook(sentence=_tr("Sent as text"))
