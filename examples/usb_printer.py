"""Find a receipt printer on USB and print on it; with a URL, print at once.

pip install "posdevkit[usb]"
python examples/usb_printer.py
python examples/usb_printer.py "usb://04b8:0202?serial=J5QF012345"
"""

import asyncio
import sys

import posdevkit as pos
from posdevkit.discovery import discover

receipt = pos.Receipt().title("Café Nord").row("2 x Flat white", "76,00").total("76,00", "I alt DKK").cut()


def first() -> tuple[str, str]:
    """URL and profile of the first receipt printer on the bus."""
    survey = asyncio.run(discover(only=["usb"]))
    for skipped in survey.skipped:
        sys.exit(str(skipped.problem))
    for found in survey.found:
        print(f"{found.url}: {found.what} ({found.why})")
        if found.kind in {"receipt-printer", "printer"}:
            return found.url, found.profile or "generic-80mm"
    sys.exit("No printer on USB: is it switched on, and is its cable in at both ends?")


def main(url: str, profile: str) -> None:
    with pos.ReceiptPrinter.open(url, profile=profile) as printer:
        try:
            # Pull the cable out and in again: the connection comes back to this very printer, and no job is repeated.
            print(printer.print(receipt, key="order-8818", timeout=60, on_wait=print))
        except pos.PosError as problem:
            print(problem)  # says what to do, and whether printing again could give a second receipt


if __name__ == "__main__":
    main(*((sys.argv[1], "generic-80mm") if len(sys.argv) > 1 else first()))
