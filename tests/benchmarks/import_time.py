"""What starting costs: `import posdevkit` against `import asyncio`, and the command line's help."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from harness import Row

BARE = [sys.executable, "-I", "-c", "pass"]
PROGRAM = Path(sys.executable).with_name("posdevkit")


def seconds(command: list[str]) -> float:
    """From start to end of a process."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def importing(name: str) -> list[str]:
    """A command that imports one module and nothing else."""
    return [sys.executable, "-I", "-c", f"import {name}"]


def measure(rounds: int) -> list[Row]:
    """Process times less that of a bare interpreter, in turns."""
    for command in (BARE, importing("posdevkit"), importing("asyncio")):
        seconds(command)  # writes and reads the caches once
    ours, theirs, helps = [], [], []
    for _ in range(rounds):
        bare = seconds(BARE)
        ours.append(seconds(importing("posdevkit")) - bare)
        theirs.append(seconds(importing("asyncio")) - bare)
        helps.append(seconds([str(PROGRAM), "--help"]))
    ratio = statistics.median(a / max(b, 1e-4) for a, b in zip(ours, theirs, strict=True))
    help_ms = statistics.median(helps) * 1000
    note = f"{statistics.median(ours) * 1000:.1f} ms against {statistics.median(theirs) * 1000:.1f} ms"
    return [
        Row(
            "time of `import posdevkit` over `import asyncio`, both above a bare interpreter",
            ratio,
            "x",
            "at most 1.5",
            ratio <= 1.5,
            note,
        ),
        Row("`posdevkit --help`, process start to end", help_ms, "ms", "at most 200", help_ms <= 200),
    ]
