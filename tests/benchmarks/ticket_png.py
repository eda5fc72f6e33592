"""A ticket of 2,000 lines from bytes to PNG, beside Pillow's own saving of the same dots."""

from __future__ import annotations

import io

from harness import Row, alternate
from PIL import Image as Pil

from posdevkit.documents import Receipt
from posdevkit.layout import lay_out
from posdevkit.paper import render_job
from posdevkit.profiles import load_profile
from posdevkit.protocols.escpos.compiler import compile_job

LINES = 2_000
PROFILE = load_profile("generic-80mm")


def job() -> bytes:
    """Rows of changing text, every tenth in bold."""
    receipt = Receipt()
    for number in range(LINES):
        receipt = receipt.row(f"{number} Økologisk flat white", f"{number % 97},50", bold=number % 10 == 0)
    return compile_job(lay_out(receipt.cut(), PROFILE).operations, PROFILE).data


def measure(rounds: int) -> list[Row]:
    """Time for the whole way, and as a ratio of the saving alone."""
    data = job()

    def ours() -> bytes:
        (ticket,) = render_job(data, PROFILE)
        return ticket.png()

    with Pil.open(io.BytesIO(ours())) as picture:
        dots = picture.convert("1")

    def saving() -> bytes:
        store = io.BytesIO()
        dots.save(store, "PNG")
        return store.getvalue()

    turns = alternate(saving, ours, max(1, rounds // 3), 0)
    size = f"{dots.width} x {dots.height} dots, {len(ours()) // 1024} KiB"
    return [
        Row(f"bytes of {LINES:,} lines to PNG ({size})", turns.second * 1000, "ms"),
        Row("the same over Pillow's saving of the finished dots as PNG", turns.ratio, "x"),
    ]
