"""More than a QR code: a ticket with PDF417, Data Matrix, Aztec, the bars of GS1, turned text, and a buzzer.

python examples/symbols.py ticket.png

What the model cannot draw by itself is sent to it as dots. Needs the extra `symbols`.
"""

import sys
from pathlib import Path

import posdevkit as pos

ticket = (
    pos.Receipt()
    .title("Tivoli")
    .text("Row 4, seat 12", style=pos.Style(bold=True, spacing=3))
    .symbol("M1NORD/ÅSE 2026-11-25 4-12", "PDF417", module=2)
    .feed()
    .symbol("https://r.example/t/8F2K7Q", "DATAMATRIX", module=4)
    .feed()
    .symbol("TICKET 8F2K7Q", "AZTEC")
    .feed()
    .barcode("(01)05701234567899(10)A1", "GS1-128")
    .barcode("0570123456789", "DATABAR")
    .symbol("0570123456789", "DATABAR-STACKED")
    .text("TEAR HERE", style=pos.Style(rotate=True))
    .buzzer()
    .cut()
)


def main(path: Path) -> None:
    # This printer draws the PDF417 and the bars by itself, and gets the two others as dots.
    (printed,) = pos.preview(ticket, "epson-tm-t88v")
    print(printed.text())
    path.write_bytes(printed.png(paper=True))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
