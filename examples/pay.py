"""Charge an amount, and find out what became of it when the answer is lost.

python examples/pay.py zvt://192.168.1.90
"""

import sys

from posdevkit import Money, PaymentState, PaymentTerminal

with PaymentTerminal.open(sys.argv[1], journal="payments.jsonl") as terminal:
    for intent in terminal.unresolved:  # left by a crash
        print(f"{intent}: {terminal.recover(intent).state.value}")
    payment = terminal.pay(Money(7000, "EUR"), intent="sale-8812", on_text=print)
    if payment.state is PaymentState.UNKNOWN:
        payment = terminal.recover("sale-8812")  # asks the terminal, charges nothing
    print(f"{payment.amount} {payment.state.value} {payment.brand} {payment.card}")
