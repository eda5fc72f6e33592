"""A page of a PDF on receipt paper: as wide as the paper, black and white.

python examples/pdf_page.py tcp://192.168.1.87 [invoice.pdf [PAGE]]
"""

import io
import sys
from pathlib import Path

from PIL import Image, ImageDraw

import posdevkit as pos


def invoice() -> bytes:
    """A PDF to print, where none is at hand."""
    page = Image.new("L", (420, 300), 255)
    ImageDraw.Draw(page).text((40, 40), "Invoice 8812\n\nTotal 165,00", 0, font_size=32)
    file = io.BytesIO()
    page.save(file, "PDF", resolution=72)
    return file.getvalue()


def main(url: str, source: Path | bytes, page: int) -> None:
    receipt = pos.Receipt().pdf_page(source, page, dither="threshold").cut()
    with pos.ReceiptPrinter.open(url, profile="epson-tm-t88v") as printer:
        try:
            print(printer.print(receipt))
        except pos.BadImage as problem:  # no such page, a password, no PDF: not a byte has left
            print(problem, problem.remedy())


if __name__ == "__main__":
    url, *rest = sys.argv[1:] or ["tcp://127.0.0.1:9100"]
    main(url, Path(rest[0]) if rest else invoice(), int(rest[1]) if rest[1:] else 1)
