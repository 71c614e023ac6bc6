"""Observers over the control socket, as the documentation tells them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from eventmon.core.errors import UserError
from eventmon.engine.host import LocalEngine
from eventmon.engine.http_client import OBSERVERS_PATH, ControlClient, events_path, observer_path
from eventmon.engine.options import EngineOptions
from eventmon.engine.paths import Paths
from tests.engine.test_control import refused

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def client(paths: Paths) -> Iterator[ControlClient]:
    engine = LocalEngine(EngineOptions(role="serve"), paths)
    engine.start().result(30)
    with ControlClient(paths.socket_path) as connected:
        yield connected
    engine.close()


def attach(client: ControlClient, **definition: Any) -> dict[str, Any]:
    answer: dict[str, Any] = msgspec.json.decode(client.post(OBSERVERS_PATH, msgspec.json.encode(definition), JSON))
    return answer


def change(client: ControlClient, observer: str, /, **changes: Any) -> dict[str, Any]:
    answer: dict[str, Any] = msgspec.json.decode(client.patch(observer_path(observer), msgspec.json.encode(changes)))
    return answer


def test_an_observer_lives_over_the_socket(client: ControlClient) -> None:
    made = attach(client, name="a/b ü", kind="counter", pattern="orders/#", settings={"sum": "total"})
    assert (made["state"], made["values"]) == ("active", {"count": 0, "sum": 0})
    client.post(events_path("orders/created"), b'{"total": 3}', JSON)
    (listed,) = msgspec.json.decode(client.get(OBSERVERS_PATH))
    assert (listed["delivered"], listed["values"]) == (1, {"count": 1, "sum": 3})
    assert change(client, "a/b ü", paused=True)["state"] == "paused"
    assert change(client, "a/b ü", paused=False)["state"] == "active"
    edited = change(client, "a/b ü", name="orders", pattern="orders/created", settings={})
    assert (edited["name"], edited["pattern"], edited["values"]) == ("orders", "orders/created", {"count": 1})
    client.delete(observer_path("orders"))
    assert msgspec.json.decode(client.get(OBSERVERS_PATH)) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "no observer as JSON"),
        (b'{"name": "x", "kind": "counter"}', "pattern"),
        (b'{"name": "x", "kind": "counter", "pattern": "#", "settings": {"sum": []}}', "settings"),
        (b'{"name": "x", "kind": "python", "pattern": "#"}', "no kind of observer"),
        (b'{"name": "", "kind": "counter", "pattern": "#"}', "one line"),
    ],
)
def test_what_cannot_be_attached_is_refused_in_a_sentence(client: ControlClient, body: bytes, said: str) -> None:
    with pytest.raises(UserError, match=said):
        client.post(OBSERVERS_PATH, body, JSON)
    assert msgspec.json.decode(client.get(OBSERVERS_PATH)) == []


def test_an_unknown_observer_or_change_is_refused(client: ControlClient, paths: Paths) -> None:
    status, _ = refused(paths, "DELETE", observer_path("ghost"), b"", {})
    assert status == 404
    attach(client, name="orders", kind="counter", pattern="orders/#")
    with pytest.raises(UserError, match="no observer “ghost”"):
        change(client, "ghost", paused=True)
    with pytest.raises(UserError, match="no observer “ghost”"):
        client.delete(observer_path("ghost"))
    with pytest.raises(UserError, match="unknown field `where`"):
        change(client, "orders", where="x")
    assert change(client, "orders")["name"] == "orders"
