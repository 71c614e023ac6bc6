"""What Eventmon is made of: every library inside, its version and its licence, for the About box and `eventmon about`.

A packaged build has no metadata of its libraries; it brings a list and the texts of the licences instead, made from
the same functions when it was built.
"""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

import msgspec

from eventmon.engine.resources import resources_folder

OURS = "eventmon"
BUNDLED_FOLDER = "licences"
BUNDLED_LIST = "parts.json"
LONGEST_LICENCE = 60
QT = ("PySide6_Essentials", "shiboken6")
"""Their wheels hold no text of their licence, so we bring it."""
_TEXT_NAME = re.compile(r"(licen[sc]e|copying|notice|copyright)", re.IGNORECASE)
_REQUIREMENT_NAME = re.compile(r"[A-Za-z0-9._-]+")


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A library, font or set of icons inside Eventmon.

    Attributes:
        name: as its authors write it.
        version: of what is inside.
        licence: its short name, an SPDX expression where its authors give one.
        texts: the files with the text of its licence, below the folder of licences in a packaged build.
    """

    name: str
    version: str
    licence: str
    texts: tuple[str, ...] = ()


@cache
def parts() -> tuple[Part, ...]:
    """Everything inside, by name; what is not installed is left out."""
    bundled = bundled_folder()
    if bundled is not None:
        return msgspec.json.decode((bundled / BUNDLED_LIST).read_bytes(), type=tuple[Part, ...])
    found = [_part(distribution) for distribution in distributions()]
    return tuple(sorted([*found, python_part(), icons_part()], key=lambda part: part.name.lower()))


def licence_text(part: Part) -> str:
    """The text of a part's licence; empty when its authors ship none."""
    folder = bundled_folder() or Path()
    return "\n\n".join((folder / text).read_text(encoding="utf-8", errors="replace") for text in part.texts)


def bundled_folder() -> Path | None:
    """The folder of licences that a packaged build brings; None elsewhere."""
    folder = resources_folder() / BUNDLED_FOLDER
    return folder if (folder / BUNDLED_LIST).is_file() else None


def distributions() -> list[metadata.Distribution]:
    """Every installed library that Eventmon needs on this system, directly or through another."""
    found: dict[str, metadata.Distribution] = {}
    waiting = [OURS]
    while waiting:
        name = _normal(waiting.pop())
        if name in found:
            continue
        try:
            found[name] = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        waiting.extend(_needed(found[name], extras=name == OURS))
    found.pop(OURS, None)
    return list(found.values())


def python_part() -> Part:
    """The interpreter."""
    text = Path(sys.base_prefix, "lib", f"python{sys.version_info.major}.{sys.version_info.minor}", "LICENSE.txt")
    texts = (str(text),) if text.is_file() else ()
    return Part(name="Python", version=platform.python_version(), licence="PSF-2.0", texts=texts)


def icons_part() -> Part:
    """The icons."""
    text = resources_folder() / "icons" / "LICENSE"
    return Part(name="Lucide icons", version="1.62", licence="ISC AND MIT", texts=(str(text),))


def _part(distribution: metadata.Distribution) -> Part:
    return Part(
        name=distribution.metadata["Name"],
        version=distribution.version,
        licence=_licence_of(distribution),
        texts=tuple(str(path) for path in licence_files(distribution)),
    )


def licence_files(distribution: metadata.Distribution) -> list[Path]:
    """The files of an installed library that hold the text of a licence."""
    if distribution.metadata["Name"] in QT:
        return sorted((resources_folder() / BUNDLED_FOLDER / "qt").glob("*.txt"))
    files = [file for file in distribution.files or [] if _TEXT_NAME.search(file.name) and file.suffix != ".py"]
    return sorted(path for path in (Path(str(file.locate())) for file in files) if path.is_file())


def _licence_of(distribution: metadata.Distribution) -> str:
    about = distribution.metadata
    stated, *_ = [*_of(about, "License-Expression"), *_of(about, "License"), ""]
    stated = stated.partition("\n")[0]
    if not stated or len(stated) > LONGEST_LICENCE:
        classifiers = [text for text in _of(about, "Classifier") if text.startswith("License ::")]
        stated = classifiers[-1].rpartition(" :: ")[2] if classifiers else stated[:LONGEST_LICENCE]
    return stated.strip()


def _of(about: metadata.PackageMetadata, key: str) -> list[str]:
    return about.get_all(key) or []


def _needed(distribution: metadata.Distribution, *, extras: bool) -> Iterator[str]:
    """The names of what a library requires here; markers are read as far as they name a system or an extra."""
    for requirement in distribution.requires or []:
        text, _, marker = requirement.partition(";")
        if ("extra ==" in marker and not extras) or not _for_this_system(marker):
            continue
        name = _REQUIREMENT_NAME.match(text.strip())
        if name:
            yield name.group()


def _for_this_system(marker: str) -> bool:
    if "sys_platform ==" in marker:
        return f'"{sys.platform}"' in marker.replace("'", '"')
    if "platform_system ==" in marker:
        return platform.system() in marker
    return True


def _normal(name: str) -> str:
    """The name as libraries are compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
