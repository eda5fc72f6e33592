"""The example of the print queue, run as a reader runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from posdevkit_emulators.bench import EmulatedReceiptPrinter
from tests.careful import CAREFUL

EXAMPLES = Path(__file__).parents[2] / "examples"
ENVIRONMENT = {**os.environ, "PYTHONUTF8": "1", **CAREFUL}


def test_print_queue_started_twice_prints_once(receipt_printer: EmulatedReceiptPrinter, tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", str(EXAMPLES / "print_queue.py"), receipt_printer.url]
    for _ in range(2):
        done = subprocess.run(
            [*command, str(tmp_path / "till.db")],
            env=ENVIRONMENT,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=50,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == "order-8812: printed, confirmed by process_id\n"
    assert sum("Flat white" in ticket.text for ticket in receipt_printer.tickets) == 1
