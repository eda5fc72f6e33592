"""The example of the print queue, run as a reader runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from posdevkit_emulators.bench import EmulatedReceiptPrinter
from tests.careful import CAREFUL

EXAMPLES = Path(__file__).parents[2] / "examples"
ENVIRONMENT = {**os.environ, "PYTHONUTF8": "1", **CAREFUL}


def test_print_queue_started_twice_prints_once(receipt_printer: EmulatedReceiptPrinter, tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", str(EXAMPLES / "print_queue.py"), receipt_printer.url]
    for _ in range(2):
        done = subprocess.run(
            [*command, str(tmp_path / "till.db")],
            env=ENVIRONMENT,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=50,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == "order-8812: printed, confirmed by process_id\n"
    assert sum("Flat white" in ticket.text for ticket in receipt_printer.tickets) == 1


def test_kitchen_prints_each_ticket_once_though_one_printer_is_off(
    receipt_printer: EmulatedReceiptPrinter, tmp_path: Path
) -> None:
    shop = tmp_path / "shop.toml"
    shop.write_text(
        '[printer.kitchen]\nurl = "tcp://127.0.0.1:1"\n'
        f'[printer.bar]\nurl = "{receipt_printer.url}"\nprofile = "epson-tm-t88v"\n'
        '[station.grill]\nprinter = "kitchen"\nfallback = ["bar"]\ncategories = ["food"]\npatience = 0.2\n'
        '[station.drinks]\nprinter = "bar"\ncategories = ["drinks"]\n',
        "utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLES / "kitchen.py"), str(shop), str(tmp_path / "kitchen.db")],
        env=ENVIRONMENT,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=50,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "station grill: printed on bar\nstation drinks: printed on bar\n"
    text = "".join(ticket.text for ticket in receipt_printer.tickets)
    assert [text.count(name) for name in ("Burger", "Pommes frites", "Cola")] == [1, 1, 1]
