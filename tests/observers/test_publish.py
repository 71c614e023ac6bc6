from __future__ import annotations

import asyncio

import pytest

from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.observers.publish import LOOP_PAYLOADS, PublishConfig, PublishKind, PublishObserver
from tests.observers.lent import Lent, order


def rule(lent: Lent, **settings: object) -> PublishObserver:
    async def sleep(seconds: float) -> None:
        lent.seconds += seconds

    return PublishObserver(PublishConfig(**{"topic": "mail/out", **settings}), lent, sleep=sleep)  # type: ignore[arg-type]


def deliver(observer: PublishObserver, *events: Event) -> None:
    async def all_of_them() -> None:
        for event in events:
            await observer.deliver(event)

    asyncio.run(all_of_them())


def test_it_forwards_a_payload_as_it_is() -> None:
    lent = Lent(name="to mail ü")
    event = order(b"\x00\xff")
    deliver(rule(lent), event)
    (sent,) = lent.published
    assert (sent.topic, sent.data, sent.type, sent.datacontenttype) == (
        "mail/out",
        b"\x00\xff",
        "order.created",
        "application/json",
    )
    assert sent.source == "/observers/to%20mail%20%C3%BC"
    assert (sent.id, sent.seq) == (None, 0)


@pytest.mark.parametrize(
    ("data", "expected", "content_type"),
    [
        ('{"to": "{{data.customer.name}}", "n": {{data.total}}}', b'{"to": "Ada", "n": 12.5}', "application/json"),
        ("{{data.total}} euro", b"12.5 euro", "text/plain"),
        ("", b"", "text/plain"),
    ],
)
def test_it_replies_with_what_its_template_makes(data: str, expected: bytes, content_type: str) -> None:
    lent = Lent()
    deliver(rule(lent, topic="mail/{{data.customer.name}}", data=data, type="mail.{{type}}"), order())
    (sent,) = lent.published
    assert (sent.topic, sent.data, sent.datacontenttype) == ("mail/Ada", expected, content_type)
    assert sent.type == "mail.order.created"


def test_a_payload_that_makes_no_topic_is_a_failure() -> None:
    lent = Lent()
    with pytest.raises(UserError, match="topic"):
        deliver(rule(lent, topic="mail/{{data.to}}"), order(b'{"to": "a/#"}'))
    assert lent.published == []


def test_it_keeps_its_rate() -> None:
    lent = Lent()
    deliver(rule(lent, rate=100), *(order(seq=number) for number in range(250)))
    assert len(lent.published) == 250
    assert lent.seconds == 1_002.0  # 100 at once, 100 a second later, 50 another second later


def test_an_identical_payload_to_its_own_pattern_is_a_possible_loop() -> None:
    lent = Lent()
    observer = rule(lent, topic="orders/copy", rate=10_000)
    deliver(observer, *(order() for _ in range(LOOP_PAYLOADS - 1)))
    assert lent.stops == []
    with pytest.raises(UserError, match="Possible loop"):
        deliver(observer, order())
    assert len(lent.stops) == 1
    assert len(lent.published) == LOOP_PAYLOADS - 1
    deliver(observer, order())  # resumed: it begins to count anew
    assert len(lent.stops) == 1


@pytest.mark.parametrize(
    ("settings", "seconds", "payloads"),
    [({"topic": "mail/out"}, 0.0, 1), ({"topic": "orders/copy"}, 0.25, 1), ({"topic": "orders/copy"}, 0.0, 2)],
)
def test_other_topics_other_payloads_and_slow_ones_are_no_loop(
    settings: dict[str, str], seconds: float, payloads: int
) -> None:
    lent = Lent()
    observer = rule(lent, rate=10_000, **settings)
    for number in range(LOOP_PAYLOADS):
        deliver(observer, order(b"%d" % (number % payloads)))
        lent.seconds += seconds
    assert lent.stops == []


def test_a_trial_shows_what_would_be_sent() -> None:
    trial = PublishKind().trial(PublishConfig(topic="mail/out", data="{{data.total}}"), order())
    assert trial.does == "It would publish 4 bytes as “order.created” to “mail/out”."
    assert trial.shows == "12.5"
