"""A till of the chaos test: `till_process.py FILE URL REGISTER SALES SEED`, its token in the environment.

Sells what is missing of its sales, each under an identifier of its own, refunds some, and sends. By its seed it kills
itself at named points of a sale or of a push. It ends with 0 once everything is sold and sent, with 7 where another
program has the register or the sending, with 8 where the disk is full.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from posdevkit.aio import CloudClient, Register
from posdevkit.contract import Movement
from posdevkit.errors import Claimed, OutputFailed
from posdevkit.money import Money
from posdevkit.secret import Secret
from posdevkit.till import Catalogue, Paid


class JumpingWall:
    """A wall clock that somebody plays with."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(hours=self._chance.randint(-20, 20))


def identifier(register: str, kind: int, number: int) -> UUID:
    """The same for the same sale, however often the process starts."""
    return UUID(f"0198c1a2-b3c4-7{int(register):03}-8{kind:03}-{number:012}")


async def main(path: str, url: str, register_name: str, sales: int, seed: int) -> None:
    chance = random.Random(seed)
    points = 0
    # Late starts die no more, so that the day ends.
    deadly = chance.randint(5, 60) if seed % 10 < 6 else 0

    def passed(_point: object) -> None:
        nonlocal points
        points += 1
        if points == deadly:
            os.kill(os.getpid(), 9)  # SIGKILL; on Windows TerminateProcess, with this exit status

    goods = Catalogue.demo().products
    token = Secret(os.environ["POSDEVKIT_CLOUD_TOKEN"])
    async with (
        Register.open(path, register=register_name, wall=JumpingWall(chance)) as register,
        CloudClient.open(path, url, token) as cloud,
    ):
        register._book.passed = passed
        cloud._keeper.passed = passed
        for number in range(1, sales + 1):
            basket = (await register.basket()).add(goods["1005"], 1 + number % 3).add(goods["1100"])
            sold = await register.sell(basket, [Paid("cash", Money.of(1000))], id=identifier(register_name, 1, number))
            if number % 5 == 0:
                back = identifier(register_name, 2, number)
                await register.refund(sold.receipt, {0: 1}, means="cash", id=back)
            await cloud.added()
        if not any(entry for entry in await register.parked()):
            await register.park("delivered", (await register.basket()).add(goods["1005"]))
            await register.move_stock([Movement("1005", Decimal(100), "delivery")])
        await cloud.wait_empty(100)


if __name__ == "__main__":
    try:
        file, url, name, sales, seed = sys.argv[1:]
        asyncio.run(main(file, url, name, int(sales), int(seed)))
    except Claimed:
        sys.exit(7)
    except OutputFailed as problem:
        sys.exit(8 if "full" in str(problem) else str(problem))
