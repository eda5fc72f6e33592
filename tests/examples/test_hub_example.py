"""The example of the hub, run as a reader runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from posdevkit_emulators.bench import EmulatedReceiptPrinter
from tests.careful import CAREFUL

EXAMPLE = Path(__file__).parents[2] / "examples" / "hub.py"


def test_hub(receipt_printer: EmulatedReceiptPrinter) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLE), receipt_printer.url],
        env={**os.environ, "PYTHONUTF8": "1", **CAREFUL},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=50,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "printer counter: print, picture, drawer, status",
        "order-8812: printed, confirmed by process_id",
        "paired: Tablet at the bar",
    ]
    assert sum("Flat white" in ticket.text for ticket in receipt_printer.tickets) == 1
