"""A sale from scan to receipt, a refund of part of it, and the Z report of the day; no clock and no device is needed.

python examples/sell.py > receipt.json
"""

import json
import sys
from datetime import datetime
from decimal import Decimal

import posdevkit as pos


def main() -> None:
    say = sys.stderr
    catalogue = pos.Catalogue.demo()
    offer = pos.Campaign("spring", "Two buns for 50", "bundle", skus=("1100",), count=2, amount=5000)
    basket = pos.Basket("2026-03-14", campaigns=(offer,))

    basket = basket.add(catalogue.products["1005"]).add(catalogue.products["1100"], 2)  # a coffee, two buns
    basket = basket.scan("2300001004556", catalogue)  # 455 g of apples, as the scale's label has it
    for line in basket.priced:
        print(f"{line.line.quantity} {line.line.product.name}: {line.total}", file=say)
    parked = basket.park()  # the customer forgot something
    basket = pos.Basket.resume(parked).discounted(pos.Discount(1000))

    paid = [pos.Paid("card", pos.Money.of(50)), pos.Paid("cash", pos.Money.of(100))]
    settlement = pos.settle(basket, paid)
    coins = pos.cash_of("DKK").pieces(settlement.change)
    print(f"Total {basket.total}, rounding {settlement.rounding}, change {settlement.change}: {coins}", file=say)
    sale = pos.sale_of(basket, paid, receipt="K1-1", register="K1", sequence=1, cashier="Åse")

    sale_id = "0198c1a2-b3c4-7000-8000-0000000000aa"  # of the fact that carries the sale
    refund = pos.refund_of(
        sale, sale_id, quantities={2: Decimal("0.200")}, means="cash",
        receipt="K1-2", register="K1", sequence=2, business_day="2026-03-14",
    )  # fmt: skip
    print(f"Refund {pos.Money(refund.total)}, rounding {pos.Money(refund.rounding)}", file=say)

    shift = pos.shift_of(
        [sale, refund], register="K1", number=1, opening_cash=50000, counted_cash=54800,
        opened_at="2026-03-14T08:00:00+01:00", closed_at="2026-03-14T18:00:00+01:00",
    )  # fmt: skip
    print(f"Cash expected {pos.Money(shift.expected_cash)}", file=say)

    seller = pos.Seller("Café Nord", ("Ærøgade 7", "9999 Nordby"), cvr="12345678")
    receipt = pos.sale_receipt(sale, seller, datetime.fromisoformat("2026-03-14T10:32:05+01:00"))
    receipt += pos.report_receipt(shift, seller, kind="Z")
    print(json.dumps(pos.receipt_to_json(receipt), indent=2))


if __name__ == "__main__":
    main()
