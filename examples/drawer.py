"""Open the cash drawer, with a receipt and without, and look whether it is open.

python examples/drawer.py tcp://192.168.1.87
"""

import sys

import posdevkit as pos


def main(url: str) -> None:
    with pos.ReceiptPrinter.open(url, profile="epson-tm-t88v") as printer:
        with_receipt = pos.Receipt().drawer().title("Café Nord").row("Kontant", "100,00").cut()
        print(f"with a receipt: {printer.print(with_receipt)}")
        print(f"by itself: {printer.open_drawer(pin=2)}")
        # Which level means "open" depends on the drawer's wiring: try yours once, and write drawer_open = "high" or
        # "low" into your profile; then status().drawer_open tells.
        level = {True: "high", False: "low", None: "not told"}[printer.status().drawer_pin_high]
        print(f"the drawer's pin 3 is {level}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "tcp://127.0.0.1:9100")
