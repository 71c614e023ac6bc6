"""A workspace as a file to give away: definitions alone, with references where secrets were."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from eventmon.core.errors import UserError
from eventmon.engine.address import Address
from eventmon.engine.definitions import ConnectionDefinition
from eventmon.engine.file_replacement import replace_file
from eventmon.engine.workspace_changes import written
from eventmon.engine.workspace_tables import TABLES, Entry, Kept, Key

STANDARD_INPUT = "pipe:-"


def exportable(definitions: Iterable[ConnectionDefinition]) -> tuple[list[ConnectionDefinition], list[str]]:
    """The connections as they may be given away, and a sentence for each that is written otherwise or left out."""
    kept, notes = [], []
    for definition in definitions:
        try:
            address = Address.read(definition.url)
        except UserError:
            notes.append(f"“{definition.name}” is left out: its address cannot be read.")
            continue
        if address.url == STANDARD_INPUT:
            notes.append(f"“{definition.name}” is left out: standard input is of this start alone.")
            continue
        variables = {field: _variable(definition.name, field) for field in address.literals}
        for variable in variables.values():
            notes.append(f"The password of “{definition.name}” is not written: {variable} stands for it.")
        config = msgspec.structs.replace(address.config, **variables)
        kept.append(msgspec.structs.replace(definition, url=address.connector.url_of(config)))
    return kept, notes


def write_workspace(path: Path, definitions: Iterable[Kept], lists: Mapping[Key, tuple[str, ...]]) -> None:
    """Write a workspace file, all of it or nothing.

    Raises:
        UserError: it cannot be written; what was there is as it was.
    """
    entries: dict[Key, Entry] = {(TABLES[type(each)].name, each.name): each for each in definitions}
    text = written({**entries, **{key: texts for key, texts in lists.items() if texts}}, path)
    try:
        if path.exists() and not path.is_file():
            raise UserError(f"{path} is no file. Choose another name.")
        replace_file(path, text)
    except OSError as error:
        raise UserError(
            f"The workspace is not exported: {path} cannot be written ({error.strerror or error}). "
            "Choose another folder."
        ) from error


def _variable(name: str, field: str) -> str:
    word = re.sub(r"[^A-Za-z0-9_]", "_", f"{name}_{field}").upper()
    return f"${{{'_' if word[0].isdigit() else ''}{word}}}"
