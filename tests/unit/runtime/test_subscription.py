"""Bounded subscriptions, read as `async for`, by a waiting thread, and by callbacks."""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import Callable, Hashable

import pytest

from posdevkit.errors import Closed, EventsLost, UsageError, WrongThread
from posdevkit.runtime import Broadcaster, ManualClock, Subscription, merge_events
from posdevkit.runtime.callbacks import EVENT_THREAD

Event = tuple[str, int]
TIMEOUT = 10.0


def status_by_name(event: Event) -> Hashable | None:
    return event[0] if event[0].startswith("status") else None


def drained(subscription: Subscription[Event]) -> list[Event]:
    return list(subscription.blocking(timeout=0))


def test_each_subscription_gets_what_is_published_after_it() -> None:
    broadcaster: Broadcaster[Event] = Broadcaster()
    first = broadcaster.subscribe()
    broadcaster.publish(("a", 1))
    second = broadcaster.subscribe()
    broadcaster.publish(("a", 2))
    assert drained(first) == [("a", 1), ("a", 2)]
    assert drained(second) == [("a", 2)]
    assert broadcaster.subscribers == 2
    first.close()
    assert broadcaster.subscribers == 1


def test_lost_data_is_told_once_with_the_count_and_the_newest_remain() -> None:
    broadcaster: Broadcaster[Event] = Broadcaster()
    subscription = broadcaster.subscribe(limit=3)
    for number in range(8):
        broadcaster.publish(("scan", number))
    with pytest.raises(EventsLost, match="5 of them"):
        subscription.get_blocking(0)
    assert drained(subscription) == [("scan", 5), ("scan", 6), ("scan", 7)]
    broadcaster.publish(("scan", 8))
    assert drained(subscription) == [("scan", 8)]


def test_status_is_superseded_per_key_and_pushes_no_data_out() -> None:
    broadcaster: Broadcaster[Event] = Broadcaster()
    subscription = broadcaster.subscribe(limit=2, coalesce=status_by_name)
    broadcaster.publish(("scan", 1))
    for number in range(100):
        broadcaster.publish(("status paper", number))
        broadcaster.publish(("status cover", number))
    broadcaster.publish(("scan", 2))
    assert subscription.pending == 4
    assert drained(subscription) == [("scan", 1), ("status paper", 99), ("status cover", 99), ("scan", 2)]


def test_a_limit_drops_data_and_spares_status() -> None:
    broadcaster: Broadcaster[Event] = Broadcaster()
    subscription = broadcaster.subscribe(limit=1, coalesce=status_by_name)
    for event in (("status", 0), ("scan", 1), ("scan", 2)):
        broadcaster.publish(event)
    with pytest.raises(EventsLost, match="1 of them"):
        subscription.get_blocking(0)
    assert drained(subscription) == [("status", 0), ("scan", 2)]


def test_a_limit_below_one_is_refused() -> None:
    with pytest.raises(UsageError, match="one event or more"):
        Broadcaster[Event]().subscribe(limit=0)


def test_the_publishers_close_lets_readers_finish_and_the_readers_close_does_not() -> None:
    broadcaster: Broadcaster[Event] = Broadcaster()
    reader, leaver = broadcaster.subscribe(), broadcaster.subscribe()
    broadcaster.publish(("a", 1))
    leaver.close()
    broadcaster.close()
    broadcaster.publish(("a", 2))
    assert list(reader) == [("a", 1)]
    assert list(leaver) == []
    assert reader.ended
    assert list(broadcaster.subscribe()) == []
    with pytest.raises(Closed):
        reader.get_blocking()


def test_a_waiting_thread_is_woken_from_another() -> None:
    broadcaster: Broadcaster[Event] = Broadcaster()
    subscription = broadcaster.subscribe()
    seen: queue.SimpleQueue[Event] = queue.SimpleQueue()

    def read() -> None:
        for event in subscription:
            seen.put(event)

    thread = threading.Thread(target=read)
    thread.start()
    broadcaster.publish(("a", 1))
    assert seen.get(timeout=TIMEOUT) == ("a", 1)
    broadcaster.close()
    thread.join(TIMEOUT)
    assert not thread.is_alive()


def test_a_blocking_wait_has_a_timeout() -> None:
    with Broadcaster[Event]().subscribe() as subscription:
        with pytest.raises(TimeoutError):
            subscription.get_blocking(0.01)
        assert list(subscription.blocking(0.01)) == []


@pytest.mark.asyncio
async def test_a_blocking_wait_on_an_event_loop_is_refused() -> None:
    async with Broadcaster[Event]().subscribe() as subscription:
        with pytest.raises(WrongThread):
            subscription.get_blocking(0)


@pytest.mark.asyncio
async def test_async_for_reads_to_the_end() -> None:
    broadcaster: Broadcaster[Event] = Broadcaster()
    subscription = broadcaster.subscribe()

    async def read() -> list[Event]:
        return [event async for event in subscription]

    reader = asyncio.create_task(read())
    for number in range(3):
        broadcaster.publish(("a", number))
        await asyncio.sleep(0)
    broadcaster.close()
    assert await asyncio.wait_for(reader, TIMEOUT) == [("a", 0), ("a", 1), ("a", 2)]


@pytest.mark.asyncio
async def test_get_waits_by_the_given_clock_and_its_cancellation_loses_nothing() -> None:
    clock = ManualClock()
    broadcaster: Broadcaster[Event] = Broadcaster(clock)
    subscription = broadcaster.subscribe()
    waiting = asyncio.create_task(subscription.get(timeout=5))
    await clock.run(4)
    assert not waiting.done()
    await clock.run(2)
    with pytest.raises(TimeoutError):
        await waiting

    cancelled = asyncio.create_task(subscription.get())
    await asyncio.sleep(0)
    broadcaster.publish(("a", 1))
    cancelled.cancel()  # in the same turn as the event
    await asyncio.gather(cancelled, return_exceptions=True)
    assert cancelled.cancelled()
    assert await subscription.get(timeout=0) == ("a", 1)
    broadcaster.close()
    with pytest.raises(Closed):
        await subscription.get()


@pytest.mark.asyncio
async def test_an_event_from_another_thread_wakes_the_loop() -> None:
    broadcaster: Broadcaster[Event] = Broadcaster()
    subscription = broadcaster.subscribe()
    reader = asyncio.create_task(subscription.get())
    await asyncio.sleep(0)
    publisher = threading.Thread(target=broadcaster.publish, args=(("a", 1),))
    publisher.start()
    assert await asyncio.wait_for(reader, TIMEOUT) == ("a", 1)
    publisher.join()


def event_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == EVENT_THREAD]


def test_callbacks_run_on_one_named_thread_that_ends_with_the_last() -> None:
    broadcaster: Broadcaster[Event] = Broadcaster()
    seen: queue.SimpleQueue[tuple[str, Event]] = queue.SimpleQueue()

    def callback(event: Event) -> None:
        seen.put((threading.current_thread().name, event))

    endings = [broadcaster.subscribe().on(callback) for _ in range(3)]
    (thread,) = event_threads()
    broadcaster.publish(("a", 1))
    assert [seen.get(timeout=TIMEOUT) for _ in range(3)] == [(EVENT_THREAD, ("a", 1))] * 3
    for end in endings:
        end()
        end()
    assert broadcaster.subscribers == 0
    thread.join(TIMEOUT)
    assert not event_threads()


def test_a_callback_gets_what_was_published_before_it_and_the_end_frees_the_thread() -> None:
    broadcaster: Broadcaster[Event] = Broadcaster()
    subscription = broadcaster.subscribe()
    for number in range(200):  # more than one turn
        broadcaster.publish(("a", number))
    broadcaster.close()
    seen: list[int] = []
    subscription.on(lambda event: seen.append(event[1]))
    for thread in event_threads():
        thread.join(TIMEOUT)
    assert seen == list(range(200))


def test_a_callback_may_end_itself() -> None:
    broadcaster: Broadcaster[Event] = Broadcaster()
    ended = threading.Event()
    seen: list[Event] = []
    end: list[Callable[[], None]] = []

    def once(event: Event) -> None:
        seen.append(event)
        end[0]()
        ended.set()

    end.append(broadcaster.subscribe().on(once))
    broadcaster.publish(("a", 1))
    broadcaster.publish(("a", 2))
    assert ended.wait(TIMEOUT)
    for thread in event_threads():
        thread.join(TIMEOUT)
    assert seen == [("a", 1)]


def test_dispatch_is_handed_work_and_calls_back_where_it_is_run() -> None:
    broadcaster: Broadcaster[Event] = Broadcaster()
    window: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    seen: list[tuple[str, Event]] = []

    def callback(event: Event) -> None:
        seen.append((threading.current_thread().name, event))

    end = broadcaster.subscribe(coalesce=status_by_name).on(callback, dispatch=window.put)
    broadcaster.publish(("status", 1))
    work = window.get(timeout=TIMEOUT)
    # The window is busy meanwhile: nothing piles up in it, and the newest status wins.
    for number in range(2, 50):
        broadcaster.publish(("status", number))
    assert window.empty()
    work()
    here = threading.current_thread().name
    assert seen == [(here, ("status", 49))]
    broadcaster.publish(("status", 50))
    window.get(timeout=TIMEOUT)()
    assert seen[-1] == (here, ("status", 50))
    end()


def test_a_callback_or_a_dispatch_that_fails_is_logged_and_gets_the_next(caplog: pytest.LogCaptureFixture) -> None:
    broadcaster: Broadcaster[Event] = Broadcaster()
    seen: queue.SimpleQueue[Event] = queue.SimpleQueue()
    attempts: queue.SimpleQueue[None] = queue.SimpleQueue()

    def dispatch(work: Callable[[], None]) -> None:
        attempts.put(None)
        if attempts.qsize() == 1:
            raise RuntimeError("the window is gone")
        work()

    def callback(event: Event) -> None:
        seen.put(event)
        if event[1] == 1:
            raise ValueError("odd")

    with caplog.at_level(logging.ERROR, "posdevkit.runtime"):
        end = broadcaster.subscribe().on(callback, dispatch)
        broadcaster.publish(("a", 1))
        while "dispatch failed" not in caplog.text:
            assert not attempts.qsize() > 1
        # The first is still there, and goes out with the second.
        broadcaster.publish(("a", 2))
        assert seen.get(timeout=TIMEOUT) == ("a", 1)
        assert seen.get(timeout=TIMEOUT) == ("a", 2)
        end()
        for thread in event_threads():
            thread.join(TIMEOUT)
    assert "dispatch failed" in caplog.text
    assert "A callback for events failed" in caplog.text


def test_lost_events_reach_the_callbacks_owner() -> None:
    broadcaster: Broadcaster[Event] = Broadcaster()
    subscription = broadcaster.subscribe(limit=1)
    broadcaster.publish(("a", 1))
    broadcaster.publish(("a", 2))
    seen: queue.SimpleQueue[Event | str] = queue.SimpleQueue()
    end = subscription.on(seen.put, on_error=lambda problem: seen.put(problem.detail))
    assert "1 of them" in str(seen.get(timeout=TIMEOUT))
    assert seen.get(timeout=TIMEOUT) == ("a", 2)
    end()


def test_merged_events_come_in_their_order_and_end_with_the_last_source() -> None:
    printer: Broadcaster[Event] = Broadcaster()
    scanner: Broadcaster[Event] = Broadcaster()
    early = printer.subscribe()
    printer.publish(("printer", 0))
    both = merge_events(early, scanner.subscribe(limit=2))
    for publisher, event in (
        (scanner, ("scan", 1)),
        (printer, ("printer", 2)),
        (printer, ("printer", 3)),
        (scanner, ("scan", 4)),
    ):
        publisher.publish(event)
    assert both.pending == 5
    assert list(both.blocking(0)) == [("printer", 0), ("scan", 1), ("printer", 2), ("printer", 3), ("scan", 4)]
    for number in range(5):
        scanner.publish(("scan", number))
    with pytest.raises(EventsLost):
        both.get_blocking(0)
    assert list(both.blocking(0)) == [("scan", 3), ("scan", 4)]
    scanner.close()
    printer.publish(("printer", 9))
    printer.close()
    assert list(both) == [("printer", 9)]
    assert both.ended


@pytest.mark.asyncio
async def test_merged_events_wake_the_loop_and_closing_closes_the_sources() -> None:
    printer: Broadcaster[Event] = Broadcaster()
    scanner: Broadcaster[Event] = Broadcaster()
    async with merge_events(printer.subscribe(), scanner.subscribe()) as both:
        reader = asyncio.create_task(both.get())
        await asyncio.sleep(0)
        scanner.publish(("scan", 1))
        assert await asyncio.wait_for(reader, TIMEOUT) == ("scan", 1)
    assert printer.subscribers == scanner.subscribers == 0
    assert [event async for event in both] == []


def test_merging_nothing_ends_at_once() -> None:
    assert list(merge_events()) == []
