"""A shop's printers by name, from a file that `posdevkit config check` checks; a printer that is off has a stand-in.

python examples/shop_devices.py tcp://192.168.1.87
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
url = "{url}"
profile = "epson-tm-t88v"
"""


def main(url: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "shop.toml")
        path.write_text(SHOP.format(url=url), encoding="utf-8")
        with pos.Shop.load(path) as shop:
            print(f"Printers: {', '.join(shop.printers)}")
            ticket = pos.Receipt().title("Køkken").text("2 x Smørrebrød", height=2).cut()
            # Not a byte of it has left for the kitchen, so it may be printed at the counter.
            print(f"kitchen: {shop.printer('kitchen').print(ticket, key='kitchen-17')}")
            print(f"counter so far: {shop.printer('counter').stats().jobs} job")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "tcp://127.0.0.1:9100")
