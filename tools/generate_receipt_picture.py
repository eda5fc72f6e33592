"""Write docs/images/receipt.png: the demonstration's first ticket as a piece of paper, printed over a socket.

python tools/generate_receipt_picture.py [--check]
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image, ImageChops

import posdevkit as pos
from posdevkit_emulators.bench import emulated_receipt_printer
from posdevkit_emulators.demo.morning import order

TARGET = Path(__file__).parents[1] / "docs" / "images" / "receipt.png"


def printed() -> bytes:
    """What comes out of the emulated printer."""
    sale, receipt = order("cafe-order.json")
    with emulated_receipt_printer() as printer:
        with pos.ReceiptPrinter.open(printer.url, profile=printer.profile) as counter:
            counter.print(receipt, key=f"order-{sale.number}")
        return printer.ticket(1).paper.png(paper=True)


def same(one: bytes, other: bytes) -> bool:
    """Whether two pictures have the same dots, however they were packed: zlib's many builds pack differently."""
    with Image.open(io.BytesIO(one)) as first, Image.open(io.BytesIO(other)) as second:
        pair = first.convert("RGBA"), second.convert("RGBA")
        return pair[0].size == pair[1].size and not ImageChops.difference(*pair).getbbox(alpha_only=False)


def main() -> int:
    """Write, or compare with `--check`."""
    picture = printed()
    if "--check" not in sys.argv[1:]:
        TARGET.write_bytes(picture)
    elif not TARGET.exists() or not same(picture, TARGET.read_bytes()):
        print(f"{TARGET.name} is not what the demonstration prints: run tools/generate_receipt_picture.py")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
