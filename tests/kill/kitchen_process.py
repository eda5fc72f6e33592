"""A process that serves a kitchen and dies, or stands still, at a named point.

    kitchen_process.py FILE SHOP POINT HOW PRINTERS [naive]

HOW is "kill" or "stop" (SIGSTOP, so that it wakes up again when somebody else has its ticket). PRINTERS are those that
it carries, by commas. With POINT "never" it sends the orders, waits, and says how each ticket stands. One that stands
still sends none, so that no transaction of its own is open meanwhile. "naive" is the
control: a worker that begins whatever it once claimed.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from decimal import Decimal

from posdevkit.devices import connection
from posdevkit.errors import DeadlineExceeded
from posdevkit.printqueue import Kitchen, turns, worker
from posdevkit.printqueue import kitchen as rooms
from posdevkit.printqueue.rows import Point
from posdevkit.till.kitchen import KitchenLine, KitchenOrder

KEYS = ("1", "2")


def order(key: str) -> KitchenOrder:
    lines = (KitchenLine(f"Burger<{key}>", Decimal(1), "food"), KitchenLine(f"Cola<{key}>", Decimal(1), "drinks"))
    return KitchenOrder(key, lines)


async def main(path: str, shop: str, point: str, how: str, printers: str) -> None:
    done = False

    def passed(now: Point | rooms.MovePoint) -> None:
        nonlocal done
        if now.value == point and not done:
            done = True
            os.kill(os.getpid(), 9 if how == "kill" else signal.Signals["SIGSTOP"])

    async with Kitchen.open(path, shop, printers=printers.split(",")) as kitchen:
        kitchen._passed = passed
        for one in kitchen._workers.values():
            one.passed = passed
        for key in KEYS if how == "kill" else ():
            await kitchen.send(order(key))
        for key in KEYS:
            with contextlib.suppress(DeadlineExceeded):
                await kitchen.wait(key, 20 if how == "kill" else 10)
        for key in KEYS:
            for job in await kitchen.tickets(key):
                print(f"{job.queue.split()[1]}/{key}", job.state.value, job.carrier, flush=True)
        await kitchen.close(0.5)


if __name__ == "__main__":
    turns.LEASE_SECONDS = 0.3  # type: ignore[misc]
    rooms.LEASE_SECONDS = 0.3  # type: ignore[attr-defined]
    connection.RETRY_SECONDS = (0.0,)  # type: ignore[assignment]
    worker.RETRY_SECONDS = (0.1,)  # type: ignore[misc,assignment]
    worker.LOOK_SECONDS = rooms.LOOK_SECONDS = 0.1  # type: ignore[misc]
    if "naive" in sys.argv:
        turns.Turns.LEASES = False
    asyncio.run(main(*sys.argv[1:6]))
