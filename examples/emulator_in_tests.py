"""Your own tests with an emulated printer: the fixtures come with posdevkit-emulators, nothing to configure.

python -m pytest examples/emulator_in_tests.py
"""

import pytest

import posdevkit as pos
from posdevkit_emulators.bench import EmulatedReceiptPrinter
from posdevkit_emulators.pytest_plugin import MakeReceiptPrinter


def sell(url: str) -> pos.Outcome:
    """The code under test."""
    receipt = pos.Receipt().drawer().title("Café Nord").total("38,00", "I alt DKK").cut()
    with pos.ReceiptPrinter.open(url, profile="epson-tm-t88v") as printer:
        return printer.print(receipt, timeout=1)


def test_a_sale_prints_and_opens_the_drawer(receipt_printer: EmulatedReceiptPrinter) -> None:
    assert sell(receipt_printer.url).confirmed
    ticket = receipt_printer.ticket(1)
    assert "I alt DKK" in ticket.text
    assert [kick.pin for kick in ticket.kicks] == [2]
    assert ticket.cut


def test_out_of_paper_is_told_as_such(make_receipt_printer: MakeReceiptPrinter) -> None:
    printer = make_receipt_printer(faults=["paper-out-after=1"])
    with pytest.raises(pos.PaperOut) as caught:
        sell(printer.url)
    assert caught.value.who is not None
    assert "roll" in caught.value.remedy()
