"""The demo shop: the same for the same seed, believable, on time, and bounded after a stall."""

from __future__ import annotations

import asyncio
import itertools
import zlib
from collections import Counter

import msgspec
import pytest

from eventmon.connectors.demo import LARGEST_BATCH, DemoConfig, DemoConnection, DemoConnector, _spread, wave
from eventmon.connectors.demo_shop import MOST_OPEN_ORDERS, PICTURE_EVERY, Shop
from eventmon.core.errors import UserError
from eventmon.core.event import Event
from tests.connectors.conftest import Run
from tests.connectors.feed import RememberingFeed

TIME = "2026-11-03T12:00:00.000000Z"


def sold(count: int, *, seed: int = 1, name: str = "demo") -> list[Event]:
    return Shop(name, seed=seed, heartbeat_every=200).events(count, time=TIME)


def test_the_same_seed_gives_the_same_events_and_another_seed_others() -> None:
    assert sold(5_000) == sold(5_000)
    assert sold(5_000) != sold(5_000, seed=2)


def test_it_does_not_matter_in_which_portions_events_are_taken() -> None:
    shop = Shop("demo", seed=1, heartbeat_every=200)
    portions = itertools.chain.from_iterable(shop.events(size, time=TIME) for size in (1, 99, 0, 900))
    assert list(portions) == sold(1_000)


def test_every_topic_of_the_shop_appears_below_its_mount() -> None:
    seen = {event.topic for event in sold(20_000, name="prod/eu")}
    assert seen == {
        f"prod/eu/{below}"
        for below in (
            "orders/eu/created", "orders/eu/paid", "orders/eu/cancelled",
            "orders/us/created", "orders/us/paid", "orders/us/cancelled",
            "payments/authorised", "payments/failed", "stock/reserved", "stock/low",
            "cart/updated", "cart/cleared", "checkout/started", "heartbeat", "refunds/created",
            "jobs/mail/queued", "catalogue/image",
        )
    }  # fmt: skip


def test_payloads_are_json_as_they_say_and_amounts_agree_along_an_order() -> None:
    totals: dict[str | None, set[object]] = {}
    for event in sold(20_000):
        if event.datacontenttype == "image/png":
            continue
        assert event.datacontenttype == "application/json"
        payload = msgspec.json.decode(event.data)
        if event.type in ("order.created", "order.paid", "payment.authorised"):
            totals.setdefault(event.subject, set()).add(payload.get("total", payload.get("amount")))
        if event.type == "order.created":
            assert payload["customer"].keys() == {"id", "name", "tier"}
            assert payload["total"] == pytest.approx(sum(item["price"] * item["quantity"] for item in payload["items"]))
    assert len(totals) > 1_000
    assert all(len(amounts) == 1 for amounts in totals.values())


def test_the_events_of_one_order_follow_each_other_under_one_correlation_id() -> None:
    courses: dict[str, list[str]] = {}
    for event in sold(20_000):
        if event.headers:
            courses.setdefault(event.headers["correlationid"], []).append(event.type)
    finished = Counter(tuple(course) for course in list(courses.values())[:-MOST_OPEN_ORDERS])
    happy = ("checkout.started", "order.created", "payment.authorised", "order.paid", "stock.reserved", "mail.queued")
    assert finished.most_common(1)[0][0] == happy
    given_up = ("checkout.started", "order.created", "payment.failed", "order.cancelled", "mail.queued")
    retried = (*happy[:2], "payment.failed", *happy[2:])
    assert finished[given_up] > 20
    assert finished[retried] > 20
    assert all(course[:2] == happy[:2] for course in finished)


def test_a_failed_payment_says_whether_it_is_tried_again() -> None:
    events = [event for event in sold(20_000) if event.headers]
    cancelled = {event.subject for event in events if event.type == "order.cancelled"}
    failures = [event for event in events[:-500] if event.type == "payment.failed"]
    assert failures
    for event in failures:
        assert msgspec.json.decode(event.data)["error"]["retry"] is (event.subject not in cancelled)


def test_a_picture_of_sixty_kibibytes_comes_now_and_then() -> None:
    pictures = [event for event in sold(PICTURE_EVERY * 2) if event.datacontenttype == "image/png"]
    assert len(pictures) == 2
    for picture in pictures:
        assert 58 * 1024 < len(picture.data) < 62 * 1024
        assert picture.data.startswith(b"\x89PNG\r\n\x1a\n")
        assert picture.data[-8:-4] == b"IEND"
        assert zlib.crc32(picture.data[12:29]) == int.from_bytes(picture.data[29:33])


def test_the_rate_is_checked_with_a_sentence() -> None:
    for rate in ("0.05", "2000000", "fast", "nan"):
        with pytest.raises(UserError, match=f"rate={rate} does not fit: a number from 0.1 to 1000000 is expected"):
            DemoConnector().parse_url(f"demo://?rate={rate}")
    with pytest.raises(UserError, match="no address"):
        DemoConnector().parse_url("demo://localhost")


def test_the_wave_is_gentle_and_one_on_average() -> None:
    samples = [wave(tenth / 10) for tenth in range(47 * 730)]
    assert 0.8 <= min(samples) < 0.85
    assert 1.15 < max(samples) <= 1.2
    assert sum(samples) / len(samples) == pytest.approx(1.0, abs=0.001)


class ShopHours:
    """A clock that only sleeping moves; the connection ends when closing time has come."""

    def __init__(self, seconds: float, *, stall_at: float = -1.0, stall: float = 0.0) -> None:
        self.time = 0.0
        self.longest = 0.0
        self._end = seconds
        self._stall_at = stall_at
        self._stall = stall

    def monotonic(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.longest = max(self.longest, seconds)
        before, self.time = self.time, self.time + seconds
        if before <= self._stall_at < self.time:
            self.time += self._stall
        if self.time >= self._end:
            raise asyncio.CancelledError


def sell(run: Run[None], rate: float, hours: ShopHours) -> RememberingFeed:
    feed = RememberingFeed("demo")
    connection = DemoConnection(
        DemoConfig(rate=rate), feed, monotonic=hours.monotonic, sleep=hours.sleep, now=lambda: int(hours.time * 1e6)
    )

    async def scenario() -> None:
        with pytest.raises(asyncio.CancelledError):
            await connection.run()

    run(scenario())
    return feed


@pytest.mark.parametrize("rate", [0.1, 1, 200])
def test_as_many_events_come_as_the_rate_says(rate: float, run: Run[None]) -> None:
    seconds = 47 * 7.3 if rate > 0.1 else 47 * 73
    feed = sell(run, rate, ShopHours(seconds))
    assert feed.count == pytest.approx(rate * seconds, rel=0.01, abs=2)
    assert feed.statuses[0][0] == "connected"


def test_a_tick_is_one_batch_of_bounded_size(run: Run[None]) -> None:
    hours = ShopHours(2)
    feed = sell(run, 20_000, hours)
    assert hours.longest < 0.02
    assert len(feed.batches) == pytest.approx(2 / 0.015, rel=0.1)
    assert max(sell(run, 200_000, ShopHours(0.2)).batches) == LARGEST_BATCH


def test_a_slow_shop_sleeps_long_but_wakes_in_time(run: Run[None]) -> None:
    hours = ShopHours(100)
    feed = sell(run, 0.5, hours)
    assert 1.0 < hours.longest <= 2.0
    assert feed.count == pytest.approx(50, abs=8)


def test_after_a_stall_only_a_quarter_of_a_second_is_caught_up(run: Run[None]) -> None:
    stalled = sell(run, 1_000, ShopHours(3_605, stall_at=2.5, stall=3_600))
    assert 0.8 * 4_900 < stalled.count < 1.2 * 5_300
    assert max(stalled.batches) > 200


def test_events_carry_the_time_at_which_they_were_made(run: Run[None]) -> None:
    feed = sell(run, 100, ShopHours(5))
    assert feed.events[0].time == "1970-01-01T00:00:00.000000Z"
    assert feed.events[-1].time is not None
    assert feed.events[-1].time.startswith("1970-01-01T00:00:04.9")


def test_events_of_one_tick_arrive_one_after_another() -> None:
    events = sold(10)
    assert _spread(events, 1_000, 2_000) == 2_000
    assert [event.received for event in events] == list(range(1_100, 2_001, 100))


def test_arrivals_never_go_back_when_the_clock_does() -> None:
    events = sold(3)
    assert _spread(events, 2_000, 1_000) == 2_000
    assert [event.received for event in events] == [2_000] * 3
