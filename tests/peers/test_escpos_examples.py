"""python-escpos's own examples, unchanged, on our printers; zxing-cpp reads the symbols off the paper.

They are no part of this repository: `.ci/run` unpacks them from the source distribution of python-escpos 3.1 and names
the folder. The example that asks a weather service is left out (that service has ended, and it is written for Python
2), and the one that is a web server.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from posdevkit_emulators.bench import EmulatedReceiptPrinter

EXAMPLES = os.environ.get("POSDEVKIT_ESCPOS_EXAMPLES", "")
pytestmark = pytest.mark.skipif(not EXAMPLES, reason="python-escpos's source distribution is fetched by .ci/run")


def run(printer: EmulatedReceiptPrinter, name: str, *arguments: str) -> str:
    """What the example writes on the terminal."""
    words = [
        sys.executable,
        "-m",
        "posdevkit.compat.escpos",
        "--to",
        printer.url,
        str(Path(EXAMPLES) / name),
        *arguments,
    ]
    return subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout


def symbols(printer: EmulatedReceiptPrinter) -> list[tuple[str, str]]:
    with Image.open(io.BytesIO(printer.uncut().png())) as picture:
        page = Image.new("L", (picture.width + 80, picture.height + 80), 255)
        page.paste(picture.convert("L"), (40, 40))
    return [(found.format.name, found.text) for found in zxingcpp.read_barcodes(page)]


def test_qr_code(receipt_printer: EmulatedReceiptPrinter) -> None:
    run(receipt_printer, "qr_code.py", "https://r.example/8F2")
    assert symbols(receipt_printer) == [("QRCode", "https://r.example/8F2")]


def test_barcodes(receipt_printer: EmulatedReceiptPrinter) -> None:
    run(receipt_printer, "barcodes.py")
    assert symbols(receipt_printer) == [("Code39", "123456")] * 2


def test_software_barcodes(receipt_printer: EmulatedReceiptPrinter) -> None:
    run(receipt_printer, "software_barcode.py")
    assert symbols(receipt_printer) == [("Code128", "Hello"), ("Code39", "1234")]


def test_code_page_tables(receipt_printer: EmulatedReceiptPrinter) -> None:
    assert "0123456789abcdef" in run(receipt_printer, "codepage_tables.py")
