"""The bus from several threads at once: order per thread, unique seqs, nothing lost, no lock round user code."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from eventmon import Bus, Event, Subscription

THREADS = 4
EVENTS = 400


@pytest.fixture(autouse=True)
def _switch_threads_often() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def run_together(work: Callable[[int], object]) -> None:
    """Run ``work(number)`` on several threads that begin at the same time."""
    start = threading.Barrier(THREADS)
    errors: list[BaseException] = []

    def run(number: int) -> None:
        start.wait()
        try:
            work(number)
        except BaseException as error:
            errors.append(error)
            raise

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors


def publish_each(bus: Bus, number: int) -> list[int]:
    return [bus.publish(f"thread/{number}", b"%d" % index) for index in range(EVENTS)]


def publish_batches(bus: Bus, number: int) -> list[int]:
    seqs: list[int] = []
    for index in range(0, EVENTS, 4):
        batch = [Event(topic=f"thread/{number}", data=b"%d" % (index + offset)) for offset in range(4)]
        first = bus.publish_many(batch)
        seqs += range(first, first + 4)
    return seqs


def publish_both_ways(bus: Bus, number: int) -> list[int]:
    return (publish_each if number % 2 else publish_batches)(bus, number)


@pytest.mark.parametrize("publish", [publish_each, publish_batches, publish_both_ways])
def test_all_arrive_in_seq_order_and_in_the_order_of_their_thread(publish: Callable[[Bus, int], list[int]]) -> None:
    bus, got = Bus(), list[Event]()
    bus.subscribe("#", got.append)
    given: dict[int, list[int]] = {}
    run_together(lambda number: given.update({number: publish(bus, number)}))
    assert [event.seq for event in got] == list(range(1, THREADS * EVENTS + 1))
    for number in range(THREADS):
        mine = [event for event in got if event.topic == f"thread/{number}"]
        assert [int(event.data) for event in mine] == list(range(EVENTS))
        assert [event.seq for event in mine] == given[number]
    statistics = bus.statistics()
    assert (statistics.events, statistics.waiting) == (THREADS * EVENTS, 0)
    assert [topic.events for topic in bus.topics()] == [EVENTS] * THREADS


def test_one_observer_call_runs_at_a_time() -> None:
    bus, inside, most = Bus(), list[int](), list[int]()

    def observer(event: Event) -> None:
        inside.append(event.seq)
        most.append(len(inside))
        inside.remove(event.seq)

    bus.subscribe("#", observer)
    run_together(lambda number: publish_both_ways(bus, number))
    assert set(most) == {1}


def test_no_lock_is_held_while_an_observer_runs() -> None:
    bus, order = Bus(), list[str]()
    entered, other_is_done = threading.Event(), threading.Event()

    def wait_for_the_other(event: Event) -> None:
        order.append(event.topic)
        if event.topic == "first":
            entered.set()
            assert other_is_done.wait(30)

    bus.subscribe("#", wait_for_the_other)

    def other() -> None:
        entered.wait()
        # each of these needs the bus while the observer above holds the dispatch
        assert bus.publish("second") == 2
        bus.subscribe("payments", wait_for_the_other).dispose()
        assert bus.statistics().waiting == 1
        assert bus.topic("orders").statistics().events == 0
        other_is_done.set()

    thread = threading.Thread(target=other)
    thread.start()
    assert bus.publish("first") == 1
    thread.join()
    assert order == ["first", "second"]


def test_subscriptions_come_and_go_while_others_publish() -> None:
    bus, steady = Bus(), list[int]()
    bus.subscribe("#", lambda event: steady.append(event.seq))
    late, ended = list[Event](), list[Subscription]()

    def work(number: int) -> None:
        if number < 2:
            publish_both_ways(bus, number)
            return
        for _ in range(EVENTS // 4):
            with bus.subscribe("thread/+", late.append) as subscription:
                bus.publish(f"thread/{number}")
            ended.append(subscription)

    run_together(work)
    assert steady == list(range(1, bus.next_seq))
    assert len(late) == sum(subscription.statistics().delivered for subscription in ended)
    assert bus.statistics().observers == 1


def test_a_topic_is_created_once() -> None:
    bus = Bus()
    run_together(lambda number: [bus.publish(f"orders/{index}") for index in range(EVENTS)])
    assert {topic.topic: topic.events for topic in bus.topics()} == {f"orders/{i}": THREADS for i in range(EVENTS)}
