"""emupos's own printer in its own Python: one finished receipt for every line that is read. See `emulator_speed`.

Its first line of input is the job in hexadecimal. For each further line it makes the receipt, as its daemon does when
bytes have come, and writes the seconds and the size of the picture.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from emupos.config import parse_config  # type: ignore[import-not-found]  # not in our environment
from emupos.printer.printer import Printer  # type: ignore[import-not-found]

CONFIGURATION = """
schema: 1
devices:
  - {id: front, type: printer, profile: epson-tm-t20iii, connections: [tcp: {port: 9100}]}
"""
PIECE = 4096
"""Bytes that come at a time."""


def main() -> None:
    """Serve until the input ends."""
    loaded = parse_config(CONFIGURATION, "benchmark", Path.cwd())
    job = bytes.fromhex(sys.stdin.readline())
    for _ in sys.stdin:
        start = time.perf_counter()
        printer = Printer("front", loaded.printer_profile("front"), sensor_open_level="high", job_idle_timeout_ms=2000)
        printer.open_connection("c", 0.0)
        receipts = []
        for at in range(0, len(job), PIECE):
            receipts += printer.receive("c", job[at : at + PIECE], 0.0).receipts
        (receipt,) = receipts
        print(time.perf_counter() - start, len(receipt.png), len(receipt.text.splitlines()), flush=True)


main()
