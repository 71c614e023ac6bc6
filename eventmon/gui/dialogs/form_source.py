"""Where a dialog has its forms from: the engine's, or those of a test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from eventmon.engine.forms import ConnectorForm, FieldValue, FormValues, connector_forms, url_of, values_of


@dataclass(frozen=True, kw_only=True)
class FormSource:
    """The forms there are, and how an address becomes values and back; all of it without I/O."""

    forms: Callable[[], tuple[ConnectorForm, ...]] = connector_forms
    values_of: Callable[[str], FormValues] = values_of
    url_of: Callable[[str, dict[str, FieldValue]], str] = url_of


ENGINE_FORMS: Final = FormSource()
