"""The thread that owns a handle: begins, takes turns, sleeps, wakes at a poke, ends, and leaves nothing."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from posdevkit.runtime.owner import Owner
from tests.prompt import promptly


class Log:
    def __init__(self, *, pause: float = 0.0) -> None:
        self.said: list[str] = []
        self.threads: set[int] = set()
        self.pause = pause

    def begin(self) -> None:
        self.say("begin")

    def turn(self) -> float:
        self.say("turn")
        return self.pause

    def end(self) -> None:
        self.say("end")

    def say(self, word: str) -> None:
        self.said.append(word)
        self.threads.add(threading.get_ident())


def alive(name: str) -> bool:
    return any(thread.name == name for thread in threading.enumerate())


@pytest.mark.asyncio
async def test_one_thread_from_begin_to_end() -> None:
    log = Log(pause=60.0)
    owner = Owner("owner-1", log.begin, log.turn, log.end)
    assert not alive("owner-1")
    await owner.start()
    while log.said.count("turn") < 1:
        await asyncio.sleep(0.001)
    owner.poke()
    while log.said.count("turn") < 2:
        await asyncio.sleep(0.001)
    owner.stop()
    await owner.ended()
    assert not alive("owner-1")
    assert log.said == ["begin", "turn", "turn", "end"]
    assert len(log.threads) == 1
    assert owner.problem is None


@pytest.mark.asyncio
async def test_a_begin_that_fails_is_raised_and_has_no_end() -> None:
    log = Log()

    def begin() -> None:
        raise OSError("nothing there")

    owner = Owner("owner-2", begin, log.turn, log.end)
    with pytest.raises(OSError, match="nothing there"):
        await owner.start()
    assert log.said == []
    assert not alive("owner-2")


@pytest.mark.asyncio
async def test_a_turn_that_fails_ends_it() -> None:
    log = Log()

    def turn() -> float:
        raise OSError("unplugged")

    owner = Owner("owner-3", log.begin, turn, log.end)
    await owner.start()
    await owner.ended()
    assert log.said == ["begin", "end"]
    assert isinstance(owner.problem, OSError)


@pytest.mark.asyncio
async def test_a_cancelled_start_returns_soon_and_the_thread_ends_when_it_can() -> None:
    log = Log()
    go_on = threading.Event()

    def begin() -> None:
        go_on.wait()

    owner = Owner("owner-4", begin, log.turn, log.end)
    with promptly(0.5), pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02):
            await owner.start()
    assert alive("owner-4")
    go_on.set()
    await owner.ended()
    assert log.said == ["end"]


def test_a_loop_that_has_gone_takes_the_thread_along() -> None:
    log = Log(pause=0.01)

    async def forget() -> None:
        await Owner("owner-5", log.begin, log.turn, log.end).start()

    asyncio.run(forget())
    end = time.monotonic() + 20
    while alive("owner-5") and time.monotonic() < end:
        time.sleep(0.005)
    assert not alive("owner-5")
    assert log.said[-1] == "end"
