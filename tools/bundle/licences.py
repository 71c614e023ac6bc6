"""The folder of licences in the bundle: the text of each part, and the list that the About box reads."""

from __future__ import annotations

import subprocess
from pathlib import Path

import msgspec

from eventmon.engine.parts import BUNDLED_LIST, Part, parts
from tools.bundle.trimming import KEPT_SYSTEM_LIBRARIES

COPYRIGHT_FOLDER = Path("/usr/share/doc")


def write_licences(folder: Path, system_libraries: list[Path]) -> None:
    """Write the texts and the list; ``system_libraries`` are the files of the system that the bundle carries."""
    folder.mkdir(parents=True, exist_ok=True)
    found = [*parts(), *_system_parts(system_libraries)]
    listed = [_written(folder, part) for part in sorted(found, key=lambda part: part.name.lower())]
    (folder / BUNDLED_LIST).write_bytes(msgspec.json.format(msgspec.json.encode(listed)))


def _written(folder: Path, part: Part) -> Part:
    names = []
    for number, text in enumerate(part.texts):
        name = f"{part.name.replace('/', '_').replace(' ', '_')}-{number + 1}.txt"
        (folder / name).write_bytes(Path(text).read_bytes())
        names.append(name)
    return msgspec.structs.replace(part, texts=tuple(names))


def _system_parts(libraries: list[Path]) -> list[Part]:
    """The packages of the system that own these files; none where there is no dpkg to ask."""
    found: dict[str, Part] = {}
    for library in libraries:
        package = _asked("dpkg", "-S", str(library.resolve())).partition(":")[0]
        text = COPYRIGHT_FOLDER / package / "copyright"
        if package and text.is_file():
            version = _asked("dpkg-query", "-W", "-f=${Version}", package)
            found[package] = Part(name=package, version=version, licence="see its text", texts=(str(text),))
    return list(found.values())


def kept_system_libraries() -> list[Path]:
    """Where the linker finds the system's libraries that the bundle carries."""
    lines = (line.strip() for line in _asked("/sbin/ldconfig", "-p").splitlines() if "=> " in line)
    return [
        Path(line.partition("=> ")[2]) for line in lines if line.startswith(KEPT_SYSTEM_LIBRARIES) and "x86-64" in line
    ]


def _asked(*command: str) -> str:
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""
