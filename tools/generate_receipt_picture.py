"""Write docs/images/receipt.png: the first ticket of the demonstration, as a reader of the README sees it.

python tools/generate_receipt_picture.py [--check]
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageChops

TARGET = Path(__file__).parents[1] / "docs" / "images" / "receipt.png"
PROGRAM = Path(sys.executable).with_name("posdevkit")


def same(one: Path, other: Path) -> bool:
    """Whether two pictures have the same dots, however they were packed."""
    with Image.open(one) as first, Image.open(other) as second:
        return (
            first.size == second.size and not ImageChops.difference(first.convert("L"), second.convert("L")).getbbox()
        )


def main() -> int:
    """Write, or compare with `--check`."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([PROGRAM, "demo", "--out", folder], check=True, stdout=subprocess.DEVNULL)
        ticket = Path(folder) / "0001.png"
        if "--check" not in sys.argv[1:]:
            TARGET.write_bytes(ticket.read_bytes())
        elif not TARGET.exists() or not same(ticket, TARGET):
            print(f"{TARGET.name} is not what the demonstration prints: run tools/generate_receipt_picture.py")
            return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
