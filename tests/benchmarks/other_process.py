"""Emulated devices in a process of their own, so that what is measured is the driver alone."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

PROGRAM = """
import sys
from posdevkit_emulators.bench import emulated_receipt_printer
with emulated_receipt_printer(profile=sys.argv[1]) as printer:
    print(printer.url, flush=True)
    sys.stdin.read()
"""

# One of every kind, on the cables that can cross to another process.
SHOP = """
import asyncio, contextlib, json, sys
from posdevkit_emulators.bench import ReceiptPrinterBench
from posdevkit_emulators.displays import DisplayModel
from posdevkit_emulators.gadgets import GadgetBench
from posdevkit_emulators.labels import LabelPrinterBench
from posdevkit_emulators.readers import StripeReaderBench
from posdevkit_emulators.scales import ScaleModel
from posdevkit_emulators.scanners import ScannerBench
from posdevkit_emulators.terminals import PaymentTerminalBench
async def main():
    async with contextlib.AsyncExitStack() as shop:
        benches = [(kind, await shop.enter_async_context(bench)) for kind, bench in (
            ("ReceiptPrinter", ReceiptPrinterBench.tcp()),
            ("LabelPrinter", LabelPrinterBench.tcp()),
            ("Scanner", ScannerBench.pty()),
            ("CardReader", StripeReaderBench()),
            ("PaymentTerminal", PaymentTerminalBench()),
            ("Display", GadgetBench.pty(DisplayModel())),
            ("Scale", GadgetBench.tcp(ScaleModel())),
        )]
        print(json.dumps([(kind, bench.url) for kind, bench in benches]), flush=True)
        await asyncio.to_thread(sys.stdin.read)
asyncio.run(main())
"""


@contextmanager
def printer(profile: str = "epson-tm-t88v") -> Iterator[str]:
    """Gives a receipt printer's URL; ends with the block."""
    with _line(PROGRAM, profile) as url:
        yield url


@contextmanager
def devices() -> Iterator[list[tuple[str, str]]]:
    """Gives the class that drives it and the URL of one device of every kind; ends with the block."""
    with _line(SHOP) as line:
        yield [(kind, url) for kind, url in json.loads(line)]


@contextmanager
def _line(program: str, *words: str) -> Iterator[str]:
    """Gives what the program says first; ends it with the block."""
    command = [sys.executable, "-c", program, *words]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()
            process.wait(30)
