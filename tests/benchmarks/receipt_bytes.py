"""A 60-line receipt with columns, barcode and native QR to bytes, against python-escpos and two JavaScript encoders."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
from contextlib import redirect_stdout
from pathlib import Path

from escpos.printer import Dummy
from harness import Row, alternate

from posdevkit.devices.compose import compose
from posdevkit.documents import Column, Receipt
from posdevkit.profiles import load_profile

HERE = Path(__file__).parent
NPM = Path(os.environ.get("POSDEVKIT_PEERS", HERE.parent / "peers" / "npm" / "node_modules"))
BARCODE = "4006381333931"
QR = "https://r.example/8F2K7Q"
WARES = ("Flat white", "Kanelsnegl", "Æblekage med flødeskum", "Smørrebrød", "Økologisk saft", "Crème brûlée")
HEAD = ("Nørregade 12, 1165 København K", "Tlf. 33 12 34 56", "CVR 12345678")
ITEMS = [(f"{n % 3 + 1} {WARES[n % len(WARES)]}", f"{25 + n},{n % 4 * 25:02d}") for n in range(30)]
EXTRAS = [f"   med {WARES[n % len(WARES)].lower()}" for n in range(10)]
SUMS = [("Subtotal", "1.185,00"), ("Rabat 10 %", "-118,50")]
PAID = [("Heraf i euro", "142,99 €"), ("Betalt med kort", "1.066,50"), ("Byttepenge", "0,00")]
VAT_HEAD = ("Moms", "Netto", "Afgift", "Brutto")
VAT = [
    ("25 %", "640,00", "160,00", "800,00"),
    ("0 %", "266,50", "0,00", "266,50"),
    ("I alt", "906,50", "160,00", "1.066,50"),
]
THANKS = ("Tak for besøget!", "På gensyn hos Café Nord", "Åbent alle dage 8-20")
ROWS = [(f"{n % 3 + 1} {WARES[n % len(WARES)]}", f"{25 + n},{n % 4 * 25:02d}") for n in range(58)]
PROFILE = load_profile("generic-80mm")
WIDTH = 48
RIGHT = Column(align="right")
PLAN = (Column(), RIGHT, RIGHT, RIGHT)


def styled() -> Receipt:
    """A receipt as a café prints it: styles, small print, a VAT table."""
    receipt = Receipt().title("Café Nord")
    for line in HEAD:
        receipt = receipt.text(line, align="center")
    receipt = receipt.rule()
    for number, (left, right) in enumerate(ITEMS):
        receipt = receipt.row(left, right)
        if number % 3 == 0:
            receipt = receipt.text(EXTRAS[number // 3], font="B")
    receipt = receipt.rule()
    for left, right in SUMS:
        receipt = receipt.row(left, right)
    receipt = receipt.total("1.066,50", "At betale")
    for left, right in PAID:
        receipt = receipt.row(left, right)
    receipt = receipt.rule().columns(*VAT_HEAD, columns=PLAN, bold=True).table(VAT, PLAN).rule()
    for line in THANKS:
        receipt = receipt.text(line, align="center")
    return receipt.barcode(BARCODE, "EAN13").qr(QR).cut()


def plain() -> Receipt:
    """60 lines: a title, 58 rows of two columns and a total; then barcode, QR code and cut."""
    receipt = Receipt().title("Café Nord")
    for left, right in ROWS:
        receipt = receipt.row(left, right)
    return receipt.total("1.066,50", "At betale").barcode(BARCODE, "EAN13").qr(QR).cut()


def compiled(receipt: Receipt) -> bytes:
    """Layout and bytes, as the driver makes them."""
    return compose(receipt, PROFILE).compiled.data


class Theirs:
    """The same receipts in python-escpos 3.1, as its documentation shows: styles are set before the text they are for.

    It writes straight to its printer object, made once, in its favour. Columns are set with `str.format`, since 3.1 has
    none of its own. What it is given fits the paper, so `textln` will do; `block_text` wraps, as ours does.
    """

    def __init__(self, *, wrapping: bool) -> None:
        self.printer = Dummy(profile="TM-T88V")
        self.put = self.block if wrapping else self.printer.textln

    def block(self, line: str) -> None:
        """A line through the call that wraps."""
        self.printer.block_text(line, columns=WIDTH)
        self.printer.ln()

    def plain(self) -> bytes:
        """The bytes of `plain`."""
        printer = self.printer
        printer.clear()
        printer.set(align="center", bold=True, double_width=True, double_height=True)
        self.put("Café Nord")
        printer.set_with_default()
        for left, right in ROWS:
            self.row(left, right)
        printer.set(bold=True, double_height=True)
        self.row("At betale", "1.066,50")
        printer.set_with_default(align="center")
        return self.symbols()

    def symbols(self) -> bytes:
        """What stands at the end of both."""
        self.printer.barcode(BARCODE, "EAN13", height=80, width=2)
        self.printer.qr(QR, size=6, native=True)
        self.printer.cut()
        return bytes(self.printer.output)

    def styled(self) -> bytes:
        """The bytes of `styled`."""
        printer = self.printer
        printer.clear()
        printer.set(align="center", bold=True, double_width=True, double_height=True)
        self.put("Café Nord")
        printer.set(bold=False, normal_textsize=True)
        for line in HEAD:
            self.put(line)
        printer.set(align="left")
        self.put("-" * WIDTH)
        for number, (left, right) in enumerate(ITEMS):
            self.row(left, right)
            if number % 3 == 0:
                printer.set(font="b")
                self.put(EXTRAS[number // 3])
                printer.set(font="a")
        self.put("-" * WIDTH)
        for left, right in SUMS:
            self.row(left, right)
        printer.set(bold=True, double_height=True)
        self.row("At betale", "1.066,50")
        printer.set(bold=False, normal_textsize=True)
        for left, right in PAID:
            self.row(left, right)
        self.put("-" * WIDTH)
        printer.set(bold=True)
        self.columns(VAT_HEAD)
        printer.set(bold=False)
        for cells in VAT:
            self.columns(cells)
        self.put("-" * WIDTH)
        printer.set(align="center")
        for line in THANKS:
            self.put(line)
        return self.symbols()

    def row(self, left: str, right: str) -> None:
        """A label and an amount."""
        self.put(f"{left:<{WIDTH - len(right)}}{right}")

    def columns(self, cells: tuple[str, ...]) -> None:
        """Four columns, all but the first at the right."""
        first, *others = cells
        self.put(f"{first:<12}" + "".join(f"{cell:>12}" for cell in others))


def peers(rounds: int) -> dict[str, dict[str, float]]:
    """What node reports; empty where node or the peers' packages are not installed."""
    node = shutil.which("node")
    if node is None or not NPM.is_dir():
        return {}
    rows = [*ROWS, ("", ""), ("At betale", "1.066,50")]
    order = json.dumps({"rows": rows, "barcode": BARCODE, "qr": QR, "rounds": rounds})
    done = subprocess.run([node, HERE / "peers.mjs", NPM], input=order, capture_output=True, text=True, check=True)
    report: dict[str, dict[str, float]] = json.loads(done.stdout)
    return report


def measure(rounds: int) -> list[Row]:
    """How many times faster we are; the document's building is part of it, and reported without beside."""
    # python-escpos prints which barcode renderer it takes, each time.
    with redirect_stdout(io.StringIO()):
        return held_against_others(rounds)


def held_against_others(rounds: int) -> list[Row]:
    """Where standard output is nobody's."""
    theirs, wrapping, ready = Theirs(wrapping=False), Theirs(wrapping=True), plain()
    made = compiled(ready)
    assert all(part in made and part in theirs.plain() for part in (BARCODE[:12].encode(), QR.encode()))
    turns = alternate(lambda: compiled(plain()), theirs.plain, rounds)
    note = (
        f"{turns.first * 1000:.2f} ms against {turns.second * 1000:.2f} ms; {len(made)} and {len(theirs.plain())} bytes"
    )
    what = "times faster than python-escpos 3.1, from calls to bytes: 60 lines, columns, barcode, QR"
    rows = [Row(what, turns.ratio, "x", "at least 5, hoped for 10", turns.ratio >= 5, note)]
    beside = (
        ("the same against its block_text, which wraps as ours does", lambda: compiled(plain()), wrapping.plain),
        ("the same from a finished document, as a second copy is printed", lambda: compiled(ready), theirs.plain),
        ("a receipt with many changes of style, from calls to bytes", lambda: compiled(styled()), theirs.styled),
    )
    for name, ours, other in beside:
        turned = alternate(ours, other, rounds)
        note = f"{turned.first * 1000:.2f} ms against {turned.second * 1000:.2f} ms"
        rows.append(Row(name, turned.ratio, "x", note=note))
    for name, report in peers(rounds).items():
        ratio = report["milliseconds"] / 1000 / turns.first
        note = f"{report['milliseconds']:.2f} ms, {report['bytes']:.0f} bytes; the same rows, in node"
        rows.append(Row(f"times faster than {name}", ratio, "x", note=note))
    return rows
