"""Memory that a very long ticket takes in the driver's process, and how often an idle open printer wakes it (Linux)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from harness import Row
from other_process import printer

LINES, IMAGES = 20_000, 40

BARE = """
import json
def peak():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) / 1024
"""

LONG = """
import asyncio, sys
from PIL import Image
from posdevkit import aio
from posdevkit.documents import Receipt
async def main(url, lines, images):
    picture = Image.radial_gradient("L").resize((512, 200))
    document = Receipt()
    for number in range(lines):
        document = document.row(f"Økologisk linje {number}", f"{number},50")
        if number % (lines // images) == 0:
            document = document.image(picture)
    async with aio.ReceiptPrinter.open(url, profile="epson-tm-t88v") as device:
        return await device.print(document.cut(), timeout=240)
outcome = asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
print(json.dumps({"peak": peak(), "bytes": outcome.bytes_taken, "delivery": outcome.delivery.value}))
"""

IDLE = """
import pathlib, sys, time
import posdevkit
def switches():
    return sum(
        int(line.split()[1])
        for task in pathlib.Path("/proc/self/task").iterdir()
        for line in (task / "status").read_text().splitlines()
        if line.startswith("voluntary_ctxt_switches")
    )
with posdevkit.ReceiptPrinter.open(sys.argv[1], profile="epson-tm-t88v") as device:
    device.print(posdevkit.Receipt().text("x").cut())
    time.sleep(1)
    before, start = switches(), time.monotonic()
    time.sleep(float(sys.argv[2]))
    print(json.dumps({"rate": (switches() - before) / (time.monotonic() - start)}))
"""


def run(program: str, *words: str) -> dict[str, float]:
    """What the program prints, run in a fresh interpreter."""
    done = subprocess.run([sys.executable, "-c", BARE + program, *words], stdout=subprocess.PIPE, text=True, check=True)
    report: dict[str, float] = json.loads(done.stdout)
    return report


def measure(rounds: int) -> list[Row]:
    """Peak memory above a bare interpreter's, and voluntary context switches of all threads per second."""
    if not Path("/proc/self/status").exists():
        return []
    bare = run('print(json.dumps({"peak": peak()}))')["peak"]
    with printer() as url:
        report = run(LONG, url, str(LINES), str(IMAGES))
    above = report["peak"] - bare
    with printer() as url:
        rate = run(IDLE, url, "2" if rounds == 1 else "10")["rate"]
    note = f"peak {report['peak']:.1f} MiB, bare {bare:.1f}; {report['bytes'] / 1e6:.1f} MB, {report['delivery']}"
    what = f"driver's peak memory above a bare interpreter, {LINES:,} lines with {IMAGES} pictures over TCP"
    return [
        Row(what, above, "MiB", "at most 64", above <= 64, note),
        Row("wakeups a second of an idle open printer, blocking face", rate, "/s", "under 3", rate < 3),
    ]
