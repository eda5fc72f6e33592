"""A shop's devices by name, from a file that `posdevkit config check` checks; a printer that is off has a stand-in.

python examples/shop_devices.py tcp://192.168.1.87 serial:///dev/ttyUSB0 zvt://192.168.1.90
"""

import sys
import tempfile
from pathlib import Path

import posdevkit as pos

SHOP = """\
[printer.kitchen]
url = "tcp://127.0.0.1:1"     # nobody listens here
fallback = "counter"

[printer.counter]
url = "{printer}"
profile = "epson-tm-t88v"

[display.customer]
url = "{display}"

[payment-terminal.till]
url = "{terminal}"
"""


def main(printer: str, display: str, terminal: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "shop.toml")
        path.write_text(SHOP.format(printer=printer, display=display, terminal=terminal), encoding="utf-8")
        with pos.Shop.load(path) as shop:
            print(f"Printers: {', '.join(shop.printers)}")
            shop.display().show("Smørrebrød", "70,00")  # the shop's only one needs no name
            payment = shop.payment_terminal().pay(pos.Money(7000, "DKK"), intent="sale-17")
            print(f"sale-17: {payment.state.value}")
            ticket = pos.Receipt().title("Køkken").text("2 x Smørrebrød", height=2).cut()
            # Not a byte of it has left for the kitchen, so it may be printed at the counter.
            print(f"kitchen: {shop.printer('kitchen').print(ticket, key='kitchen-17')}")
            print(f"counter so far: {shop.printer('counter').stats().jobs} job")


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["tcp://127.0.0.1:9100", "tcp://127.0.0.1:4001", "zvt://127.0.0.1:20007"]))
