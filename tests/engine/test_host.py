from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from eventmon.core.errors import UserError
from eventmon.engine.host import LocalEngine
from eventmon.engine.options import EngineOptions
from eventmon.engine.paths import Paths
from eventmon.engine.requests import Publish, ReadRows, TakeFrame

QUIET = EngineOptions(serve_control=False)


def test_an_engine_beside_the_window_answers_from_any_thread(paths: Paths) -> None:
    engine = LocalEngine(QUIET, paths)
    engine.start().result(30)
    published = [engine.call(Publish(topic="orders/created", data=b"%d" % number)) for number in range(20)]
    assert sorted(future.result(10).seq for future in published) == list(range(1, 21))
    assert engine.call(TakeFrame(viewer="window")).result(10).log.newest_seq == 20
    engine.close()


def test_what_was_acknowledged_is_there_after_the_close(paths: Paths) -> None:
    for start in (0, 1):
        engine = LocalEngine(QUIET, paths)
        engine.start().result(30)
        assert engine.call(Publish(topic="orders/created")).result(10).seq == start + 1
        engine.close()


def test_before_the_start_and_after_the_close_calls_are_refused(paths: Paths) -> None:
    engine = LocalEngine(QUIET, paths)
    with pytest.raises(UserError, match="not running"):
        engine.call(ReadRows(first=1, count=1)).result(1)
    engine.start().result(30)
    engine.close()
    engine.close()
    with pytest.raises(UserError, match="not running"):
        engine.call(ReadRows(first=1, count=1)).result(1)


def test_a_start_that_fails_says_why_and_ends_its_thread(paths: Paths, tmp_path: Path) -> None:
    path = tmp_path / "notes.eventmon"
    path.write_text("not a session")
    engine = LocalEngine(EngineOptions(session=path, serve_control=False), paths)
    with pytest.raises(UserError, match=r"notes\.eventmon"):
        engine.start().result(30)
    engine.close()


def test_an_engine_may_be_closed_while_it_starts_or_before(paths: Paths) -> None:
    engine = LocalEngine(QUIET, paths)
    started = engine.start()
    engine.close()
    assert started.done()
    unused = LocalEngine(QUIET, paths)
    unused.close()


FILL = """
import resource, signal, sys
from eventmon.core.errors import UserError
from eventmon.engine.options import EngineOptions
from eventmon.engine.host import LocalEngine
from eventmon.engine.paths import Paths
from eventmon.engine.requests import Publish, ReadRows, TakeFrame

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
engine = LocalEngine(EngineOptions(serve_control=False), Paths.for_profile())
engine.start().result(30)
limit = 3_000_000
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
acknowledged = []
while True:
    try:
        acknowledged.append(engine.call(Publish(topic="orders/created", data=b"x" * 50_000)).result(30).seq)
    except UserError as error:
        print("refused:", error)
        break
frame = engine.call(TakeFrame(viewer="test")).result(30)
assert frame.log.blocked, frame.log
assert [problem.where for problem in frame.problems] == ["log"], frame.problems
a = frame.accounting
assert a.received == a.stored + a.dropped + a.in_flight, a
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
while engine.call(TakeFrame(viewer="test")).result(30).log.blocked:
    pass
last = engine.call(Publish(topic="orders/created", data=b"again")).result(30).seq
seqs = [row.seq for row in engine.call(ReadRows(first=1, count=1000)).result(30).rows]
assert seqs == list(range(1, last + 1)), (seqs, last)
assert set(acknowledged) <= set(seqs)
engine.close()
print("stored", len(acknowledged))
"""


def test_a_full_disk_pauses_and_loses_nothing(paths: Paths) -> None:
    ended = subprocess.run([sys.executable, "-c", FILL], capture_output=True, text=True, check=False, timeout=100)
    assert ended.returncode == 0, ended.stderr
    refused, stored = ended.stdout.splitlines()
    assert refused.startswith("refused: ")
    assert int(stored.split()[1]) > 5
