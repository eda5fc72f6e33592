"""A label to ZPL bytes, against the PyPI package `zpl` (MIT) building the same fields."""

from __future__ import annotations

import zpl
from harness import Row, alternate

from posdevkit.documents import Label
from posdevkit.profiles import load_label_profile
from posdevkit.protocols.zpl.compiler import compile_label

PROFILE = load_label_profile("generic-zpl-203")
LINES = 6


def ours() -> bytes:
    """Build and compile: texts, a frame, an EAN-13 barcode and a QR code; checked, escaped, placed."""
    label = Label(50, 40).box(1, 1, 48, 38)
    for number in range(LINES):
        label = label.text(2, 2 + 3 * number, f"Flat white {number}", height=3)
    label = label.barcode(5, 22, "590123412345", "EAN13", height=8).qr(35, 20, "https://r.example", module=0.375)
    return compile_label(label, PROFILE)[0].data


def theirs() -> str:
    """The same fields by the other package, which checks and escapes nothing."""
    label = zpl.Label(40, 50, dpmm=8)
    label.origin(1, 1)
    label.draw_box(384, 304, thickness=2)
    label.endorigin()
    for number in range(LINES):
        label.origin(2, 2 + 3 * number)
        label.write_text(f"Flat white {number}", char_height=3, char_width=3)
        label.endorigin()
    label.origin(5, 22)
    label.barcode("E", "590123412345", height=64, check_digit="N")
    label.endorigin()
    label.origin(35, 20)
    label.barcode("Q", "https://r.example", magnification=3)
    label.endorigin()
    text: str = label.dumpZPL()
    return text


def measure(rounds: int) -> list[Row]:
    """Ours over theirs, from building the label to its bytes."""
    assert ours().count(b"^FO") == theirs().count("^FO")
    turns = alternate(ours, theirs, rounds, 0.05)
    note = f"{turns.first * 1e6:.0f} us against {turns.second * 1e6:.0f} us; theirs checks and escapes nothing"
    return [Row("labels to bytes, how many times as fast as the package zpl, same fields", turns.ratio, "x", note=note)]
