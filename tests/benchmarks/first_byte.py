"""From `print()` to the first byte at the other end of the cable, against a thread that writes the same bytes.

The other end is a plain socket server in a process of its own; both processes read the system's one monotonic clock.
"""

from __future__ import annotations

import contextlib
import itertools
import queue
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from harness import Row

import posdevkit as pos
from posdevkit.devices.compose import compose
from posdevkit.profiles import load_profile

PROFILE = "generic-mute"
"""A printer that never answers: `print()` returns once the cable has taken the job."""
JOB = pos.Receipt().raw(bytes(range(256)) * 4)
BUSY = 8
RECEIPT = pos.Receipt().title("Kvittering")
for _line in range(20):
    RECEIPT = RECEIPT.row(f"Linje {_line}", f"{_line},00")
RECEIPT = RECEIPT.cut()
RECEIPT_SECONDS = 0.25
"""What the fastest receipt printers take for the paper of those 22 lines, about 90 mm at 350 mm/s."""

SINK = """
import socket, sys, threading, time
length = int(sys.argv[1])
def timed(connection):
    while first := connection.recv(65536):
        at, left = time.monotonic_ns(), length - len(first)
        while left > 0:
            left -= len(connection.recv(65536))
        print(at, flush=True)
def taken(connection):
    while connection.recv(65536):
        pass
def serve(listener, each):
    while True:
        threading.Thread(target=each, args=(listener.accept()[0],), daemon=True).start()
for each in (timed, taken):
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve, args=(listener, each), daemon=True).start()
    print(listener.getsockname()[1], flush=True)
sys.stdin.read()
"""


@contextmanager
def sink(length: int) -> Iterator[tuple[int, int, IO[str]]]:
    """Two ports: one that tells, in nanoseconds, when each job of `length` bytes began to come; one that only takes."""
    command = [sys.executable, "-c", SINK, str(length)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield int(process.stdout.readline()), int(process.stdout.readline()), process.stdout
        finally:
            process.stdin.close()
            process.wait(10)


@contextmanager
def bare_thread(port: int, data: bytes) -> Iterator[Callable[[], None]]:
    """What nobody can do with less: hand the bytes to a thread that owns the socket, which writes them."""
    work: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    done = threading.Semaphore(0)
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def write() -> None:
            while (piece := work.get()) is not None:
                connection.sendall(piece)
                done.release()

        def hop() -> None:
            work.put(data)
            done.acquire()

        thread = threading.Thread(target=write)
        thread.start()
        try:
            yield hop
        finally:
            work.put(None)
            thread.join()


@contextmanager
def busy_printers(port: int) -> Iterator[None]:
    """Eight more printers, each of which prints receipt after receipt as fast as its paper could run."""
    stop = threading.Event()

    def keep_printing(printer: pos.ReceiptPrinter, offset: float) -> None:
        due = time.monotonic() + offset
        while not stop.wait(max(0.0, due - time.monotonic())):
            printer.print(RECEIPT)
            due += RECEIPT_SECONDS

    with contextlib.ExitStack() as stack:
        threads = []
        for number in range(BUSY):
            printer = stack.enter_context(pos.ReceiptPrinter.open(f"tcp://127.0.0.1:{port}", profile=PROFILE))
            offset = number * RECEIPT_SECONDS / BUSY
            threads.append(threading.Thread(target=keep_printing, args=(printer, offset)))
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join()


def sampled(first: Callable[[], object], second: Callable[[], object], told: IO[str], count: int) -> list[list[float]]:
    """Microseconds from each call to its first byte, the two in turns."""
    found: list[list[float]] = [[], []]
    for number, (which, call) in zip(range(2 * count), itertools.cycle(enumerate((first, second))), strict=False):
        # Never in step with those that print beside.
        time.sleep(0.001 + number % 7 * 0.0003)
        began = time.monotonic_ns()
        call()
        found[which].append((int(told.readline()) - began) / 1000)
    return found


def rows(situation: str, ours: list[float], bare: list[float]) -> list[Row]:
    """Median against median, and the slowest in a hundred against the slowest in a hundred."""
    found = []
    for name, of in (("median", statistics.median), ("p99", lambda values: statistics.quantiles(values, n=100)[98])):
        mine, theirs = of(ours), of(bare)
        what = f"{name}, print() of a raw job to its first byte over a bare hop to a thread and sendall(), {situation}"
        found.append(Row(what, mine / theirs, "x", note=f"{mine:.0f} against {theirs:.0f} us"))
    return found


def measure(rounds: int) -> list[Row]:
    """The blocking face over TCP: alone, then beside eight printers at work."""
    data = compose(JOB, load_profile(PROFILE)).compiled.data
    count = 100 * rounds
    with (
        sink(len(data)) as (timed, taken, told),
        bare_thread(timed, data) as hop,
        pos.ReceiptPrinter.open(f"tcp://127.0.0.1:{timed}", profile=PROFILE) as printer,
    ):

        def ours() -> None:
            assert printer.print(JOB).bytes_taken == len(data)

        sampled(ours, hop, told, 20)  # all loaded, all warm
        found = rows("alone", *sampled(ours, hop, told, count))
        with busy_printers(taken):
            found += rows("eight printers busy", *sampled(ours, hop, told, count))
    return found
