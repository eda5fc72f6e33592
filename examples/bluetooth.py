"""Find a receipt printer over Bluetooth LE and print on it; with an address, print at once.

pip install "posdevkit[ble]"
python examples/bluetooth.py
python examples/bluetooth.py ble://AA:BB:CC:DD:EE:FF
"""

import asyncio
import sys

import posdevkit as pos
from posdevkit.discovery import discover

receipt = pos.Receipt().title("Café Nord").row("2 x Flat white", "76,00").total("76,00", "I alt DKK").cut()


def nearest() -> str:
    """The URL of the receipt printer with the strongest signal."""
    survey = asyncio.run(discover(only=["ble"], timeout=4))
    for skipped in survey.skipped:
        sys.exit(str(skipped.problem))
    for found in survey.found:
        print(f"{found.url}: {found.what} ({found.why})")
        if found.kind == "receipt-printer":
            return found.url
    sys.exit("No receipt printer advertises here: is it switched on, and is nobody else connected to it?")


def main(url: str) -> None:
    with pos.ReceiptPrinter.open(url, profile="generic-58mm") as printer:
        try:
            # Paper out, cover open: the job waits, the status still comes, and nothing is printed twice.
            print(printer.print(receipt, key="order-8817", timeout=60, on_wait=print))
        except pos.PosError as problem:
            print(problem)  # says what to do, and whether printing again could give a second receipt


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else nearest())
