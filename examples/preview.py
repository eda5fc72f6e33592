"""A receipt as text, picture and page, without a printer: the very bytes that would be sent, read back and painted.

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
        shown = pos.preview(receipt, profile)
        print(f"{profile}: {shown[0].width} x {shown[0].height} dots")
        print(shown.text())
    path.write_bytes(shown.png(paper=True))
    path.with_suffix(".html").write_text(shown.html("Receipt 8812"), "utf-8")  # for a mail


if __name__ == "__main__":
    main(Path(sys.argv[1]))
