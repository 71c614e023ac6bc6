"""Events on standard output: a table for people, JSON lines and CSV for programs.

Every format starts from the same JSON document of an event, whether it comes from a running engine or a file.
"""

from __future__ import annotations

import base64
import csv
import io
import shutil
from collections.abc import Callable, Iterable
from datetime import datetime

import click
import msgspec

from eventmon.cli.escaping import padded, shown, width

MAX_TOPIC_CELLS = 48
MAX_TYPE_CELLS = 32
CSV_COLUMNS = ("seq", "received", "time", "topic", "type", "source", "id", "subject", "datacontenttype", "data")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
NO_DATA = msgspec.Raw()

Writer = Callable[[bytes], None]


class EventDocument(msgspec.Struct, frozen=True, kw_only=True):
    """What the formats show of one event in JSON."""

    seq: int
    received: str
    topic: str
    type: str
    source: str = ""
    id: str = ""
    time: str = ""
    subject: str = ""
    datacontenttype: str = ""
    data: msgspec.Raw = NO_DATA
    data_base64: bytes | None = None


DECODER = msgspec.json.Decoder(EventDocument)


def data_text(event: EventDocument) -> str:
    """The data as text: JSON as it was received, text as it is, other bytes as base64."""
    if event.data_base64 is not None:
        return _bytes_text(event.data_base64)
    raw = bytes(event.data)
    if raw.startswith(b'"') and "json" not in event.datacontenttype:
        return msgspec.json.decode(raw, type=str)
    return raw.decode()


def _bytes_text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return "base64:" + base64.b64encode(data).decode("ascii")


class TableWriter:
    """Aligned columns time, topic, type and data; a column grows when it must, as the rows are not known before."""

    def __init__(self, *, cut_to_terminal: bool) -> None:
        self._cells = shutil.get_terminal_size().columns if cut_to_terminal else None
        self._topic_cells = 16
        self._type_cells = 8

    def __call__(self, document: bytes) -> None:
        """Write one event."""
        event = DECODER.decode(document)
        topic, kind = shown(event.topic, MAX_TOPIC_CELLS), shown(event.type, MAX_TYPE_CELLS)
        self._topic_cells = max(self._topic_cells, width(topic))
        self._type_cells = max(self._type_cells, width(kind))
        start = f"{_clock(event.received)}  {padded(topic, self._topic_cells)}  {padded(kind, self._type_cells)}  "
        click.echo((start + shown(data_text(event), self._room_after(start))).rstrip())

    def _room_after(self, start: str) -> int:
        return 512 if self._cells is None else max(20, self._cells - width(start))


class CsvWriter:
    """CSV with a header; a cell that a spreadsheet would take for a formula gets a leading apostrophe."""

    def __init__(self) -> None:
        self._buffer = io.StringIO()
        self._csv = csv.writer(self._buffer)
        self._write(CSV_COLUMNS)

    def __call__(self, document: bytes) -> None:
        """Write one event."""
        event = DECODER.decode(document)
        cells = [str(getattr(event, name)) for name in CSV_COLUMNS[:-1]]
        self._write([_harmless(cell) for cell in (*cells, data_text(event))])

    def _write(self, cells: Iterable[str]) -> None:
        self._csv.writerow(cells)
        click.echo(self._buffer.getvalue(), nl=False)
        self._buffer.seek(0)
        self._buffer.truncate()


def write_json_line(document: bytes) -> None:
    """Write one event as it is."""
    click.echo(document)


def _harmless(cell: str) -> str:
    return "'" + cell if cell.startswith(_FORMULA_STARTS) else cell


def _clock(received: str) -> str:
    """The local time of day in milliseconds."""
    return datetime.fromisoformat(received).astimezone().time().isoformat("milliseconds")
