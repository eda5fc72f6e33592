"""Waiting for what a person has to see to, and not for a time in which it should have been told."""

from __future__ import annotations

import asyncio
from typing import Final

from posdevkit.devices.job import Job
from posdevkit.errors import DeviceError

__all__ = ["stands_in_the_way"]

_PATIENCE_SECONDS: Final = 20.0


async def stands_in_the_way(job: Job, problem: type[DeviceError] = DeviceError) -> None:
    """Return once `problem` keeps the job from going on: from then on its `wait` raises that at its deadline.

    A `wait` that is only short enough to be tried, and long enough for most machines, raises DeadlineExceeded on one
    that is busy.
    """
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while job.problem is None or not issubclass(job.problem, problem):
            await asyncio.sleep(0.005)
