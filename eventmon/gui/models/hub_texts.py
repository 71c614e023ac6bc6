"""What differs between two versions of an observer, in words. No widgets."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from eventmon.core.secret_names import masked
from eventmon.engine.address import hide
from eventmon.engine.definitions import ObserverDefinition

NOTHING = "–"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Hub", text)


@dataclass(frozen=True, slots=True)
class Difference:
    """One line: a field and what each version says there."""

    field: str
    mine: str
    theirs: str

    @property
    def differs(self) -> bool:
        """Whether the versions say something else."""
        return self.mine != self.theirs


def differences(mine: ObserverDefinition | None, theirs: ObserverDefinition | None) -> list[Difference]:
    """Every field of either version, those that differ first."""
    said, others = _said(mine), _said(theirs)
    lines = [Difference(field, said.get(field, NOTHING), others.get(field, NOTHING)) for field in {**said, **others}]
    return sorted(lines, key=lambda line: not line.differs)


def _said(definition: ObserverDefinition | None) -> dict[str, str]:
    if definition is None:
        return {_tr("State"): _tr("removed")}
    fields = {
        _tr("State"): _tr("paused") if definition.paused else _tr("on"),
        _tr("Name"): definition.name,
        _tr("Kind"): definition.kind,
        _tr("Pattern"): definition.pattern,
        _tr("Full queue"): definition.overflow.replace("_", " "),
    }
    settings = {name.replace("_", " "): hide(masked(str(value)), None) for name, value in definition.settings.items()}
    return fields | settings
