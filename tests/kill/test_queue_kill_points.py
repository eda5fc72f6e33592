"""The queue's process killed at each named commit point, then started again: no key prints twice, none is lost.

    killed when                    first ticket                      after the next start
    promised, claimed              none                              both printed
    about to send                  none                              the first unconfirmed, the second printed
    printed, not yet on record     one                               the first unconfirmed or proved, the second printed
    on record                      one                               both printed

The control takes what it finds half-sent for unprinted, and prints it twice.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from posdevkit.blocking import PrintQueue
from posdevkit.printqueue import QueueState
from posdevkit.printqueue.rows import Point
from posdevkit.printqueue.table import JobTable
from posdevkit.profiles import load_profile
from posdevkit.protocols.escpos.session import EscPosSession
from posdevkit.store import Store
from posdevkit_emulators.printers.effects import What
from posdevkit_emulators.pytest_plugin import MakeReceiptPrinter
from tests.systems import KILLED

GREETING = len(EscPosSession(load_profile("epson-tm-t88v")).greeting())
PROGRAM = Path(__file__).with_name("queue_process.py")


def serve(path: Path, url: str, point: str, *words: str) -> tuple[int, dict[str, str]]:
    done = subprocess.run(
        [sys.executable, str(PROGRAM), str(path), url, point, *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    assert done.returncode in (0, KILLED), done.stderr
    states = dict(line.split() for line in done.stdout.splitlines())
    return done.returncode, states


LEFT = {
    Point.ADDED: {QueueState.PENDING, QueueState.CLAIMED},  # the worker may have looked in between
    Point.CLAIMED: {QueueState.CLAIMED},
    Point.SENDING: {QueueState.SENDING},
    Point.KNOWN: {QueueState.SENDING},
    Point.SETTLED: {QueueState.PRINTED},
}


def left_in(path: Path) -> dict[str, QueueState]:
    """What the dead process left in its file."""
    store = Store(path)
    try:
        with store.reading() as connection:
            return {job.key: job.state for job in JobTable("printer").jobs(connection)}
    finally:
        store.close()


@pytest.mark.parametrize("point", list(Point))
def test_killed_at_a_commit_point(point: Point, tmp_path: Path, make_receipt_printer: MakeReceiptPrinter) -> None:
    printer = make_receipt_printer()
    path = tmp_path / "queue.db"
    assert serve(path, printer.url, point.value)[0] == KILLED
    assert left_in(path)["order-1"] in LEFT[point]
    code, states = serve(path, printer.url, "never")
    assert code == 0
    text = "\n".join(ticket.text for ticket in printer.tickets)
    assert text.count("<order-1>") <= 1
    assert text.count("<order-2>") == 1
    assert states["order-2"] == "printed"
    doubtful = point in (Point.SENDING, Point.KNOWN)
    assert states["order-1"] in ({"unconfirmed", "printed"} if doubtful else {"printed"})
    if states["order-1"] == "printed":
        assert text.count("<order-1>") == 1
    if point is Point.SENDING:
        assert states["order-1"] == "unconfirmed"
        with PrintQueue.open(path, printer.url, profile="epson-tm-t88v") as queue:
            assert [job.key for job in queue.jobs(QueueState.UNCONFIRMED)] == ["order-1"]
            queue.release("order-1", printed=False)
            assert queue.wait("order-1", 20).state is QueueState.PRINTED
        assert "".join(ticket.text for ticket in printer.tickets).count("<order-1>") == 1


def test_the_control_prints_twice(tmp_path: Path, make_receipt_printer: MakeReceiptPrinter) -> None:
    printer = make_receipt_printer()
    path = tmp_path / "queue.db"
    serve(path, printer.url, Point.KNOWN.value, "naive")
    serve(path, printer.url, "never", "naive")
    assert "".join(ticket.text for ticket in printer.tickets).count("<order-1>") == 2


@pytest.mark.parametrize("at", [10, 60, 120])
def test_killed_while_the_printer_has_taken_a_part(
    at: int, tmp_path: Path, make_receipt_printer: MakeReceiptPrinter
) -> None:
    """The printer stands still inside the job; the process is killed there, and the printer goes on."""
    printer = make_receipt_printer(faults=[f"stall-at={GREETING + at}"])
    path = tmp_path / "queue.db"
    process = subprocess.Popen([sys.executable, str(PROGRAM), str(path), printer.url, "never"])
    try:
        printer.happened(What.CABLE_FAULT)
    finally:
        process.kill()
        process.wait()
    printer.resume()
    states = serve(path, printer.url, "never")[1]
    text = "".join(ticket.text for ticket in printer.tickets)
    for key in ("order-1", "order-2"):
        assert text.count(f"<{key}>") == 1 if states[key] == "printed" else text.count(f"<{key}>") <= 1
        assert states[key] in ("printed", "unconfirmed")
    assert "unconfirmed" in states.values() or text.count("<order-1>") == 1
