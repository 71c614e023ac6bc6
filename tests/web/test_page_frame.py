"""What leaves for the page: cut, encodable, without addresses and without secrets, whatever it was made of."""

from __future__ import annotations

import msgspec
import pytest

from eventmon.engine.frame import ConnectionStatus, HubInstance, HubStatus
from eventmon.engine.requests import LogRow
from eventmon.web.page_frame import PREVIEW_CHARACTERS, PageHub, page_connection, page_event, page_hub, page_topic
from tests.helpers.hostile import HOSTILE_BYTES, HOSTILE_TEXTS
from tests.helpers.scripted_engine import topic


def row(preview: bytes, type: str = "order.created") -> LogRow:
    return LogRow(seq=1, received=1, topic="orders", type=type, size=len(preview), preview=preview[:512])


@pytest.mark.parametrize("data", HOSTILE_BYTES.values(), ids=HOSTILE_BYTES)
def test_any_payload_becomes_a_short_text_that_json_can_carry(data: bytes) -> None:
    shown = msgspec.json.decode(msgspec.json.encode(page_event(row(data))))
    assert len(shown["preview"]) <= PREVIEW_CHARACTERS
    assert shown["size"] == len(data)


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
def test_any_name_can_be_sent(text: str) -> None:
    status = ConnectionStatus(name=text, url="redis://localhost", phase="failed", detail=text)
    for made in (page_event(row(b"{}", type=text)), page_connection(status)):
        assert msgspec.json.decode(msgspec.json.encode(made))


def test_secrets_are_hidden_before_they_leave() -> None:
    shown = page_event(row(b'{"user": "ana", "password": "hunter2", "clientSecret": "s3"}')).preview
    assert shown == '{"user": "ana", "password": "•••", "clientSecret": "•••"}'


def test_a_secret_that_the_preview_cuts_is_hidden_too() -> None:
    data = b'{"pad": "' + b"x" * 480 + b'", "password": "hunter2-and-much-more"}'
    assert "hunter2" not in page_event(row(data)).preview


def test_no_address_is_sent() -> None:
    status = ConnectionStatus(name="prod", url="redis://shop.internal:6379", phase="connected")
    assert "shop.internal" not in msgspec.json.encode(page_connection(status)).decode()
    hub = HubStatus(url="redis://hub.internal", phase="connected")
    assert "hub.internal" not in msgspec.json.encode(page_hub(hub)).decode()


def test_the_hub_is_told_in_short() -> None:
    assert page_hub(None) is None
    here = HubStatus(url="redis://hub", phase="connected", instances=instances(3))
    assert page_hub(here) == PageHub(phase="connected", instances=3)
    lost = page_hub(HubStatus(url="redis://hub", phase="lost", detail="It closed the connection."))
    assert lost == PageHub(phase="lost", detail="It closed the connection.")


def instances(count: int) -> list[HubInstance]:
    known = HubInstance(id="1", host="desk", pid=7, version="0.1.0", role="serve", since=0, observers=2, own=False)
    return [msgspec.structs.replace(known, id=str(number)) for number in range(count)]


def test_rates_are_no_finer_than_anybody_reads() -> None:
    assert page_topic(topic("orders", 3, rate=1 / 3)).rate == 0.33
