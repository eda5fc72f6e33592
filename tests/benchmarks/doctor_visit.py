"""What a visit of the doctor costs: the whole command, and its look against reading the same files bare."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from harness import Row, alternate

PROGRAM = Path(sys.executable).with_name("posdevkit")
ROOT = Path(__file__).parents[2]


def bare(folder: Path) -> int:
    """Every file of a recorded machine, found and read."""
    size = 0
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            if os.path.islink(path):
                size += len(os.readlink(path))
                continue
            with open(path, "rb") as file:
                size += len(file.read())
    return size


def measure(rounds: int) -> list[Row]:
    """The command as a shop types it, its network searches kept on the loopback; then the look alone."""
    sys.path.insert(0, str(ROOT))
    from tests.unit.doctor.recorded import recorded

    visits = []
    for _ in range(max(1, rounds // 3)):
        start = time.perf_counter()
        subprocess.run(
            [PROGRAM, "doctor", "--json", "--ask", "127.0.0.1"], check=False, stdout=subprocess.DEVNULL, cwd="/"
        )
        visits.append(time.perf_counter() - start)
    longest = max(visits)
    with tempfile.TemporaryDirectory() as folder:
        system = recorded(Path(folder), "counter", "ports")
        turns = alternate(lambda: bare(Path(folder)), system.look, rounds)
    return [
        Row(
            "`posdevkit doctor` with every cable searched, process start to end, the longest",
            longest,
            "s",
            "at most 3",
            longest <= 3,
            f"median {statistics.median(visits):.2f} s, of which it waits 1 s for printers on the network",
        ),
        Row(
            "a look at a recorded machine of eight devices over walking its folders and reading every file",
            turns.ratio,
            "x",
            note=f"{turns.second * 1000:.1f} ms against {turns.first * 1000:.1f} ms",
        ),
    ]
