"""A day at a register: sales, a copy, a refund and the Z report, in one file that survives the power.

python examples/register.py till.db tcp://127.0.0.1:9100
"""

import sys

import posdevkit as pos


def main(path: str, printer: str) -> None:
    seller = pos.Seller("Café Nord", ("Ærøgade 7", "9999 Nordby"), cvr="12345678")
    with pos.Register.open(
        path, register="K1", seller=seller, catalogue=pos.Catalogue.demo(), printer=printer, profile="epson-tm-t88v"
    ) as register:
        register.open_shift(opening_cash=pos.Money.of(500), cashier="Åse")
        goods = register.catalogue()

        basket = register.basket().add(goods.products["1005"], 2).scan("2300001004556", goods)
        sold = register.sell(basket, [pos.Paid("cash", pos.Money.of(100))], cashier="Åse")
        coins = ", ".join(f"{count} x {pos.Money(piece)}" for piece, count in sold.pieces.items())
        print(f"{sold.receipt}: {pos.Money(sold.sale.total)}, change {sold.change} ({coins})")
        print(f"  on paper: {register.queue.wait(sold.receipt, 20).delivery.value}")

        # A caller that was interrupted asks again under the same id: nothing is sold twice.
        again = register.sell(basket, [pos.Paid("cash", pos.Money.of(100))], id=sold.fact.id, cashier="Åse")
        print(f"asked again: {again.receipt}, new: {again.new}")

        register.print_copy(sold.receipt, cashier="Åse")
        back = register.refund(sold.receipt, {0: 1}, means="cash", cashier="Åse")
        print(f"{back.receipt}: {back.change} back")

        shift = register.z_report(counted_cash=pos.Money.of(549), cashier="Åse")
        print(f"Z {shift.number}: {pos.Money(shift.total)}, cash expected {pos.Money(shift.expected_cash)}")
        for job in register.queue.jobs():  # what is not printed when it closes is printed after the next start
            register.queue.wait(job.key, 20)
        report = register.journal()
        print(f"journal: {report.rows} rows, broken: {report.broken}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
