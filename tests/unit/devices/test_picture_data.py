"""A picture whose dots read like real-time commands prints as a picture, and as nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image

from posdevkit.aio import ReceiptPrinter
from posdevkit.documents import Receipt
from posdevkit.profiles import load_profile
from posdevkit_emulators.bench import ReceiptPrinterBench

pytestmark = pytest.mark.asyncio

TM = load_profile("epson-tm-t88v")
ROWS = {
    "questions": b"\x10\x04\x01\x10\x14\x08\x10\x04",
    "drawer pulses": b"\x10\x14\x01\x00\x01\x10\x05\x00",
}


async def printed(row: bytes, *, guard: bool) -> tuple[bool, int, bytes]:
    """Whether it was confirmed, how often the drawer was kicked, and the picture's dots on paper."""
    profile = replace(TM, realtime_guard=guard)
    picture = Image.frombytes("1", (64, 24), bytes(byte ^ 0xFF for byte in row * 24))
    async with ReceiptPrinterBench.tcp(profile=TM) as bench:
        async with ReceiptPrinter.open(bench.url, profile=profile) as printer:
            outcome = await printer.print(Receipt().image(picture, align="left", dither="threshold").cut())
            assert not (await printer.status()).cover_open
        ticket = await bench.ticket(1)
    raster = ticket.paper.raster()
    dots = b"".join(raster.data[at : at + 8] for at in range(0, 24 * raster.stride, raster.stride))
    return outcome.confirmed, len(ticket.kicks), dots


@pytest.mark.parametrize("name", ROWS)
async def test_it_prints_as_a_picture(name: str) -> None:
    confirmed, kicks, dots = await printed(ROWS[name], guard=True)
    assert (confirmed, kicks) == (True, 0)
    assert dots == ROWS[name] * 24


async def test_without_the_guard_it_opens_the_drawer() -> None:
    _, kicks, dots = await printed(ROWS["drawer pulses"], guard=False)
    assert kicks > 0
    assert dots == ROWS["drawer pulses"] * 24
