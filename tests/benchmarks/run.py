"""Run the benchmarks: `python tests/benchmarks/run.py [--once] [--judge] [--sizes N,N...] [NAME...]`.

Each is a module beside this one with `measure(rounds)`, run in its own interpreter. `--once` takes one round each and
judges nothing, so that none rots; `--judge` exits 1 where an aim was missed.
"""

from __future__ import annotations

import argparse
import importlib
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
NAMES = (
    "receipt_bytes",
    "photo_raster",
    "import_time",
    "one_write",
    "first_byte",
    "ticket_png",
    "emulator_speed",
    "memory_idle",
    "memory_flat",
    "queue_commits",
    "sale_commit",
    "till_growth",
    "cloud_drain",
    "hub_first_byte",
    "label_bytes",
    "scan_meaning",
    "cloud_server",
    "cloud_report",
    "link_throughput",
    "cloud_growth",
    "doctor_visit",
)
ROUNDS = 15


def one(name: str, rounds: int) -> bool:
    """Measure and print one benchmark, in this interpreter; return whether every aim was met."""
    sys.path.insert(0, str(HERE))
    from harness import show

    rows = importlib.import_module(name).measure(rounds)
    print(f"{name}\n{show(rows)}\n", flush=True)
    return all(row.met is not False for row in rows)


def main() -> int:
    """Run all, or those named."""
    parser = argparse.ArgumentParser(description="Benchmarks as ratios within one run.")
    parser.add_argument("--once", action="store_true", help="one round each")
    parser.add_argument("--judge", action="store_true", help="exit 1 where an aim was missed")
    parser.add_argument("--here", action="store_true", help="one benchmark, in this interpreter")
    parser.add_argument("--sizes", metavar="N,N...", help="till_growth: after how many sales (10000,100000)")
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], metavar="NAME")
    options = parser.parse_args()
    rounds = 1 if options.once else ROUNDS
    if options.sizes:
        os.environ["POSDEVKIT_BENCHMARK_SIZES"] = options.sizes
    if options.here:
        return 0 if one(options.names[0], rounds) or not options.judge else 1
    status = 0
    for name in options.names or NAMES:
        words = ["--here", *(["--once"] if options.once else []), *(["--judge"] if options.judge else []), name]
        status |= subprocess.run([sys.executable, __file__, *words], check=False).returncode
    return status


if __name__ == "__main__":
    raise SystemExit(main())
