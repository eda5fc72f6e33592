"""The emulated receipt printer, from bytes to a finished ticket: beside emupos, and beside what Pillow alone takes."""

from __future__ import annotations

import io
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from harness import Row, alternate
from PIL import Image as Pil

from posdevkit.documents import Receipt
from posdevkit.layout import lay_out
from posdevkit.profiles import load_profile
from posdevkit.protocols.escpos.compiler import compile_job
from posdevkit_emulators.printers.receipt import ReceiptPrinterModel
from posdevkit_emulators.tickets import PrintedTicket

LINES = 2_000
ROWS = 4_000
WIDTH = 576
PROFILE = load_profile("generic-80mm")
PIECE = 4096
"""Bytes that come at a time."""
AIM_TEXT, AIM_RASTER = 10.0, 1.5
PROGRAM = Path(__file__).with_name("emupos_receipts.py")


def lines_job() -> bytes:
    """Lines of changing text and a cut."""
    receipt = Receipt()
    for number in range(LINES):
        receipt = receipt.text(f"{number} Flat white, havremælk {number % 97},50")
    return compile_job(lay_out(receipt.cut(), PROFILE).operations, PROFILE).data


def rows_job() -> bytes:
    """Rows as wide as the paper, of a text and an amount, every tenth in bold, and a cut."""
    receipt = Receipt()
    for number in range(LINES):
        receipt = receipt.row(f"{number} Økologisk flat white", f"{number % 97},50", bold=number % 10 == 0)
    return compile_job(lay_out(receipt.cut(), PROFILE).operations, PROFILE).data


def bands() -> list[bytes]:
    """Dots of noise in bands of 200 rows, as drivers send them."""
    band = bytes((n * n * 7919 >> 5 ^ n * 31) & 0xFF for n in range(WIDTH // 8 * 200))
    return [band[n:] + band[:n] for n in range(ROWS // 200)]


def raster_job(pictures: list[bytes]) -> bytes:
    """Each band in a `GS v 0`, and a cut."""
    head = b"\x1dv0\x00" + (WIDTH // 8).to_bytes(2, "little") + (200).to_bytes(2, "little")
    return b"\x1b@" + b"".join(head + band for band in pictures) + b"\x1dVB\x00"


def printed(job: bytes) -> PrintedTicket:
    """The ticket that comes out of a new emulated printer when those bytes have come."""
    model = ReceiptPrinterModel(PROFILE)
    pieces = (model.receive(job[at : at + PIECE]) for at in range(0, len(job), PIECE))
    (ticket,) = (event.ticket for effects in pieces for event in effects.events if event.ticket is not None)
    return ticket


def finished(job: bytes) -> tuple[bytes, str]:
    """Its picture as PNG and its text: what both emulators keep of a receipt."""
    ticket = printed(job)
    return ticket.png(), ticket.text


@contextmanager
def emupos(job: bytes) -> Iterator[Callable[[], object] | None]:
    """Makes the same receipt in emupos, in a process on its own Python; None where it is not installed."""
    told = os.environ.get("POSDEVKIT_EMUPOS", "")
    if not told:
        yield None
        return
    python = Path(told).with_name("python")
    with subprocess.Popen([python, PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        asked, answers = process.stdin, process.stdout
        asked.write(job.hex() + "\n")

        def receipt() -> None:
            asked.write("\n")
            asked.flush()
            _, size, lines = answers.readline().split()
            assert int(size) > 0
            assert int(lines) >= LINES

        try:
            yield receipt
        finally:
            process.kill()


def measure(rounds: int) -> list[Row]:
    """Text against emupos, where it is; raster against Pillow drawing and saving the same dots."""
    return [*_text(max(1, rounds // 3)), *_raster(rounds)]


def _text(rounds: int) -> list[Row]:
    jobs = (f"{LINES:,} lines of text", lines_job()), (f"{LINES:,} rows as wide as the paper, some bold", rows_job())
    return [row for what, job in jobs for row in _beside_emupos(what, job, rounds)]


def _beside_emupos(what: str, job: bytes, rounds: int) -> list[Row]:
    with emupos(job) as theirs:
        if theirs is None:
            return []
        turns = alternate(lambda: finished(job), theirs, rounds, 0)
        unpainted = alternate(lambda: printed(job).text, theirs, rounds, 0)
    note = f"{turns.first * 1000:.0f} ms against {turns.second * 1000:.0f} ms, each on its own Python"
    beside = "the same to text alone: ours is painted when somebody asks for it, emupos paints each receipt"
    return [
        Row(
            f"times faster than emupos 0.4.0, from bytes to text and PNG: {what}",
            turns.ratio,
            "x",
            f"at least {AIM_TEXT:g}",
            turns.ratio >= AIM_TEXT,
            note,
        ),
        Row(beside, unpainted.ratio, "x", note=f"{unpainted.first * 1000:.0f} ms"),
    ]


def _raster(rounds: int) -> list[Row]:
    pictures = bands()
    job = raster_job(pictures)
    ticket = printed(job)
    height = ticket.paper.height

    def floor() -> bytes:
        page = Pil.new("1", (WIDTH, height), 1)
        for number, band in enumerate(pictures):
            page.paste(Pil.frombytes("1", (WIDTH, 200), band, "raw", "1;I"), (0, 200 * number))
        store = io.BytesIO()
        page.save(store, "PNG")
        return store.getvalue()

    ours = Pil.open(io.BytesIO(ticket.png())).convert("1").crop((0, 0, WIDTH, ROWS))
    assert ours.tobytes() == Pil.open(io.BytesIO(floor())).convert("1").crop((0, 0, WIDTH, ROWS)).tobytes()
    turns = alternate(floor, lambda: printed(job).png(), rounds, 0.05)
    note = f"{turns.second * 1000:.1f} ms against {turns.first * 1000:.1f} ms, {len(job) // 1024} KiB"
    what = f"time from bytes to PNG of {WIDTH} x {ROWS} dots of raster, over Pillow drawing and saving the same dots"
    return [Row(what, turns.ratio, "x", f"at most {AIM_RASTER:g}", turns.ratio <= AIM_RASTER, note)]
