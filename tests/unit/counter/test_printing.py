"""A sale's receipt is promised in the sale's own commit, and printed."""

from __future__ import annotations

from pathlib import Path

import pytest

import posdevkit as pos
from posdevkit.counter import register as counter
from posdevkit_emulators.printers.effects import What
from posdevkit_emulators.pytest_plugin import MakeReceiptPrinter

COFFEE = pos.Catalogue.demo().products["1005"]


def test_receipt_copy_drawer_and_reports(tmp_path: Path, make_receipt_printer: MakeReceiptPrinter) -> None:
    printer = make_receipt_printer()
    seller = pos.Seller("Café Nord", ("Ærøgade 7",), cvr="12345678")
    with pos.Register.open(
        tmp_path / "till.db", seller=seller, printer=printer.url, profile="epson-tm-t88v", register="K1"
    ) as register:
        sold = register.sell(register.basket().add(COFFEE, 2), [pos.Paid("cash", pos.Money.of(100))], cashier="Åse")
        assert register.queue.wait(sold.receipt, 20).state is pos.QueueState.PRINTED
        keys = [register.print_copy(sold.receipt), register.open_drawer("byttepenge")]
        register.x_report()
        register.z_report()
        for job in register.queue.jobs():
            assert register.queue.wait(job.key, 20).state is pos.QueueState.PRINTED
        assert {job.key for job in register.queue.jobs()} >= {sold.receipt, *keys, "K1-z-1"}
        assert register.journal().rows == 6
    texts = [ticket.text for ticket in printer.tickets]
    assert len([text for text in texts if "Flat white" in text]) == 2
    assert sum("KOPI" in text.upper() for text in texts) == 1
    assert any("Z-" in text for text in texts)
    assert any("X-" in text for text in texts)
    assert printer.count(What.DRAWER_KICK) == 2  # the sale's and the one without a sale, none for the copy


def test_a_refund_names_the_receipt_that_it_gives_back(
    tmp_path: Path, make_receipt_printer: MakeReceiptPrinter
) -> None:
    printer = make_receipt_printer()
    with pos.Register.open(
        tmp_path / "till.db", printer=printer.url, profile="epson-tm-t88v", register="K1"
    ) as register:
        sold = register.sell(register.basket().add(COFFEE), [pos.Paid("cash", pos.Money.of(38))])
        back = register.refund(sold.receipt)
        copy = register.print_copy(back.receipt)
        for key in (back.receipt, copy):
            assert register.queue.wait(key, 20).state is pos.QueueState.PRINTED
        with pytest.raises(pos.NotFound):
            register.print_copy("K1-000009")
    assert [f"Retur af bon {sold.receipt}" in ticket.text for ticket in printer.tickets] == [False, True, True]


def test_a_receipt_waits_for_a_printer_that_is_off(tmp_path: Path, make_receipt_printer: MakeReceiptPrinter) -> None:
    with pos.Register.open(tmp_path / "till.db", printer="tcp://127.0.0.1:1", profile="epson-tm-t88v") as register:
        sold = register.sell(register.basket().add(COFFEE), [pos.Paid("cash", pos.Money.of(38))])
    printer = make_receipt_printer()
    with pos.Register.open(tmp_path / "till.db", printer=printer.url, profile="epson-tm-t88v") as register:
        assert register.queue.wait(sold.receipt, 20).delivery is pos.Delivery.CONFIRMED
    assert [sold.receipt in ticket.text for ticket in printer.tickets] == [True]


def test_a_sale_does_not_fail_over_a_letter(tmp_path: Path, make_receipt_printer: MakeReceiptPrinter) -> None:
    # No font here has them: the receipt shows what is missing, and the sale stands.
    printer = make_receipt_printer()
    seller = pos.Seller("مقهى النور 🦆")
    with pos.Register.open(
        tmp_path / "till.db", seller=seller, printer=printer.url, profile="epson-tm-t88v"
    ) as register:
        sold = register.sell(register.basket().add(COFFEE), [pos.Paid("cash", pos.Money.of(38))])
        assert register.queue.wait(sold.receipt, 20).state is pos.QueueState.PRINTED
    assert "????" in printer.tickets[0].text


def test_a_drawer_does_not_open_when_the_printer_comes_back(
    tmp_path: Path, make_receipt_printer: MakeReceiptPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counter, "DRAWER_SECONDS", 0.3)
    path = tmp_path / "till.db"
    with pos.Register.open(path, printer="tcp://127.0.0.1:1", profile="epson-tm-t88v") as register:
        key = register.open_drawer("byttepenge")
        assert register.queue.wait(key, 20).state is pos.QueueState.CANCELLED  # while it is tried
        sold = register.sell(register.basket().add(COFFEE), [pos.Paid("cash", pos.Money.of(38))])
    monkeypatch.setattr(counter, "DRAWER_SECONDS", -1.0)
    with pos.Register.open(path, printer="tcp://127.0.0.1:1", profile="epson-tm-t88v") as register:
        closed = register.open_drawer(
            "byttepenge"
        )  # behind the receipt: nobody looks at it before the printer is there
    printer = make_receipt_printer()
    with pos.Register.open(path, printer=printer.url, profile="epson-tm-t88v") as register:
        assert register.queue.wait(closed, 20).state is pos.QueueState.CANCELLED
        assert register.queue.wait(sold.receipt, 20).state is pos.QueueState.PRINTED
        assert printer.count(What.DRAWER_KICK) == 1  # the sale's own


def test_a_drawer_is_nothing_to_reprint(tmp_path: Path, make_receipt_printer: MakeReceiptPrinter) -> None:
    printer = make_receipt_printer()
    with pos.Register.open(tmp_path / "till.db", printer=printer.url, profile="epson-tm-t88v") as register:
        key = register.open_drawer("byttepenge")
        assert register.queue.wait(key, 20).state is pos.QueueState.PRINTED
        with pytest.raises(pos.Unsupported, match="only opened the drawer"):
            register.queue.reprint(key, by="Bo")
    assert not printer.tickets


def test_a_weighed_line_has_its_unit_on_receipt_and_copy(
    tmp_path: Path, make_receipt_printer: MakeReceiptPrinter
) -> None:
    printer = make_receipt_printer()
    goods = pos.Catalogue.demo()
    apples = next(product for product in goods.products.values() if product.by_weight and product.price)
    with pos.Register.open(
        tmp_path / "till.db", catalogue=goods, printer=printer.url, profile="epson-tm-t88v"
    ) as register:
        sold = register.sell(register.basket().add(apples, 2), [pos.Paid("cash", pos.Money.of(1000))])
        copy = register.print_copy(sold.receipt)
        for key in (sold.receipt, copy):
            assert register.queue.wait(key, 20).state is pos.QueueState.PRINTED
    assert ["2 kg x " in ticket.text for ticket in printer.tickets] == [True, True]
