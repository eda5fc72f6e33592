"""Give cards their money back: one coffee of two, and a whole sale that was a mistake.

python examples/refund.py zvt://192.168.1.90 till.db
"""

import sys

import posdevkit as pos


def made(terminal: pos.PaymentTerminal, payment: pos.Payment) -> str:
    """The terminal's receipt number of what was made, also where the answer was lost."""
    if payment.state is pos.PaymentState.UNKNOWN:
        payment = terminal.recover(payment.intent)  # asks the terminal, moves no money
    print(f"{payment.intent}: {payment.kind.value} of {payment.amount} {payment.state.value}")
    if not payment.approved:
        sys.exit(payment.reason)
    return f"{payment.receipt}"


def main(url: str, path: str) -> None:
    with (
        pos.PaymentTerminal.open(url, journal=f"{path}.payments.jsonl") as terminal,
        pos.Register.open(path, register="K1", catalogue=pos.Catalogue.demo()) as register,
    ):
        basket = register.basket().add(register.catalogue().products["1005"], 2)

        def sell(intent: str) -> tuple[pos.Payment, pos.Sold]:
            number = made(terminal, terminal.pay(basket.total, intent=intent))
            paid = pos.Paid("card", basket.total, number)
            return terminal.recover(intent), register.sell(basket, [paid])

        # One coffee goes back: the register tells the amount, the terminal gives it, and then it is booked.
        _, two = sell("sale-1")
        (due,) = register.refund_due(two.receipt, {0: 1}, means="card")
        number = made(terminal, terminal.refund(pos.Money(-due.amount), intent="sale-1-coffee"))
        back = register.refund(two.receipt, {0: 1}, means="card", reference=number)
        print(f"{back.receipt}: {back.sale.tenders[0]}")

        # Rung up twice: while the terminal's day lasts the charge itself is taken back.
        charge, twice = sell("sale-2")
        number = made(terminal, terminal.reverse(charge, intent="sale-2-reversed"))
        back = register.refund(twice.receipt, reference=number)
        print(f"{back.receipt}: {back.sale.tenders[0]}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
