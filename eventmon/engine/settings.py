"""The preferences of a profile: a TOML file for people, one flat frozen Struct for the program.

The file is kept as its owner wrote it: comments stay, only changed keys are touched, and a file with a mistake in
it is reported by table and key and left alone.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from eventmon.core.errors import UserError
from eventmon.core.fields import field
from eventmon.engine.file_replacement import replace_file
from eventmon.engine.paths import Paths
from eventmon.store.base import Retention

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

Theme = Literal["system", "light", "dark"]
Positive = Annotated[int, msgspec.Meta(gt=0)]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the user prefers; change a copy with ``msgspec.structs.replace``.

    Attributes:
        theme: light, dark, or what the system says.
        text_percent: size of all text, 100 is normal.
        utc: show times in UTC instead of the local zone.
        log_max_bytes: the oldest events leave a log that is larger; None for no limit.
        log_max_age_days: events older than this leave; None for no limit.
    """

    theme: Annotated[Theme, field("Theme", names=("As the system", "Light", "Dark"))] = "system"
    text_percent: Annotated[
        int, msgspec.Meta(ge=75, le=300), field("Text size in percent", "100 is the size that the system says.")
    ] = 100
    utc: Annotated[bool, field("Times in UTC instead of the local zone")] = False
    log_max_bytes: Annotated[
        Positive | None, field("Largest size of the log", "The oldest events leave a log that is larger.", unit="bytes")
    ] = 2 * 1024**3
    log_max_age_days: Annotated[
        Positive | None, field("Oldest events of the log", "Older events leave the log.", unit="days")
    ] = 30

    @property
    def retention(self) -> Retention:
        """The limits of a log, as the store understands them."""
        days = self.log_max_age_days
        return Retention(max_bytes=self.log_max_bytes, max_age_seconds=None if days is None else days * 86_400)


_KEYS: dict[str, tuple[str, str]] = {
    "theme": ("appearance", "theme"),
    "utc": ("appearance", "utc"),
    "text_percent": ("appearance", "text_percent"),
    "log_max_bytes": ("log", "max_bytes"),
    "log_max_age_days": ("log", "max_age_days"),
}
"""Where the file keeps each field: (table, key). 0 stands for "no limit", for TOML has no null."""

FROM_NEXT_START = frozenset({"log_max_bytes", "log_max_age_days"})
"""What a running engine does not take over."""

_UNLIMITED = {"log_max_bytes", "log_max_age_days"}


def load_settings(paths: Paths) -> Settings:
    """The settings of a profile; the defaults when it has no file yet.

    Raises:
        UserError: the file cannot be read or has a mistake; the sentence names table and key.
    """
    path = paths.settings_file
    if not path.exists():
        return Settings()
    import tomllib

    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(f"The settings file {path} cannot be read: {error}. Mend or delete it.") from error
    return _from_document(document, path)


def settings_or_defaults(paths: Paths) -> tuple[Settings, str]:
    """The settings, or the defaults and a sentence about the mistake in the file."""
    try:
        return load_settings(paths), ""
    except UserError as error:
        return Settings(), f"{error} Until then the defaults hold."


def save_settings(paths: Paths, settings: Settings) -> None:
    """Write the settings, all at once or not at all; comments and order of the file stay.

    Raises:
        UserError: the file has a mistake and is left as it is, or it cannot be written.
    """
    import tomlkit  # after the first paint: reading needs no more than the standard library
    import tomlkit.exceptions

    load_settings(paths)
    path = paths.settings_file
    try:
        document = tomlkit.parse(path.read_text(encoding="utf-8")) if path.exists() else tomlkit.document()
        _write_fields(document, settings)
        replace_file(path, tomlkit.dumps(document))
    except (OSError, tomlkit.exceptions.TOMLKitError) as error:
        raise UserError(f"The settings file {path} cannot be written: {error}. Check its permissions.") from error


def _from_document(document: dict[str, Any], path: Path) -> Settings:
    fields = {place: name for name, place in _KEYS.items()}
    values: dict[str, Any] = {}
    for table, content in document.items():
        if not isinstance(content, dict):
            raise UserError(f"{path}: the key “{table}” stands outside any table. Move it into one or delete it.")
        for key, value in content.items():
            name = fields.get((table, key))
            if name is None:
                raise UserError(
                    f"{path}: the table [{table}] has an unknown key “{key}”. Delete it or correct its name."
                )
            values[name] = None if name in _UNLIMITED and value == 0 and value is not False else value
    try:
        return msgspec.convert(values, Settings)
    except msgspec.ValidationError as error:
        raise UserError(_sentence_of(error, path)) from error


def _sentence_of(error: msgspec.ValidationError, path: Path) -> str:
    text = str(error)
    found = re.search(r" - at `\$\.(\w+)`$", text)
    if found is None:
        return f"{path}: {text}. Correct it."
    table, key = _KEYS[found[1]]
    return f"{path}: table [{table}], key “{key}”: {text[: found.start()].lower()}. Correct it or delete the line."


def _write_fields(document: TOMLDocument, settings: Settings) -> None:
    for name, (table, key) in _KEYS.items():
        value = getattr(settings, name)
        if table not in document:
            document[table] = {}
        content: Any = document[table]
        written = 0 if value is None else value
        if content.get(key) != written:
            content[key] = written
