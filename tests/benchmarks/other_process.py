"""An emulated receipt printer in a process of its own, so that what is measured is the driver alone."""

from __future__ import annotations

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


@contextmanager
def printer(profile: str = "epson-tm-t88v") -> Iterator[str]:
    """Gives its URL; ends with the block."""
    command = [sys.executable, "-c", PROGRAM, profile]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()
            process.wait(30)
