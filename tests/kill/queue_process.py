"""A process that serves a print queue and dies at a named point: `queue_process.py FILE URL POINT [naive]`.

With POINT "never" it prints what there is and says how each job stands. "naive" is the control: a queue that takes what
it finds in `sending` for unprinted.
"""

from __future__ import annotations

import asyncio
import os
import sys

from posdevkit.documents import Receipt
from posdevkit.printqueue import PrintQueue, QueueState
from posdevkit.printqueue.rows import Point
from posdevkit.printqueue.turns import Turns

KEYS = ("order-1", "order-2")


def ticket(key: str) -> Receipt:
    return Receipt().title("Kvittering").row(f"<{key}>", "28,00").cut()


async def main(path: str, url: str, point: str) -> None:
    def passed(now: Point) -> None:
        if now.value == point:
            os.kill(os.getpid(), 9)  # SIGKILL; on Windows TerminateProcess, with this exit status

    queue = PrintQueue.open(path, url, profile="epson-tm-t88v")
    async with queue as opened:
        opened._worker.passed = passed
        for key in KEYS:
            await opened.add(ticket(key), key=key)
        for key in KEYS:
            await opened.wait(key, 20)
        if opened._worker.asking is not None:
            await asyncio.wait({opened._worker.asking})
        for job in await opened.jobs():
            print(job.key, job.state.value, flush=True)


if __name__ == "__main__":
    if "naive" in sys.argv:
        Turns.FOUND_SENDING = QueueState.PENDING
    asyncio.run(main(*sys.argv[1:4]))
