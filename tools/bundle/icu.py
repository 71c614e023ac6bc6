"""Qt's ICU data without the languages that Eventmon does not speak: 32 MB become 4.

Qt needs ICU for sorting and for the case of letters; names of currencies, units and time zones, line breaking for Thai
and the tables of old character sets it never asks for. The format of the data is ICU's "common data" (icu4c,
``udata.h`` and ``tools/toolutil/package.cpp``): a header, then a table of contents of (name, data) offsets from its
own start, sorted by name, then names and items, each item aligned to 16 bytes.
"""

from __future__ import annotations

import re
import struct
import subprocess
import tempfile
from pathlib import Path

MAGIC = b"\xda\x27"
ALIGNMENT = 16
KEPT_LANGUAGES = re.compile(r"(root|pool|res_index|en|en_US|en_GB|zh|zh_Hans|zh_Hans_CN|zh_CN)\.res")
KEPT_ENDINGS = (".icu", ".nrm", ".cfu", ".spp")
SHARED_RESOURCES = re.compile(r"[a-z]+[A-Z]\w*\.res|metadata\.res|icuver\.res|icustd\.res|keyTypeData\.res")
"""``likelySubtags``, ``supplementalData`` and the like, which no language has a part in."""
KEPT_FOLDERS = ("coll",)


def trimmed_data(library: bytes) -> tuple[str, bytes]:
    """The data inside an ICU data library, cut down; with the name of its symbol, such as ``icudt73_dat``.

    Raises:
        ValueError: there is no ICU data of the known format inside.
    """
    symbol = re.search(rb"icudt\d+_dat", library)
    start = _start_of(library)
    header_size = struct.unpack_from("<H", library, start)[0]
    toc = start + header_size
    items = _items(library, toc)
    if symbol is None or not items:
        raise ValueError("this is no library of ICU data")
    kept = [(name, data) for name, data in items if _kept(name)]
    return symbol.group().decode(), library[start:toc] + _table(kept)


def write_trimmed_library(source: Path, target: Path) -> None:
    """Write a library in the place of Qt's own that holds only what is kept.

    Raises:
        CalledProcessError, OSError: the linker is not there or refuses.
        ValueError: the data has another format.
    """
    symbol, data = trimmed_data(source.read_bytes())
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "icu.dat").write_bytes(data)
        for command in (
            ("ld", "-r", "-b", "binary", "-z", "noexecstack", "-o", "icu.o", "icu.dat"),
            (
                *("objcopy", "--rename-section", ".data=.rodata,alloc,load,readonly,data,contents"),
                *("--set-section-alignment", f".data={ALIGNMENT}", "icu.o", "aligned.o"),
            ),
            (
                *("ld", "-shared", "-z", "noexecstack", f"-soname={source.name}"),
                *(f"--defsym={symbol}=_binary_icu_dat_start", "-o", str(target.absolute()), "aligned.o"),
            ),
        ):
            subprocess.run(command, cwd=folder, check=True, capture_output=True)


def _start_of(library: bytes) -> int:
    """Where the data begins: a header whose format is ``CmnD``."""
    at = library.find(b"CmnD")
    start = library.rfind(MAGIC, max(0, at - 32), at) - 2
    if at < 0 or start < 0:
        raise ValueError("this is no library of ICU data")
    return start


def _items(library: bytes, toc: int) -> list[tuple[str, bytes]]:
    (count,) = struct.unpack_from("<I", library, toc)
    entries = [struct.unpack_from("<II", library, toc + 4 + 8 * number) for number in range(count)]
    ends = [data for _, data in entries[1:]]
    names = [library[toc + name : library.index(b"\0", toc + name)].decode("ascii") for name, _ in entries]
    last = _end_of_last(library, toc + entries[-1][1]) - toc if entries else 0
    return [
        (name, library[toc + data : toc + end])
        for name, (_, data), end in zip(names, entries, [*ends, last], strict=True)
    ]


def _end_of_last(library: bytes, at: int) -> int:
    """The length of the last item stands nowhere; it is short, and what follows it does no harm."""
    return min(len(library), at + (1 << 18))


def _kept(name: str) -> bool:
    path = name.split("/")[1:]
    if len(path) > 1 and path[0] not in KEPT_FOLDERS:
        return False
    last = path[-1]
    return last.endswith(KEPT_ENDINGS) or bool(KEPT_LANGUAGES.fullmatch(last) or SHARED_RESOURCES.fullmatch(last))


def _table(items: list[tuple[str, bytes]]) -> bytes:
    """Table of contents, names and data of items that are sorted by name."""
    names = b"".join(name.encode("ascii") + b"\0" for name, _ in items)
    name_at = 4 + 8 * len(items)
    data_at = _aligned(name_at + len(names))
    entries, body = [], bytearray()
    for name, data in items:
        entries.append(struct.pack("<II", name_at, data_at + len(body)))
        name_at += len(name) + 1
        body += data + bytes(_aligned(len(data)) - len(data))
    head = struct.pack("<I", len(items)) + b"".join(entries) + names
    return head + bytes(data_at - len(head)) + bytes(body)


def _aligned(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT
