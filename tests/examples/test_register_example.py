"""The example of the register, run as a reader runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from posdevkit_emulators.bench import EmulatedReceiptPrinter
from tests.careful import CAREFUL

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_a_day_at_a_register(receipt_printer: EmulatedReceiptPrinter, tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", str(EXAMPLES / "register.py"), str(tmp_path / "till.db")]
    done = subprocess.run(
        [*command, receipt_printer.url],
        env={**os.environ, "PYTHONUTF8": "1", **CAREFUL},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=50,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "K1-000001: 87.35 DKK, change 12.50 DKK (1 x 10.00 DKK, 1 x 2.00 DKK, 1 x 0.50 DKK)",
        "  on paper: confirmed",
        "asked again: K1-000001, new: False",
        "K1-000002: 38.00 DKK back",
        "Z 1: 49.35 DKK, cash expected 549.50 DKK",
        "journal: 5 rows, broken: None",
    ]
    assert len(receipt_printer.tickets) == 4
