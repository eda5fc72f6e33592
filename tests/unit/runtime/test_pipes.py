"""In-process cables: back-pressure, ends, cuts, names; also between two loops."""

from __future__ import annotations

import asyncio
import threading

import pytest

from posdevkit.errors import Closed, Disconnected, PortInUse
from posdevkit.runtime.pipes import PipeEnd, connect, listen, pipe

pytestmark = pytest.mark.asyncio


async def read_all(end: PipeEnd) -> bytes:
    parts = []
    while data := await end.receive():
        parts.append(data)
    return b"".join(parts)


async def turns(count: int = 5) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_both_ways_and_half_closed() -> None:
    near, far = pipe()
    await near.send(b"question")
    near.eof()
    assert await read_all(far) == b"question"
    await far.send(b"answer")
    far.eof()
    assert await read_all(near) == b"answer"
    assert (near.taken, far.taken) == (8, 6)
    with pytest.raises(Closed):
        await near.send(b"more")


async def test_a_full_cable_makes_the_sender_wait_and_counts_exactly() -> None:
    near, far = pipe(capacity=10)
    sending = asyncio.create_task(near.send(bytes(range(25))))
    await turns()
    assert (near.taken, sending.done()) == (10, False)
    assert await far.receive(4) == bytes(range(4))
    await turns()
    assert near.taken == 14
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    assert near.taken == 14
    near.eof()
    assert await read_all(far) == bytes(range(4, 14))


@pytest.mark.parametrize("cut_at", range(8))
async def test_cut_at_every_byte(cut_at: int) -> None:
    near, far = pipe()
    near.cut_at(cut_at)
    job = b"1234567"
    if cut_at < len(job):
        with pytest.raises(Disconnected):
            await near.send(job)
    else:
        await near.send(job)
    assert near.taken == cut_at
    got = b""
    with pytest.raises(Disconnected):
        while True:
            got += await far.receive()
    assert got == job[:cut_at]
    with pytest.raises(Disconnected):
        await near.receive()
    with pytest.raises(Disconnected):
        await near.send(b"x")


async def test_an_abort_drops_what_was_not_read_and_wakes_both() -> None:
    near, far = pipe(capacity=3)
    sending = asyncio.create_task(near.send(b"abcdef"))
    listening = asyncio.create_task(near.receive())
    await turns()
    far.abort()
    for task in (sending, listening):
        with pytest.raises(Disconnected):
            await task
    with pytest.raises(Disconnected):
        await far.receive()
    assert near.taken == 3


async def test_a_cut_that_keeps_what_was_taken() -> None:
    near, far = pipe()
    await near.send(b"abc")
    far.cut()
    assert await far.receive() == b"abc"
    with pytest.raises(Disconnected):
        await far.receive()


async def test_an_end_that_closes_lets_its_own_bytes_arrive_and_stops_the_others() -> None:
    near, far = pipe()
    await near.send(b"abc")
    near.close()
    assert await read_all(far) == b"abc"
    with pytest.raises(Disconnected):
        await far.send(b"x")
    assert await near.receive() == b""


async def test_sent_waits_for_the_reader() -> None:
    near, far = pipe()
    await near.send(b"abc")
    waiting = asyncio.create_task(near.sent())
    await turns()
    assert not waiting.done()
    await far.receive()
    await asyncio.wait_for(waiting, 5)


async def test_a_name_is_taken_once_and_given_back() -> None:
    with pytest.raises(Disconnected, match="nothing listens"):
        connect("counter")
    async with listen("counter") as listener:
        with pytest.raises(PortInUse):
            listen("counter")
        accepting = asyncio.create_task(listener.accept())
        await turns()
        near = connect("counter")
        far = await accepting
        await near.send(b"hello")
        assert await far.receive() == b"hello"
        waiting = connect("counter")
        accepting = asyncio.create_task(listener.accept())
        queued = await accepting
        queued.close()
        assert await waiting.receive() == b""
        left_waiting = connect("counter")
    with pytest.raises(Disconnected):
        await left_waiting.receive()
    with pytest.raises(Closed):
        await listener.accept()
    listen("counter").close()


async def test_a_full_backlog_refuses() -> None:
    async with listen("counter"):
        for _ in range(16):
            connect("counter")
        with pytest.raises(Disconnected, match="nobody accepts"):
            connect("counter")


async def test_the_ends_may_live_on_two_loops() -> None:
    near, far = pipe(capacity=100)
    job = bytes(range(256)) * 40

    async def serve() -> None:
        got = await read_all(far)
        await far.send(got[::-1])
        far.eof()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    await near.send(job)
    near.eof()
    assert await asyncio.wait_for(read_all(near), 10) == job[::-1]
    thread.join()
