"""Libraries from npm print over TCP into the emulated printer: text is read back, zxing-cpp reads the symbols.

They know nothing of this project. `.ci/run` installs them from the lock file beside this, without their scripts.
"""

from __future__ import annotations

import io
import os
import subprocess
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import zxingcpp
from PIL import Image

from posdevkit import preview
from posdevkit.documents.receiptline import receipt_from_markup
from posdevkit.profiles import load_profile
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


# Of the specification's examples: those in which nothing wraps on paper as wide as this.
EXAMPLES = ("column_border2", "column_width2", "column_width3", "column_width4", "column_width5")
DRAWN = str.maketrans({**dict.fromkeys("┌┬┐├┼┤└┴┘", "+"), "─": "-", "│": "|"})
"""The reference's text has signs of ASCII for the lines of a border."""
COLUMNS = 96
REFERENCE = """
const { createRequire } = require('node:module');
const { transform } = createRequire(process.argv[1] + '/index.js')('receiptline');
const text = require('node:fs').readFileSync(0, 'utf8');
process.stdout.write(transform(text, { cpl: 96, encoding: 'cp437', command: 'text' }));
"""


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_markups_examples_are_laid_out_as_by_its_reference(name: str) -> None:
    text = (Path(MODULES) / "receiptline" / "example" / "data" / "en" / f"{name}.receipt").read_text("utf-8")
    theirs = subprocess.run(
        ["node", "-e", REFERENCE, MODULES], input=text, capture_output=True, text=True, check=True, timeout=60
    ).stdout
    model = load_profile("epson-tm-t88v")
    wide = replace(model, width=COLUMNS * 12, fonts={"A": replace(model.fonts["A"], columns=COLUMNS)})
    ours = "\n".join(ticket.text() for ticket in preview(receipt_from_markup(text, columns=COLUMNS), wide))
    assert lines(ours.translate(DRAWN)) == lines(theirs)


def lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().splitlines()]
