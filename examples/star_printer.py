"""The same receipt on a Star printer: the profile chooses the language, and nothing else changes.

python examples/star_printer.py tcp://192.168.1.88 star-mc-print3

Profiles: star-mc-print3, star-tsp100iv, star-mpop (StarPRNT), star-tsp650ii, star-tsp700ii (Star Line Mode), and
star-tsp100, which is sent dots, since it knows no characters. No printer at hand?
`posdevkit emulate receipt-printer --profile star-mc-print3` in another terminal listens where this looks by default.
"""

import asyncio
import sys

import posdevkit as pos
from posdevkit import aio

receipt = (
    pos.Receipt()
    .title("Café Nord")
    .row("2 x Flat white", "76,00")
    .row("Kanelsnegl", "32,00")
    .total("108,00", "I alt DKK")
    .qr("https://r.example/8F2")
    .cut()
    .drawer()
)


def blocking(url: str, profile: str) -> None:
    with pos.ReceiptPrinter.open(url, profile=profile) as printer:
        print(f"blocking: {printer.print(receipt, key='order-8812')}")


async def with_asyncio(url: str, profile: str) -> None:
    async with aio.ReceiptPrinter.open(url, profile=profile) as printer:
        print(f"asyncio: {await printer.print(receipt, key='order-8813')}")


def main(url: str, profile: str) -> None:
    (paper,) = pos.preview(receipt, profile)
    print(f"{profile}: {paper.width} x {paper.height} dots of paper")
    blocking(url, profile)
    asyncio.run(with_asyncio(url, profile))


if __name__ == "__main__":
    main(*(sys.argv[1:3] if len(sys.argv) > 2 else ("tcp://127.0.0.1:9100", "star-mc-print3")))
