"""The program that came over from python-escpos."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from posdevkit_emulators.bench import EmulatedReceiptPrinter

EXAMPLE = Path(__file__).parents[2] / "examples" / "from_python_escpos.py"


def run(port: int) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, str(EXAMPLE), "127.0.0.1", str(port)]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)


def test_it_prints_and_tells_of_the_paper(receipt_printer: EmulatedReceiptPrinter) -> None:
    done = run(urlsplit(receipt_printer.url).port or 0)
    assert done.stdout == "printed; paper: enough\n"
    assert "Flat white 38,00" in receipt_printer.ticket().text


def test_a_printer_that_is_not_there_is_told() -> None:
    done = run(9)
    assert done.returncode == 1
    assert "tcp://127.0.0.1:9" in done.stdout
