"""What the log copies and publishes, with a real engine behind it: commands are run, what they stored is compared."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event as Flag

import pytest

from eventmon.core.payload import MAX_PAYLOAD_BYTES
from eventmon.engine.host import LocalEngine
from eventmon.engine.options import EngineOptions
from eventmon.engine.paths import Paths
from eventmon.engine.requests import EventDetail, Publish, ReadEvent, ReadRows
from eventmon.gui.models import log_event_texts
from eventmon.gui.models.log_destination import ToMoment
from eventmon.gui.models.log_gathering import gather
from eventmon.gui.models.log_publish_again import publish_again
from eventmon.gui.models.log_time_search import TimeSearch

PLACED = Publish(
    topic="orders/eu/it's new",
    data=b'{"order":"48348","note":"$HOME `id` !!","total":129.90}',
    type="order.created",
    source="/shop/checkout",
    subject="order-48348",
    datacontenttype="application/json",
    headers={"tenant": "eu"},
)


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    monkeypatch.setenv("EVENTMON_HOME", str(tmp_path))
    return Paths.for_profile()


@pytest.fixture
def engine(paths: Paths) -> Iterator[LocalEngine]:
    """An engine that has stored one order and serves its control socket."""
    engine = LocalEngine(EngineOptions(role="serve"), paths)
    engine.start().result(30)
    assert engine.call(PLACED).result(10).seq == 1
    yield engine
    engine.close()


def read(engine: LocalEngine, seq: int) -> EventDetail:
    return engine.call(ReadEvent(seq=seq, limit=MAX_PAYLOAD_BYTES)).result(10)


def said(detail: EventDetail) -> tuple[object, ...]:
    """Everything of an event but what is new each time."""
    return (
        detail.topic,
        detail.type,
        detail.source,
        detail.subject,
        detail.datacontenttype,
        detail.headers,
        detail.data,
    )


def run(command: str, folder: Path) -> None:
    (folder / "eventmon").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m eventmon "$@"\n')
    (folder / "eventmon").chmod(0o755)
    environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", command], check=False, env=environment, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_copied_curl_command_stores_the_same_event(engine: LocalEngine, paths: Paths, tmp_path: Path) -> None:
    run(log_event_texts.curl(read(engine, 1), str(paths.socket_path)), tmp_path)
    assert said(read(engine, 2)) == said(read(engine, 1))


@pytest.mark.parametrize("data", [PLACED.data, bytes(range(256)), b"@file", b""])
def test_the_copied_command_stores_the_same_event(engine: LocalEngine, tmp_path: Path, data: bytes) -> None:
    kind = "application/json" if data == PLACED.data else "application/octet-stream"
    engine.call(Publish(topic="orders/eu", data=data, source="/shop", datacontenttype=kind)).result(10)
    run(log_event_texts.cli(read(engine, 2)), tmp_path)
    assert said(read(engine, 3)) == said(read(engine, 2))


def test_json_lines_hold_what_was_stored(engine: LocalEngine) -> None:
    gathered = gather(engine.call, [1, 99], log_event_texts.json_line, Flag())
    assert '"total":129.90' in gathered.texts[0]
    assert gathered.missing == 1


def test_an_event_published_again_is_a_new_one_that_names_the_old(engine: LocalEngine) -> None:
    result = publish_again(engine.call, [1], Flag())
    assert result.last is not None
    first, again = read(engine, 1), read(engine, result.last.seq)
    assert again.seq == 2
    assert again.headers == {"tenant": "eu", "originalid": f"{first.log_uuid}-1"}
    assert (again.data, again.topic, again.type, again.source) == (first.data, first.topic, first.type, first.source)
    assert again.id is None or again.id != first.id


def test_rows_hold_the_names_that_columns_show(engine: LocalEngine) -> None:
    (row,) = engine.call(ReadRows(first=1, count=5)).result(10).rows
    assert (row.source, row.subject, row.id) == ("/shop/checkout", "order-48348", read(engine, 1).id)


def test_a_moment_is_found_in_a_real_log(engine: LocalEngine) -> None:
    for _ in range(40):
        engine.call(PLACED).result(10)
    wanted = read(engine, 23).received
    search = TimeSearch(ToMoment(wanted), first=1, newest=41, now=0, utc=True)
    while (request := search.next_request()) is not None:
        search.accept(engine.call(request).result(10))
    assert search.found is not None
    assert read(engine, search.found).received == wanted
