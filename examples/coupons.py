"""Five coupons with one picture, whose dots are sent once.

python examples/coupons.py coupon.png tcp://192.168.1.87

No printer at hand? `posdevkit emulate receipt-printer --profile epson-tm-t88v` in another terminal listens where this
looks by default.
"""

import sys
from pathlib import Path

import posdevkit as pos


def coupons(picture: Path, count: int) -> pos.Receipt:
    receipt = pos.Receipt()
    for number in range(1, count + 1):
        # The key is any two characters; the printer forgets the picture when the next job begins.
        receipt = receipt.image(picture, key="C1").text(f"Nr. {number}", align="center").cut()
    return receipt


def main(picture: Path, url: str) -> None:
    with pos.ReceiptPrinter.open(url, profile="epson-tm-t88v") as printer:
        print(printer.print(coupons(picture, 5)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "tcp://127.0.0.1:9100")
