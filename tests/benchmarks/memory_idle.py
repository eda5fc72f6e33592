"""A driver's process (Linux): memory for a very long ticket; processor time, wakeups and memory while devices idle."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from harness import Row
from other_process import devices, printer

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

SWITCHES = """
import pathlib, sys, time
import posdevkit
def switches():
    return sum(
        int(line.split()[1])
        for task in pathlib.Path("/proc/self/task").iterdir()
        for line in (task / "status").read_text().splitlines()
        if line.startswith("voluntary_ctxt_switches")
    )
"""

IDLE = """
with posdevkit.ReceiptPrinter.open(sys.argv[1], profile="epson-tm-t88v") as device:
    device.print(posdevkit.Receipt().text("x").cut())
    time.sleep(1)
    before, start = switches(), time.monotonic()
    time.sleep(float(sys.argv[2]))
    print(json.dumps({"rate": (switches() - before) / (time.monotonic() - start)}))
"""

# The cable of the USB printer leads to an emulated bus, which is in the driver's process and counts with it.
EIGHT = """
import asyncio, contextlib, threading
from posdevkit_emulators.bench import ReceiptPrinterBench
@contextlib.contextmanager
def usb():
    loop, bench = asyncio.new_event_loop(), ReceiptPrinterBench.usb()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(bench.open(), loop).result()
    try:
        yield bench.url
    finally:
        asyncio.run_coroutine_threadsafe(bench.close(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
urls = json.loads(sys.argv[1])
with contextlib.ExitStack() as shop:
    for kind, url in [*urls, ("ReceiptPrinter", shop.enter_context(usb()))]:
        shop.enter_context(getattr(posdevkit, kind).open(url))
    time.sleep(2)
    before, spent, start = switches(), time.process_time(), time.monotonic()
    time.sleep(float(sys.argv[2]))
    seconds = time.monotonic() - start
    spent, rate = time.process_time() - spent, (switches() - before) / seconds
    print(json.dumps({"open": len(urls) + 1, "core": 100 * spent / seconds, "rate": rate, "peak": peak()}))
"""


def run(program: str, *words: str) -> dict[str, float]:
    """What the program prints, run in a fresh interpreter."""
    done = subprocess.run([sys.executable, "-c", BARE + program, *words], stdout=subprocess.PIPE, text=True, check=True)
    report: dict[str, float] = json.loads(done.stdout)
    return report


def measure(rounds: int) -> list[Row]:
    """Peak memory, above a bare interpreter's for the ticket; voluntary context switches of all threads per second."""
    if not Path("/proc/self/status").exists():
        return []
    seconds = "2" if rounds == 1 else "10"
    bare = run('print(json.dumps({"peak": peak()}))')["peak"]
    with printer() as url:
        report = run(LONG, url, str(LINES), str(IMAGES))
    above = report["peak"] - bare
    with printer() as url:
        rate = run(SWITCHES + IDLE, url, seconds)["rate"]
    with devices() as urls:
        idle = run(SWITCHES + EIGHT, json.dumps(urls), seconds)
    kinds = f"{idle['open']:.0f} idle open devices ({', '.join(kind for kind, _ in urls)}, and one printer over USB)"
    note = f"peak {report['peak']:.1f} MiB, bare {bare:.1f}; {report['bytes'] / 1e6:.1f} MB, {report['delivery']}"
    what = f"driver's peak memory above a bare interpreter, {LINES:,} lines with {IMAGES} pictures over TCP"
    return [
        Row(what, above, "MiB", "at most 64", above <= 64, note),
        Row("wakeups a second of an idle open printer, blocking face", rate, "/s", "under 3", rate < 3),
        Row(f"of one core for {kinds}, blocking face", idle["core"], "%", "under 1", idle["core"] < 1),
        Row("wakeups a second of those", idle["rate"], "/s", "at most 20", idle["rate"] <= 20),
        Row("peak memory of their process, whole", idle["peak"], "MiB", "at most 60", idle["peak"] <= 60),
    ]
