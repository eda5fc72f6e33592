from __future__ import annotations

import asyncio
import socket

import pytest

from posdevkit.links.readiness import Readiness


@pytest.mark.asyncio
async def test_nothing_is_watched_once_it_has_stopped_though_whoever_waited_was_woken_by_hand() -> None:
    """A closed socket that is still watched takes the wake-ups of the next one with its number, or breaks it."""
    loop = asyncio.get_running_loop()
    near, far = socket.socketpair()
    with near, far:
        near.setblocking(False)
        readiness = Readiness(near)
        waiting = asyncio.create_task(readiness.readable())
        await asyncio.sleep(0)
        readiness.wake_readers()
        await waiting  # and does not wait again
        readiness.stop()
        assert not loop.remove_reader(near.fileno()), "it was still watched"
        assert not loop.remove_writer(near.fileno())


@pytest.mark.asyncio
async def test_the_next_connection_of_the_same_number_is_woken() -> None:
    near, far = socket.socketpair()
    near.setblocking(False)
    readiness = Readiness(near)
    waiting = asyncio.create_task(readiness.readable())
    await asyncio.sleep(0)
    readiness.wake_readers()
    await waiting
    readiness.stop()
    number = near.fileno()
    near.close()
    again, other = socket.socketpair()
    with far, again, other:
        assert again.fileno() == number, "the system gives the lowest free number"
        again.setblocking(False)
        writable = Readiness(again)
        await asyncio.wait_for(writable.writable(), 5)
        writable.stop()
