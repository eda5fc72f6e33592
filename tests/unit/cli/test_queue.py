"""`posdevkit queue`: what stands in the file, and a person's word."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from posdevkit.cli.main import main
from posdevkit.events import Delivery, Outcome
from posdevkit.printqueue import QueueState
from posdevkit.printqueue.forms import Form
from posdevkit.printqueue.table import JobTable, Wishes
from posdevkit.printqueue.turns import Turns
from posdevkit.protocols.job import Compiled
from posdevkit.store import Store
from posdevkit_emulators.bench import EmulatedReceiptPrinter


@pytest.fixture
def file(tmp_path: Path) -> str:
    """A queue in which the fate of one job of two is not known."""
    store = Store(tmp_path / "q.db")
    table = JobTable("printer")
    with store.transaction() as transaction:
        for key in ("1", "2"):
            table.add(transaction, key, Compiled(key.encode(), (1,), 1))
        turns = Turns("printer")
        found, _ = turns.claim(transaction)
        assert found is not None
        turns.sending(transaction, found, b"")
        turns.settle(transaction, 1, QueueState.UNCONFIRMED, Outcome(Delivery.UNKNOWN), "unconfirmed")
    store.close()
    return str(tmp_path / "q.db")


def test_list_and_release(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["queue", "list", file]) == 1
    assert capsys.readouterr().out == "1: unconfirmed (unknown, 1 sent)\n2: pending (none, 0 sent)\n"
    assert main(["queue", "release", file, "2", "--printed"]) == 2
    assert main(["queue", "release", file, "1", "--not-printed", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"ok": True, "key": "1", "state": "pending"}
    assert main(["queue", "list", file, "--json"]) == 0
    assert [json.loads(line)["state"] for line in capsys.readouterr().out.splitlines()] == ["pending", "pending"]


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    assert main(["queue", "list", str(tmp_path / "none.db")]) == 2
    assert list(tmp_path.iterdir()) == []


def test_a_person_s_words(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["queue", "cancel", file, "2", "--by", "Bo"]) == 0
    assert main(["queue", "cancel", file, "1"]) == 2
    assert main(["queue", "reprint", file, "1", "--by", "Bo", "--words", "en"]) == 0
    assert main(["queue", "reprint", file, "2", "--by", "Bo"]) == 2
    assert main(["queue", "reprint", file, "1", "--by", " "]) == 2
    out = capsys.readouterr().out
    assert out == "2: cancelled\n1/copy-1: pending\n"
    assert main(["queue", "list", file, "--json"]) == 1
    copy = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (copy["copy_of"], copy["asked_by"], copy["state"]) == ("1", "Bo", "pending")
    assert main(["queue", "status", file]) == 1
    assert capsys.readouterr().out.startswith("printer: 1 cancelled, 1 pending, 1 unconfirmed; the oldest waits for ")
    assert main(["queue", "status", file, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["counts"] == {"cancelled": 1, "pending": 1, "unconfirmed": 1}
    assert main(["queue", "prune", file, "--days", "-1"]) == 2
    assert main(["queue", "prune", file]) == 0
    assert main(["queue", "prune", file, "--days", "0"]) == 0
    assert capsys.readouterr().out == "0 taken out\n1 taken out\n"
    assert main(["queue", "list", file, "--station", "grill"]) == 0


def test_an_order_goes_to_its_stations(
    tmp_path: Path, receipt_printer: EmulatedReceiptPrinter, capsys: pytest.CaptureFixture[str]
) -> None:
    shop, order, file = tmp_path / "shop.toml", tmp_path / "order.json", tmp_path / "k.db"
    shop.write_text(
        f'[printer.kitchen]\nurl = "{receipt_printer.url}"\nprofile = "epson-tm-t88v"\n'
        '[printer.bar]\nurl = "tcp://127.0.0.1:1"\n'
        '[station.grill]\nprinter = "kitchen"\nfallback = ["bar"]\ndefault = true\n',
        "utf-8",
    )
    order.write_text('{"number": "12", "lines": [{"name": "Burger"}]}', "utf-8")
    file.touch()
    send = ["queue", "send", str(file), str(order), "--shop", str(shop)]
    for _ in range(2):
        assert main(send) == 0
        assert capsys.readouterr().out == "12: printed on kitchen (confirmed, 1 sent)\n"
    assert main(["queue", "route", str(file), "12", "--station", "grill", "--to", "bar"]) == 2
    assert sum("Burger" in ticket.text for ticket in receipt_printer.tickets) == 1


def test_a_ticket_that_has_not_begun_is_given_to_another_printer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store(tmp_path / "k.db")
    wishes = Wishes(carrier="kitchen", others={"bar": Form(Compiled(b"B\n", (2,), 2))})
    with store.transaction() as transaction:
        JobTable("station grill").add(transaction, "12", Compiled(b"A\n", (2,), 2), wishes=wishes)
    store.close()
    route = ["queue", "route", str(tmp_path / "k.db"), "12", "--station", "grill", "--by", "Bo", "--to"]
    assert main([*route, "cellar"]) == 2
    assert main([*route, "bar"]) == 0
    assert main(["queue", "list", str(tmp_path / "k.db"), "--station", "grill"]) == 0
    assert capsys.readouterr().out == "12: pending\n12: pending on bar (none, 0 sent)\n"
