"""Silence is told only where nothing waits to be read."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from posdevkit.runtime.deadline import Deadline
from posdevkit.runtime.silence import heard

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.skipif(sys.platform == "win32", reason="its loop watches no pipe"),
]


@contextmanager
def a_pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    try:
        yield ends
    finally:
        for end in ends:
            os.close(end)


async def read(end: int) -> bytes:
    """As a link reads: once the loop says that there is something."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(end, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(end)
    return os.read(end, 100)


async def test_what_waits_when_a_late_loop_looks_is_no_silence() -> None:
    with a_pipe() as (near, far):
        task = asyncio.create_task(heard(lambda: read(near), Deadline.after(0.02)))
        await asyncio.sleep(0)
        os.write(far, b"late")
        time.sleep(0.05)  # the deadline passes while the loop stands still
        assert await task == b"late"


async def test_silence_is_told() -> None:
    with a_pipe() as (near, _), pytest.raises(TimeoutError):
        await heard(lambda: read(near), Deadline.after(0.02))
