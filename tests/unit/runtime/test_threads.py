"""Calls that block, in threads of their own."""

from __future__ import annotations

import asyncio
import threading

import pytest

from posdevkit.runtime import in_thread

pytestmark = pytest.mark.asyncio


async def test_the_result_comes_back_from_a_thread_with_the_name() -> None:
    assert await in_thread(lambda: threading.current_thread().name, name="posdevkit-x") == "posdevkit-x"


async def test_the_error_comes_back() -> None:
    def fail() -> None:
        raise OSError("broken")

    with pytest.raises(OSError, match="broken"):
        await in_thread(fail, name="posdevkit-x")


async def test_a_cancelled_caller_goes_at_once() -> None:
    release = threading.Event()
    task = asyncio.create_task(in_thread(release.wait, name="posdevkit-x"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    release.set()
