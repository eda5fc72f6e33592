"""A receipt as a picture and as text, without a printer: the very bytes that would be sent, read back and painted.

python examples/preview.py receipt.png
"""

import sys
from pathlib import Path

import posdevkit as pos

receipt = (
    pos.Receipt()
    .title("Café Nord")
    .row("2 x Flat white", "76,00")
    .row("Smørrebrød", "89,00")
    .total("165,00", "I alt DKK")
    .barcode("5701234567899", "EAN13")
    .cut()
)


def main(path: Path) -> None:
    for profile in ("generic-58mm", "epson-tm-t88v"):
        (ticket,) = pos.preview(receipt, profile)
        print(f"{profile}: {ticket.width} x {ticket.height} dots")
        print(ticket.text())
    path.write_bytes(ticket.png(paper=True))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
