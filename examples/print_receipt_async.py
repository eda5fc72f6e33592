"""The same as print_receipt.py with asyncio: two printers at once, the same names and arguments.

python examples/print_receipt_async.py tcp://192.168.1.87 tcp://192.168.1.88
"""

import asyncio
import sys

import posdevkit as pos
from posdevkit import aio

receipt = pos.Receipt().title("Café Nord").row("2 x Flat white", "76,00").total("76,00", "I alt DKK").cut()


async def print_on(url: str) -> None:
    async with aio.ReceiptPrinter.open(url, profile="epson-tm-t88v") as printer:
        outcome = await printer.print(receipt, key="order-8813")
        print(f"{url}: {outcome}")


async def main(urls: list[str]) -> None:
    async with asyncio.TaskGroup() as both:
        for url in urls:
            both.create_task(print_on(url))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:] or ["tcp://127.0.0.1:9100"]))
