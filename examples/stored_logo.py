"""Have the printer keep a logo, once, and print it by its key.

python examples/stored_logo.py logo.png tcp://192.168.1.87

No printer at hand? `posdevkit emulate receipt-printer --profile epson-tm-t88v` in another terminal listens where this
looks by default.
"""

import sys
from pathlib import Path

import posdevkit as pos

KEY = "01"


def main(logo: Path, url: str) -> None:
    with pos.ReceiptPrinter.open(url, profile="epson-tm-t88v") as printer:
        # Costs nothing when it is there: run it at every start.
        stored = printer.store_logo(KEY, logo, record=logo.with_suffix(".stored.json"))
        print("The logo was stored." if stored else "The logo was there.")
        receipt = pos.Receipt().logo(KEY).text("Tak for besøget!", align="center").cut()
        print(printer.print(receipt))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "tcp://127.0.0.1:9100")
