"""The cable inside the process: what it has beyond every stream link."""

from __future__ import annotations

import asyncio
import time

import pytest

from posdevkit.errors import BadUrl, Disconnected
from posdevkit.links.memory import MemoryLink, listen, memory_pair
from posdevkit.links.url import parse_url
from posdevkit.runtime import Deadline
from tests.prompt import promptly

pytestmark = pytest.mark.asyncio


async def test_a_name_leads_to_whoever_listens() -> None:
    link = MemoryLink(parse_url("memory://Counter 1"))
    with pytest.raises(Disconnected, match="nothing listens"):
        await link.open(Deadline.NEVER)
    async with listen("Counter 1") as listener:
        for _ in range(2):
            await link.open(Deadline.after(20))
            peer = await listener.accept()
            await link.send(b"hello")
            assert (link.taken, await peer.receive()) == (5, b"hello")
            peer.close()
            await link.close()


async def test_a_deadline_that_has_passed_and_an_option_are_refused() -> None:
    with pytest.raises(Disconnected, match="deadline"):
        await MemoryLink(parse_url("memory://x")).open(Deadline.after(0))
    with pytest.raises(BadUrl, match="speed"):
        MemoryLink(parse_url("memory://x?speed=1"))
    link, _ = memory_pair()
    await link.open(Deadline.NEVER)
    with pytest.raises(RuntimeError, match="is open"):
        await link.open(Deadline.NEVER)
    link.abort()


@pytest.mark.parametrize("cut_at", range(12))
async def test_cut_at_every_byte_of_a_job(cut_at: int) -> None:
    job = b"hello, you!"
    link, peer = memory_pair(cut_at=cut_at)
    await link.open(Deadline.NEVER)
    if cut_at < len(job):
        with pytest.raises(Disconnected, match=f"after {cut_at} bytes"):
            await link.send(job)
    else:
        await link.send(job)
    assert link.taken == cut_at
    got = b""
    with pytest.raises(Disconnected):
        while True:
            got += await peer.receive()
    assert got == job[:cut_at]
    await link.close()
    assert link.taken == cut_at


async def test_back_pressure() -> None:
    link, peer = memory_pair(capacity=4)
    await link.open(Deadline.NEVER)
    sending = asyncio.create_task(link.send(b"123456"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert (link.taken, sending.done()) == (4, False)
    assert await peer.receive() == b"1234"
    await sending
    assert link.taken == 6
    link.abort()


async def test_a_peer_that_never_ends_is_not_waited_for_long() -> None:
    link, peer = memory_pair()
    await link.open(Deadline.NEVER)
    await link.send(b"job")
    assert await peer.receive() == b"job"
    before = time.monotonic()
    with promptly(3):
        await link.close()
    assert time.monotonic() - before > 0.5
