"""A hub in a process that dies at a named point: `hub_process.py SHOP POINT`. It prints its URL and a pairing code."""

from __future__ import annotations

import asyncio
import os
import sys

from posdevkit.hub import Hub
from posdevkit.printqueue.rows import Point


async def main(shop: str, point: str) -> None:
    def passed(now: Point) -> None:
        if now.value == point:
            os.kill(os.getpid(), 9)  # SIGKILL; on Windows TerminateProcess, with this exit status

    async with Hub.open(shop, port=0) as hub:
        queue = hub._desk.devices["counter"].queue
        assert queue is not None
        queue._worker.passed = passed
        hub._desk.kicks.passed = passed
        print(hub.url, await hub.pairing_code(), flush=True)
        await hub.wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
