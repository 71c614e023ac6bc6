"""kill -9 under load (R1 of the promises): what was shown as stored is there, without a hole, and the file is sound."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import apsw
import msgspec
import pytest

from tests.helpers.server import Server
from tests.helpers.session_file import stored_events

RATE = 100_000


def shown_as_stored(server: Server, at_least: int) -> dict[str, Any]:
    """The last statistics that a viewer saw before the kill, once at least so many more events were stored."""
    while True:
        stats = server.stats()
        if stats["stored"] >= at_least:
            return stats


def kill_under_load(home: Path, kills: int) -> None:
    stored = 0
    for kill in range(kills):
        with Server(home, "--connect", f"shop=demo://?rate={RATE}&seed={kill}") as server:
            stats = shown_as_stored(server, stored + 2_000 * (1 + kill % 7))
            server.kill()
        count, highest = stored_events(server.log)
        assert highest >= stats["stored"], "an event shown as stored was lost"
        assert count == highest, "a seq is missing"
        stored = highest


@pytest.mark.slow
def test_nothing_shown_as_stored_is_lost_when_the_engine_is_killed_at_full_speed(tmp_path: Path) -> None:
    kill_under_load(tmp_path / "home", 15)


@pytest.mark.soak
def test_a_hundred_kills_lose_nothing(tmp_path: Path) -> None:
    kill_under_load(tmp_path / "home", 100)


@pytest.mark.slow
def test_every_acknowledged_publish_survives_a_kill(tmp_path: Path) -> None:
    acknowledged: list[int] = []
    home = tmp_path / "home"
    with Server(home, "--connect", f"shop=demo://?rate={RATE}") as server:
        with server.client() as client:
            for order in range(200):
                body = msgspec.json.encode({"order": str(48_000 + order), "total": 129.99})
                answer = msgspec.json.decode(
                    client.post("/api/v1/events/orders/eu/created", body, {"Content-Type": "application/json"})
                )
                acknowledged.append(answer["seq"])
        server.kill()
    connection = apsw.Connection(str(server.log))
    try:
        found = {
            seq
            for (seq,) in connection.execute(
                "SELECT seq FROM events JOIN topics ON topics.id = topic_id WHERE name = 'orders/eu/created'"
            )
        }
    finally:
        connection.close()
    assert set(acknowledged) <= found


@pytest.mark.slow
def test_sigterm_under_load_closes_the_log_into_one_file_and_keeps_the_law(tmp_path: Path) -> None:
    with Server(tmp_path / "home", "--connect", f"shop=demo://?rate={RATE}") as server:
        before = shown_as_stored(server, 50_000)
        assert server.stop() == 0
    count, highest = stored_events(server.log)
    assert count == highest >= before["stored"]
    assert not server.log.with_name(server.log.name + "-wal").exists()
    with Server(tmp_path / "home") as again:
        stats = again.stats()
    terms = ("stored", "not_recorded", "duplicates", "dropped", "in_flight")
    assert stats["received"] == sum(stats[term] for term in terms)
    assert stats["stored"] == count
