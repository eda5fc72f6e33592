"""How often the driver calls `send` for one job over TCP."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from harness import Row
from other_process import printer

from posdevkit import aio
from posdevkit.documents import Receipt

calls: list[int] = []


class CountingSocket(socket.socket):
    """Notes the size of what each call of `send` took."""

    def send(self, data: Any, flags: int = 0) -> int:
        taken = super().send(data, flags)
        calls.append(taken)
        return taken


def receipt(lines: int) -> Receipt:
    """Rows and a cut."""
    document = Receipt()
    for number in range(lines):
        document = document.row(f"Linje {number}", f"{number},00")
    return document.cut()


async def writes(url: str, lines: int) -> tuple[int, int]:
    """Calls and bytes for one job, the greeting and the closing left out."""
    async with aio.ReceiptPrinter.open(url, profile="epson-tm-t88v") as device:
        await device.print(receipt(1))
        calls.clear()
        outcome = await device.print(receipt(lines))
        return len(calls), outcome.bytes_taken


def measure(rounds: int) -> list[Row]:
    """A usual receipt, which is one write; a long one, which is written in chunks so that status is heard between."""
    socket.socket = CountingSocket  # type: ignore[misc]
    rows = []
    for lines, aim in ((20, 1), (60, 1), (400, None)):
        with printer() as url:
            counts = [asyncio.run(writes(url, lines)) for _ in range(min(rounds, 3))]
        most, size = max(counts)
        met = None if aim is None else most <= aim
        what = f"calls of send() for a job of {lines} lines ({size} bytes)"
        rows.append(Row(what, most, "calls", "" if aim is None else "one", met))
    return rows
