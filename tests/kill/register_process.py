"""A register that sells the same five sales, and dies at a named point: `register_process.py FILE URL POINT [naive]`.

It says each sale that was answered. With POINT "never" it sells what is missing and says how it stands. "naive" is the
control: a till that gives a sale a new identifier when it asks again, as one without identifiers would.
"""

from __future__ import annotations

import asyncio
import os
import sys
from uuid import UUID

from posdevkit.contract import uuid7
from posdevkit.counter import Point, Register
from posdevkit.money import Money
from posdevkit.till import Catalogue, Paid

SALES = [UUID(f"0198c1a2-b3c4-7000-8000-{number:012}") for number in range(1, 6)]


async def main(path: str, url: str, point: str, *, naive: bool) -> None:
    passed = 0

    def dies(now: Point) -> None:
        nonlocal passed
        passed += now.value == point
        if passed == 3:  # in the middle of the day
            os.kill(os.getpid(), 9)  # SIGKILL; on Windows TerminateProcess, with this exit status

    coffee = Catalogue.demo().products["1005"]
    async with Register.open(path, printer=url, profile="epson-tm-t88v") as register:
        register._book.passed = dies
        for sale in SALES:
            basket = (await register.basket()).add(coffee)
            sold = await register.sell(basket, [Paid("cash", Money.of(50))], id=uuid7() if naive else sale)
            print(sold.receipt, flush=True)
        for job in await register.queue.jobs():
            await register.queue.wait(job.key, 20)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4], naive="naive" in sys.argv))
