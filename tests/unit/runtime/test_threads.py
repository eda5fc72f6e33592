"""Calls that block, in threads of their own."""

from __future__ import annotations

import asyncio
import threading

import pytest

from posdevkit.runtime import in_thread
from posdevkit.runtime.threads import wait_on

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


async def test_waiting_in_slices_also_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows, where a lock does not hear Ctrl-C."""
    monkeypatch.setattr("posdevkit.runtime.threads._LOCKS_HEAR_CTRL_C", False)
    condition = threading.Condition()
    with condition:
        assert not wait_on(condition, lambda: False, 0.15)
        looks = iter([False, False, True])
        assert wait_on(condition, lambda: next(looks))
