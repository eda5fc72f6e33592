"""A kitchen's process killed at each of its commit points, and one that stands still with a lease.

    killed when                        the ticket of the dead printer
    promised, claimed, taken back      printed once, by the printer that stands in
    moved                              the same
    about to send, printed             at most once on paper, and unconfirmed or proved
    stands still with a claimed one    printed by the other process; when it wakes up it begins nothing

The control begins what it once claimed, and prints it twice.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from posdevkit.blocking import Kitchen
from posdevkit.printqueue import QueueState
from posdevkit.printqueue.kitchen import MovePoint, queue_of
from posdevkit.printqueue.rows import Point
from posdevkit.printqueue.table import JobTable
from posdevkit.store import Store
from posdevkit_emulators.bench import EmulatedReceiptPrinter
from posdevkit_emulators.pytest_plugin import MakeReceiptPrinter
from tests.kill.kitchen_process import KEYS, order
from tests.systems import KILLED

PROGRAM = Path(__file__).with_name("kitchen_process.py")
TICKETS = tuple(f"{what}<{key}>" for what in ("Burger", "Cola") for key in ("1", "2"))
BOTH = "kitchen,bar"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL and SIGSTOP are POSIX")


def shop_file(folder: Path, kitchen: str, bar: str, patience: float = 0.2) -> Path:
    path = folder / "shop.toml"
    path.write_text(
        f'[printer.kitchen]\nurl = "{kitchen}"\nprofile = "epson-tm-t88v"\n'
        f'[printer.bar]\nurl = "{bar}"\nprofile = "epson-tm-t88v"\n'
        '[station.grill]\nprinter = "kitchen"\nfallback = ["bar"]\ncategories = ["food"]\npatience = 0.2\n'
        f'[station.drinks]\nprinter = "bar"\nfallback = ["kitchen"]\ncategories = ["drinks"]\npatience = {patience}\n',
        "utf-8",
    )
    return path


def command(path: Path, shop: Path, point: str, how: str, printers: str, *words: str) -> list[str]:
    return [sys.executable, str(PROGRAM), str(path), str(shop), point, how, printers, *words]


def serve(path: Path, shop: Path, point: str) -> tuple[int, dict[str, str]]:
    done = subprocess.run(
        command(path, shop, point, "kill", BOTH), capture_output=True, text=True, check=False, timeout=50
    )
    assert done.returncode in (0, KILLED), done.stderr
    states = dict(line.split()[:2] for line in done.stdout.splitlines() if "/" in line)
    return done.returncode, states


def counts(*printers: EmulatedReceiptPrinter) -> dict[str, int]:
    text = "\n".join(ticket.text for printer in printers for ticket in printer.tickets)
    return {ticket: text.count(ticket) for ticket in TICKETS}


def states_in(path: Path) -> dict[str, QueueState]:
    store = Store(path)
    try:
        with store.reading() as connection:
            return {
                f"{name}/{job.key}": job.state
                for name in ("grill", "drinks")
                for job in JobTable(queue_of(name)).jobs(connection)
            }
    finally:
        store.close()


@pytest.mark.parametrize("point", [*Point, *MovePoint])
def test_killed_while_one_printer_is_dead(
    point: Point | MovePoint, tmp_path: Path, make_receipt_printer: MakeReceiptPrinter
) -> None:
    bar = make_receipt_printer()
    path, shop = tmp_path / "k.db", shop_file(tmp_path, "tcp://127.0.0.1:1", bar.url)
    assert serve(path, shop, point.value)[0] == KILLED
    code, states = serve(path, shop, "never")
    assert (code, len(states)) == (0, 4)
    found = counts(bar)
    doubtful = [name for name, state in states.items() if state == "unconfirmed"]
    # Whichever worker dies at its point, the one printer that lives may be in the middle of one ticket; no more.
    assert len(doubtful) <= 1
    for name, state in states.items():
        station, key = name.split("/")
        ticket = f"{'Burger' if station == 'grill' else 'Cola'}<{key}>"
        assert state in ("printed", "unconfirmed")
        assert found[ticket] == 1 if state == "printed" else found[ticket] <= 1


def stands_still(pid: int) -> bool:
    if sys.platform == "linux":
        return os.waitid(os.P_PID, pid, os.WSTOPPED | os.WNOHANG | os.WNOWAIT) is not None
    else:
        raise NotImplementedError("only Linux tells that a process stands still")


def standing_still(folder: Path, make: MakeReceiptPrinter, *words: str) -> tuple[dict[str, int], dict[str, QueueState]]:
    """One process stands still with a claimed ticket; another carries the other printer, and takes over."""
    kitchen, bar = make(), make()
    # The process that stands still leaves the drinks alone: stopped inside a transaction it would hold up everybody.
    path, shop = folder / "k.db", shop_file(folder, kitchen.url, bar.url, patience=60)
    with Kitchen.open(path, shop, printers=()) as till:
        for key in KEYS:
            till.send(order(key))
    first = subprocess.Popen(
        command(path, shop, Point.CLAIMED.value, "stop", "kitchen", *words), stdout=subprocess.PIPE, text=True
    )
    try:
        end = time.monotonic() + 40
        while not stands_still(first.pid):
            assert time.monotonic() < end
            time.sleep(0.02)
        assert QueueState.CLAIMED in states_in(path).values()
        other = subprocess.run(
            command(path, shop, "never", "kill", "bar"), capture_output=True, text=True, check=False, timeout=50
        )
        assert other.returncode == 0, other.stderr
        first.send_signal(signal.Signals["SIGCONT"])
        first.communicate(timeout=30)
        return counts(kitchen, bar), states_in(path)
    finally:
        first.kill()
        first.communicate()


LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells that a process stands still")


@LINUX
def test_a_lease_that_ran_out_is_taken_over_and_its_holder_begins_nothing(
    tmp_path: Path, make_receipt_printer: MakeReceiptPrinter
) -> None:
    found, states = standing_still(tmp_path, make_receipt_printer)
    assert found == dict.fromkeys(TICKETS, 1)
    assert set(states.values()) == {QueueState.PRINTED}


@LINUX
def test_the_control_that_begins_what_it_once_claimed_prints_twice(
    tmp_path: Path, make_receipt_printer: MakeReceiptPrinter
) -> None:
    found, _ = standing_still(tmp_path, make_receipt_printer, "naive")
    assert 2 in found.values()
