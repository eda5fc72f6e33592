"""`posdevkit till` and `posdevkit journal`: a day at a register from the command line."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, cast

import pytest

from posdevkit.blocking import Register
from posdevkit.money import Money
from posdevkit.till import Catalogue, Paid
from posdevkit_emulators.bench import EmulatedReceiptPrinter

from .conftest import Run

FIXTURES = Path(__file__).parents[2] / "fixtures" / "store"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "till.db"


def test_a_day(run: Run, file: Path) -> None:
    till = ("--file", file, "--json")
    sold = run("till", "sell", "1005*2", "2300001004556", "--cash", "200", *till).json
    assert (sold["receipt"], sold["total"], sold["rounding"], sold["change"]) == ("1-000001", 8735, 15, 11250)
    assert sold["pieces"] == {"10000": 1, "1000": 1, "200": 1, "50": 1}
    again = run("till", "sell", "1005*2", "2300001004556", "--cash", "200", "--id", sold["id"], *till).json
    assert (again["receipt"], again["new"]) == ("1-000001", False)
    run("till", "park", "milk", "1100", *till)
    mixed = run("till", "sell", "--parked", "milk", "1005", "--discount", "10", "--card", "20", "--cash", "50", *till)
    assert (mixed.json["total"], mixed.json["change"]) == (6300, 700)
    back = run("till", "refund", "1-000001", "--line", "1*1", "--means", "cash", *till).json
    assert (back["total"], back["tenders"]) == (-3800, [{"means": "cash", "amount": -3800, "reference": ""}])
    looked = run("till", "x", *till).json
    closed = run("till", "z", "--counted", "100", *till).json
    assert (looked["total"], closed["total"], closed["counted_cash"]) == (11235, 11235, 10000)
    verified = run("journal", "verify", file, "--json").json
    # Opened, three sales less one that was asked for again, parked, resumed, a refund and two reports.
    assert (verified["ok"], verified["rows"]) == (True, 8)


def test_without_json_it_speaks_to_people(run: Run, file: Path) -> None:
    out = run("till", "sell", "1005", "--cash", "50", "--file", file).out
    assert out.splitlines() == [
        "  1 x Flat white: 38.00 DKK",
        "receipt 1-000001: 38.00 DKK",
        "change 12.00 DKK: 1 x 10.00 DKK, 1 x 2.00 DKK",
    ]
    assert "gives back 38.00 DKK by cash" in run("till", "refund", "1-000001", "--file", file).out
    assert "1 sales, 1 refunds" in run("till", "z", "--file", file).out
    assert "4 rows, all as they were written" in run("journal", "verify", file).out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("sell", "9999"), "place 1 of the codes"),
        (("sell", "1005", "--cash", "10"), "28.00 DKK short"),
        (("sell", "1005*x"), "'x' is no number"),
        (("sell", "1005*-1"), "a quantity is above 0"),
        (("sell", "1005", "--card", "100"), "change is given from cash alone"),
        (("sell", "1005", "--cash", "ten"), "Write amounts as 70,00"),
        (("sell",), "the basket is empty"),
        (("sell", "1005", "--id", "1"), "Give a UUID"),
        (("sell", "--parked", "milk"), "no basket 'milk' is parked"),
        (("sell", "1005", "--customer", "+4512345678"), "0 customers match"),
        (("refund", "1-000009"), "at the register that sold it"),
        (("refund", "1-000001", "--line", "0"), "number from 1"),
        (("sell", "1005", "--country", "fi"), "two capital letters"),
        (("z",), "no shift of register 1 is open"),
        (("x", "--counted", "1"), "Close the shift with"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_sold(words: tuple[str, ...], told: str, run: Run, file: Path) -> None:
    done = run("till", *words, "--file", file)
    assert (done.code, done.out) == (2, "")
    assert told in done.err
    assert not file.exists() or run("journal", "verify", file, "--json").json["rows"] == 0


def test_a_card_payment_and_its_refund_carry_the_terminals_numbers(run: Run, file: Path) -> None:
    run("till", "sell", "1005", "--reference", "12", "--file", file)
    due = run("till", "refund", "1-000001", "--due", "--file", file, "--json").json
    assert due == {"currency": "DKK", "due": [{"means": "card", "amount": 3800}]}
    told = run("till", "refund", "1-000001", "--due", "--file", file).out
    assert told == "1-000001: 38.00 DKK by card to be paid back; nothing is booked\n"
    back = run("till", "refund", "1-000001", "--reference", "13", "--file", file, "--json").json
    assert back["tenders"] == [{"means": "card", "amount": -3800, "reference": "13"}]
    sold = run("till", "sell", "1005*2", "--cash", "50", "--card", "30", "--reference", "14", "--file", file)
    assert sold.code == 0
    torn = run("till", "refund", "1-000003", "--reference", "15", "--file", file)
    assert (torn.code, torn.out) == (2, "")
    assert "one reference for 2 payments" in torn.err
    means = ("--means", "card", "--reference", "15")
    assert run("till", "refund", "1-000003", *means, "--file", file, "--json").json["total"] == -7600
    cash = run("till", "sell", "1005", "--cash", "50", "--reference", "1", "--file", file)
    assert (cash.code, cash.out) == (2, "")
    assert "one payment that is not cash" in cash.err


def test_a_line_that_is_not_there_is_named_as_it_was_given(run: Run, file: Path) -> None:
    run("till", "sell", "1005", "1006", "--file", file)
    done = run("till", "refund", "1-000001", "--line", "3", "--file", file)
    assert (done.code, done.out) == (2, "")
    assert "1-000001 has 2 lines; there is no line 3 (" in done.err


def test_the_parts_of_a_report_add_up(run: Run, file: Path) -> None:
    """What cash was rounded by stands there too."""
    run("till", "sell", "2300001004556", "--cash", "20", "--file", file)
    out = run("till", "x", "--file", file).out.splitlines()
    assert out[:3] == ["shift 1: 1 sales, 0 refunds, 11.35 DKK", "  cash: 11.50 DKK", "  rounding of cash: 0.15 DKK"]


def test_parked_baskets_are_listed(run: Run, file: Path) -> None:
    assert run("till", "parked", "--file", file).out == "nothing is put aside\n"
    run("till", "park", "milk", "1100", "--file", file)
    run("till", "park", "table 4", "1005*2", "--file", file)
    told = cast("list[dict[str, Any]]", run("till", "parked", "--file", file, "--json").json["baskets"])
    assert [(one["name"], one["total"], one["lines"]) for one in told] == [("milk", 3200, 1), ("table 4", 7600, 1)]
    assert told[0]["parked_at"][-1] == "Z"
    out = run("till", "parked", "--file", file).out.splitlines()
    assert [line.partition(",")[0] for line in out] == ["milk: 32.00 DKK", "table 4: 76.00 DKK"]
    assert run("journal", "verify", file, "--json").json["rows"] == 2


def test_a_parked_basket_that_could_not_be_paid_waits_on(run: Run, file: Path) -> None:
    run("till", "park", "milk", "1100", "--file", file)
    assert run("till", "sell", "--parked", "milk", "--cash", "1", "--file", file).code == 2
    assert run("till", "sell", "--parked", "milk", "--cash", "32", "--file", file, "--json").json["total"] == 3200


def test_the_first_broken_row_is_named(run: Run, file: Path) -> None:
    for _ in range(3):
        run("till", "sell", "1005", "--file", file)
    connection = sqlite3.connect(file)
    connection.executescript("DROP TRIGGER journal_keeps; UPDATE journal SET actor = 'somebody' WHERE seq = 3;")
    connection.close()
    done = run("journal", "verify", file)
    assert (done.code, done.out) == (1, "row 3 is not as it was written: content\n")
    assert run("journal", "verify", file, "--json").json["broken"] == {"seq": 3, "why": "content"}
    missing = run("journal", "verify", file.with_name("none.db"))
    assert (missing.code, "no such file" in missing.err) == (2, True)


def test_an_end_that_was_cut_off_shows_by_the_head_that_was_kept(run: Run, file: Path) -> None:
    run("till", "sell", "1005", "--file", file)
    head = str(run("journal", "verify", file, "--json").json["head"])
    run("till", "sell", "1005", "--file", file)
    assert run("journal", "verify", file, "--head", head).code == 0
    connection = sqlite3.connect(file)
    connection.executescript("DROP TRIGGER journal_stays; DELETE FROM journal WHERE seq > 1;")
    connection.close()
    assert run("journal", "verify", file).code == 0  # what is left is a journal
    done = run("journal", "verify", file, "--head", head)
    assert (done.code, done.out) == (1, "row 2 is not as it was written: truncated\n")
    wrong = run("journal", "verify", file, "--head", "K1-000002")
    assert (wrong.code, "64 digits" in wrong.err) == (2, True)


def test_a_look_at_a_journal_changes_nothing(run: Run, file: Path) -> None:
    """Whoever checks may hold a copy from long ago, on a disk that cannot be written to."""
    connection = sqlite3.connect(file)
    connection.executescript((FIXTURES / "version-2.sql").read_text("utf-8"))
    connection.close()
    before = file.read_bytes()
    assert run("journal", "verify", file).out == "row 1 is not as it was written: previous\n"
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize(
    ("name", "told"),
    [("version-1.sql", "holds no journal"), ("", "file is not a database"), (".", "no such file")],
)
def test_what_holds_no_journal_is_told(name: str, told: str, run: Run, file: Path) -> None:
    if name.endswith(".sql"):
        connection = sqlite3.connect(file)
        connection.executescript((FIXTURES / name).read_text("utf-8"))
        connection.close()
    else:
        file.write_text("sku;name\n" * 100, "utf-8")
    done = run("journal", "verify", file.parent if name == "." else file)
    assert (done.code, done.out) == (2, "")
    assert told in done.err
    assert "Cannot read" in done.err
    assert "standard input" not in done.err


def test_a_journal_is_looked_at_while_its_register_sells(run: Run, file: Path) -> None:
    with Register.open(file, catalogue=Catalogue.demo()) as till:
        till.sell(till.basket().add(till.catalogue().products["1005"]), [Paid("card", Money.of(38))])
        assert run("journal", "verify", file, "--json").json["rows"] == 2


def test_a_receipt_is_printed_and_one_that_waits_is_told(
    run: Run, file: Path, receipt_printer: EmulatedReceiptPrinter
) -> None:
    words = ("--file", file, "--profile", "epson-tm-t88v", "--seller", "Café Nord")
    done = run("till", "sell", "1005", "--printer", receipt_printer.url, *words)
    assert (done.code, done.err) == (0, "")
    assert "Café Nord" in receipt_printer.ticket().text
