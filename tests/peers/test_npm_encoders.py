"""Libraries from npm print over TCP into the emulated printer: text is read back, zxing-cpp reads the symbols.

They know nothing of this project. `.ci/run` installs them from the lock file beside this, without their scripts.
"""

from __future__ import annotations

import io
import os
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import zxingcpp
from PIL import Image

from posdevkit.protocols.vocabulary import Unknown
from posdevkit_emulators.bench import EmulatedReceiptPrinter

MODULES = os.environ.get("POSDEVKIT_NPM", "")
PROGRAM = Path(__file__).with_name("npm_print.mjs")
pytestmark = pytest.mark.skipif(not MODULES, reason="packages from npm are installed by .ci/run")


@pytest.mark.parametrize("library", ["node-thermal-printer", "receiptline", "receipt-printer-encoder"])
def test_another_librarys_receipt_comes_out_as_it_was_meant(
    library: str, receipt_printer: EmulatedReceiptPrinter
) -> None:
    where = urlsplit(receipt_printer.url)
    words = ["node", str(PROGRAM), MODULES, library, str(where.hostname), str(where.port)]
    subprocess.run(words, check=True, timeout=60, stdout=subprocess.DEVNULL)
    ticket = receipt_printer.ticket()
    lines = [" ".join(line.split()) for line in ticket.text.splitlines()]
    assert "Kvittering" in lines
    assert "Æblejuice 28,00" in lines
    assert "5901234123457" in ticket.text.replace(" ", "")
    assert not [command for command in ticket.commands if isinstance(command, Unknown)]
    assert ticket.cut
    with Image.open(io.BytesIO(ticket.png())) as picture:
        page = Image.new("L", (picture.width + 80, picture.height + 80), 255)
        page.paste(picture.convert("L"), (40, 40))
    found = {(one.format.name, one.text) for one in zxingcpp.read_barcodes(page)}
    assert found == {("EAN13", "5901234123457"), ("QRCode", "https://r.example/8F2")}
