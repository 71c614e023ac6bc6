"""A native name and its topic are the same thing: there and back, for any bytes that a broker allows."""

from __future__ import annotations

import asyncio
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from eventmon.core.event import Event
from eventmon.core.topic import validate_topic
from tests.connectors.conformance.harness import MOUNT, Harness
from tests.connectors.conformance.harnesses import sources
from tests.connectors.feed import RememberingFeed

EXAMPLES = 12
NASTY = (b":", b"/", b"%", b"+", b"#", b"\0", b" ", b",", b"*", b"?", b"[", b"]", b"^", b"\\", b"%2F", b"\xff", b"\xc3")
PIECES = st.one_of(st.sampled_from(NASTY), st.binary(min_size=1, max_size=3), st.text(min_size=1).map(str.encode))
NAMES = st.lists(PIECES, min_size=1, max_size=12).map(b"".join)


@sources("names")
def test_any_name_is_watched_and_published_to_and_comes_back_from_its_topic(
    source: type[Harness], tmp_path: Path
) -> None:
    async def there_and_back(shop: Harness, names: list[bytes]) -> None:
        feed = RememberingFeed(MOUNT)
        async with shop.connected(feed, names) as connection:
            for name in names:
                shop.produce(name, [b"produced"])
            await feed.until(lambda: feed.count >= len(names))
            topics = [event.topic for event in feed.events]
            assert sorted(map(shop.native, topics)) == sorted(names)
            assert sorted(topics) == sorted(map(validate_topic, map(shop.topic, names)))
            for name in names:
                with shop.listening(name) as arrived:
                    sent = await connection.publish(Event(topic=shop.topic(name), data=b"published"))
                    assert arrived(1) == [b"published"]
                assert sent.returns
            await feed.until(lambda: feed.count >= 2 * len(names))
        assert sorted(event.topic for event in feed.events[len(names) :]) == sorted(topics)

    with asyncio.Runner() as runner:
        shop = source(tmp_path)
        runner.run(shop.start())

        @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)
        @given(names=st.lists(NAMES, min_size=1, max_size=12, unique=True))
        @example(names=[b"#general", b"a/b", b"a:b", b"a::b", b":", b"100%", b"%2F", b"\0", b"\xff\xfe", b"orders.*"])
        def check(names: list[bytes]) -> None:
            runner.run(there_and_back(shop, names))

        try:
            check()
        finally:
            runner.run(shop.stop())
