"""Sales, refunds, reports and what is printed of them, by figures worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from posdevkit.contract import Campaign, Customer, Product, Sale, Tender, VatTotal, from_json, to_json
from posdevkit.documents import Columns, Drawer, LabelBarcode, Receipt, Text
from posdevkit.errors import BadOrder, BadRefund, BadTender, NotForSale
from posdevkit.money import Money
from posdevkit.till import (
    Basket,
    Discount,
    Found,
    Paid,
    Seller,
    product_label,
    refund_of,
    refundable,
    report_receipt,
    sale_of,
    sale_receipt,
    settle,
    shift_of,
)
from posdevkit.till.words import words

COFFEE = Product("coffee", "Flat white", 3800, 2500, codes=("9520000000011",))
PAPER = Product("paper", "Avis", 4000, 0)
CHEESE = Product("cheese", "Ost", 11900, 2500, by_weight=True)
ANNA = Customer("0198c1a2-b3c4-7000-8000-000000000001", "Anna", points=50)
SALE_ID = "0198c1a2-b3c4-7000-8000-0000000000aa"
SHOP = Seller("Café Nord", ("Ærøgade 7",), "12345678")
AT = datetime.fromisoformat("2026-03-14T10:32:05+01:00")
EARN = Campaign("earn", "Earn", "earn", amount=1000)


def paid(*payments: tuple[Any, int]) -> list[Paid]:
    return [Paid(means, Money(amount)) for means, amount in payments]


def sale(basket: Basket, *payments: tuple[Any, int], sequence: int = 1) -> Sale:
    return sale_of(basket, paid(*payments), receipt=f"K1-{sequence}", register="K1", sequence=sequence, cashier="Åse")


def mixed() -> Basket:
    """2 x 38.00 less 10 %, a paper, and cheese for 41.23: 149.63."""
    basket = Basket("2026-03-14", campaigns=(EARN,)).add(COFFEE, 2).add(PAPER)
    return basket.add(Found(CHEESE, price=4123)).discounted(Discount(1000), 0).for_customer(ANNA)


def refund(one: Sale, **more: Any) -> Sale:
    found = {"receipt": "K1-2", "register": "K1", "sequence": 2, "business_day": "2026-03-15", **more}
    return refund_of(one, SALE_ID, **found)


def test_a_sale_in_cash() -> None:
    one = sale(mixed(), ("card", 5000), ("cash", 20000))
    assert (one.total, one.rounding) == (14963, -13)  # 99.63 are left for cash: 99.50
    assert one.tenders == (Tender("card", 5000), Tender("cash", 9950, change=10050))
    assert one.vat == (VatTotal(2500, 10963, 2193), VatTotal(0, 4000, 0))
    assert [(line.total, line.discount) for line in one.lines] == [(6840, 760), (4000, 0), (4123, 0)]
    assert [(move.sku, move.quantity) for move in one.movements] == [
        ("coffee", -2), ("paper", -1), ("cheese", Decimal("-0.346")),
    ]  # fmt: skip
    assert [(entry.kind, entry.points) for entry in one.points] == [("earn", 14)]
    assert from_json(Sale, to_json(one)) == one


def test_settling_tells_what_is_due_before_and_after() -> None:
    with pytest.raises(BadTender, match="short"):
        settle(mixed())
    found = settle(mixed(), paid(("cash", 20000)))
    assert (found.rounding, found.due, found.change) == (Money(-13), Money(14950), Money(5050))
    euro = Basket("2026-03-14", "EUR").add(COFFEE).discounted(Discount(amount=Money(2, "EUR")))
    cash = [Paid("cash", Money(5000, "EUR"))]
    assert settle(euro, cash).change == Money(1202, "EUR")
    assert settle(euro, cash, country="FI").change == Money(1200, "EUR")
    with pytest.raises(BadOrder, match="empty"):
        sale(Basket("2026-03-14"))
    with pytest.raises(BadOrder, match="in an order in EUR"):
        settle(euro, paid(("cash", 5000)))


def test_a_free_sale_and_a_card_beside_cash_that_is_all_change() -> None:
    free = sale(Basket("2026-03-14").add(COFFEE).discounted(Discount(10_000)))
    assert (free.total, free.tenders, free.vat) == (0, (), (VatTotal(2500, 0, 0),))
    assert refund(free).total == 0
    both = sale(Basket("2026-03-14").add(COFFEE), ("card", 3800), ("cash", 1000))
    assert both.tenders == (Tender("card", 3800), Tender("cash", 0, change=1000))


def test_a_sale_that_the_cloud_would_refuse_is_never_made() -> None:
    basket = Basket("2026-03-14").add(COFFEE)
    good = {"receipt": "1", "register": "K1", "sequence": 1}
    for wrong in ({"register": ""}, {"sequence": 0}, {"receipt": "a\x07"}, {"cashier": "x" * 65}):
        with pytest.raises(BadOrder, match=f"sale.{next(iter(wrong))}: expected"):
            sale_of(basket, paid(("card", 3800)), **{**good, **wrong})  # type: ignore[arg-type]
    with pytest.raises(BadOrder):
        refund(sale(basket, ("card", 3800)), business_day="14-03-2026")
    for day, currency in (("14-03-2026", "DKK"), ("2026-03-14", "kr")):
        with pytest.raises(BadOrder, match="a basket: "):
            Basket(day, currency)


def test_a_whole_refund_mirrors_the_sale() -> None:
    one = sale(mixed(), ("card", 5000), ("cash", 20000))
    back = refund(one)
    assert (back.total, back.rounding, back.refund_of) == (-14963, 13, SALE_ID)
    assert back.tenders == (Tender("card", -5000), Tender("cash", -9950))
    assert back.vat == (VatTotal(2500, -10963, -2193), VatTotal(0, -4000, 0))
    assert [(line.of, int(line.quantity), line.total, line.discount) for line in back.lines] == [
        (1, -2, -6840, -760), (2, -1, -4000, 0), (3, -1, -4123, 0),
    ]  # fmt: skip
    assert [move.quantity for move in back.movements] == [2, 1, Decimal("0.346")]
    assert {move.reason for move in back.movements} == {"refund"}
    assert [(entry.kind, entry.points) for entry in back.points] == [("reverse", -14)]


def test_stock_that_another_program_told_otherwise_comes_back_by_lines() -> None:
    one = sale(mixed(), ("card", 14963))
    fewer = refund(replace(one, movements=one.movements[:1]))
    assert [(move.sku, int(move.quantity)) for move in fewer.movements] == [("coffee", 2), ("paper", 1), ("cheese", 1)]
    assert refund(replace(one, movements=())).movements == ()


def test_parts_sum_to_the_whole() -> None:
    basket = Basket("2026-03-14", campaigns=(EARN,)).add(COFFEE, 3).for_customer(ANNA)
    three = sale(basket.discounted(Discount(amount=Money(1000))), ("card", 10400))
    parts: list[Sale] = []
    for sequence in (2, 3, 4):
        parts.append(refund(three, sequence=sequence, quantities={0: 1}, earlier=parts, means="card"))
    # 104.00 in three: 34.67 and 69.33 are 1/3 and 2/3. VAT of 34.67, 69.33 and 104.00: 6.93, 13.87, 20.80.
    assert [part.total for part in parts] == [-3467, -3466, -3467]
    assert [part.vat[0].vat for part in parts] == [-693, -694, -693]
    assert [[entry.points for entry in part.points] for part in parts] == [[-3], [-4], [-3]]
    assert refundable(three, parts) == (Decimal(0),)
    with pytest.raises(BadRefund, match="nothing is left"):
        refund(three, earlier=parts, means="card")


def test_what_is_no_refund() -> None:
    one = sale(mixed(), ("card", 14963))
    first = refund(one, quantities={0: 1}, means="cash")
    assert (first.total, first.rounding, first.tenders) == (-3420, 20, (Tender("cash", -3400),))
    for wrong, says in (
        ({"quantities": {0: 3}}, "3 of Flat white: 2 were sold, and 2 are left"),
        ({"quantities": {0: 2}, "earlier": [first]}, "2 of Flat white: 2 were sold, and 1 are left"),
        ({"quantities": {0: 0}}, "0 of Flat white"),
        ({"quantities": {0: -1}}, "-1 of Flat white"),
        ({"quantities": {0: Decimal("0.5")}}, "no quantity"),
        ({"quantities": {7: 1}}, "no line 8"),
        ({"quantities": {}}, "no line is named"),
        ({"quantities": {0: Decimal("NaN")}}, "NaN of Flat white"),
        ({"earlier": [replace(first, refund_of=None)]}, "no refund of"),
        ({"quantities": {0: 1}}, "without the means"),
        ({"earlier": [first]}, "without the means"),
    ):
        with pytest.raises(BadRefund, match=says):
            refund(one, **wrong)
    rest = refund(one, earlier=[first], means="card")
    assert rest.total + first.total + one.total == 0
    with pytest.raises(BadRefund, match="itself a refund"):
        refund(first)
    with pytest.raises(BadRefund, match="no refund of"):
        refund(sale(Basket("2026-03-14").add(PAPER), ("card", 4000)), earlier=[rest])


def test_redeemed_points_come_back() -> None:
    use = Campaign("use", "Use", "redeem", amount=100)
    one = sale(Basket("2026-03-14", campaigns=(use, EARN)).add(COFFEE).for_customer(ANNA).redeem(8), ("card", 3000))
    assert {(entry.rule, entry.kind, entry.points) for entry in one.points} == {
        ("use", "redeem", -8),
        ("earn", "earn", 3),
    }
    assert {(entry.rule, entry.kind, entry.points) for entry in refund(one).points} == {
        ("use", "reverse", 8), ("earn", "reverse", -3),
    }  # fmt: skip


def said(receipt: Receipt) -> list[str]:
    return [
        " | ".join(one.cells) if isinstance(one, Columns) else one.text
        for one in receipt.elements
        if isinstance(one, Columns | Text)
    ]


def test_the_receipt_of_a_sale() -> None:
    one = sale(mixed(), ("card", 5000), ("cash", 20000))
    receipt = sale_receipt(one, SHOP, AT)
    assert isinstance(receipt.elements[0], Drawer)
    assert said(receipt) == [
        "Café Nord", "Ærøgade 7", "CVR 12345678",
        "Bon K1-1 | 14-03-2026 10:32", "Kasse K1 | Ekspedient Åse",
        "Flat white | 76,00", "  2 x 38,00", "  Rabat | -7,60", "Avis | 40,00", "Ost | 41,23",
        "I alt DKK | 149,63",
        "Sats | Netto | Moms | Brutto", "25 % | 87,70 | 21,93 | 109,63", "0 % | 40,00 | 0,00 | 40,00",
        "Øreafrunding | -0,13", "Betalingskort | 50,00", "Kontant | 200,00", "Byttepenge | 100,50",
        "Point optjent | +14", "Tak for besøget",
    ]  # fmt: skip


def test_what_was_weighed_tells_its_kilograms() -> None:
    basket = Basket("2026-03-14").add(CHEESE, Decimal("1.248")).add(COFFEE, 2)
    one = sale(basket, ("card", basket.total.minor))
    assert [line for line in said(sale_receipt(one, SHOP, AT)) if " x " in line] == [
        "  1,248 kg x 119,00",
        "  2 x 38,00",
    ]
    english = said(sale_receipt(refund(one), SHOP, AT, language="en"))
    assert {"  -1.248 kg x 119.00", "  -2 x 38.00"} <= set(english)


def test_whole_kilograms_are_told_where_the_catalogue_says_that_they_are() -> None:
    whole = Basket("2026-03-14").add(CHEESE, 2)
    one = sale(whole, ("card", whole.total.minor))
    assert "  2 kg x 119,00" in said(sale_receipt(one, SHOP, AT, weighed={"cheese"}))
    assert "  -2 kg x 119,00" in said(sale_receipt(refund(one), SHOP, AT, weighed={"cheese"}))
    assert "  2 x 119,00" in said(sale_receipt(one, SHOP, AT))
    # Two pieces that were priced by their code are no two kilograms.
    pieces = Basket("2026-03-14").add(Found(CHEESE, price=4123), 2)
    assert "  2 x 41,23" in said(sale_receipt(sale(pieces, ("card", pieces.total.minor)), SHOP, AT, weighed={"cheese"}))


def test_a_copy_and_a_refund_say_so_in_both_languages() -> None:
    one = sale(mixed(), ("cash", 20000))
    copy = sale_receipt(one, SHOP, AT, copy=True)
    assert "KOPI" in said(copy)
    assert not any(isinstance(element, Drawer) for element in copy.elements)
    back = sale_receipt(refund(one), SHOP, AT, refunded="K1-1", language="en")
    lines = said(back)
    assert {"REFUND", "Refund of receipt K1-1", "Flat white | -76.00", "  -2 x 38.00", "Cash | -149.50"} <= set(lines)
    assert not any(line.startswith("Change") for line in lines)
    assert "Points reversed | -14" in lines
    danish, english = words("da"), words("en")
    assert danish.points.keys() == english.points.keys() == {"earn", "redeem", "reverse"}


def test_a_card_payment_and_its_refund_name_the_terminals_receipts() -> None:
    basket = Basket("2026-03-14").add(COFFEE, 2)
    one = sale_of(basket, [Paid("card", Money(7600), "12")], receipt="K1-1", register="K1", sequence=1)
    assert said(sale_receipt(one, SHOP, AT))[-3:-1] == ["Betalingskort | 76,00", "  Ref. | 12"]
    part = refund(one, quantities={0: 1}, means="card", reference="13")
    assert part.tenders == (Tender("card", -3800, "13"),)
    assert "  Ref. | 13" in said(sale_receipt(part, SHOP, AT, language="en"))
    assert refund(one, reference="14").tenders == (Tender("card", -7600, "14"),)
    both = sale_of(basket, paid(("card", 5000), ("cash", 5000)), receipt="K1-2", register="K1", sequence=2)
    with pytest.raises(BadRefund, match="one reference for 2 payments"):
        refund(both, reference="15")


def shift(*sales: Sale, **more: Any) -> Any:
    found = {
        "register": "K1",
        "number": 7,
        "opened_at": "2026-03-14T08:00:00+01:00",
        "closed_at": AT.isoformat(),
        **more,
    }
    return shift_of(sales, **found)


def test_the_report_of_a_shift() -> None:
    one = sale(mixed(), ("card", 5000), ("cash", 20000))
    two = refund(one, quantities={1: 1}, means="cash")
    three = sale(Basket("2026-03-14").add(COFFEE), ("card", 3800), sequence=3)
    found = shift(three, one, two, opening_cash=50000, counted_cash=55900)
    assert (found.first_sequence, found.last_sequence, found.sales, found.refunds) == (1, 3, 2, 1)
    assert (found.total, found.refunded, found.rounding) == (14963 - 4000 + 3800, -4000, -13)
    assert found.tenders == (Tender("card", 8800), Tender("cash", 5950))
    assert found.vat == (VatTotal(2500, 14763, 2953), VatTotal(0, 0, 0))
    assert (found.expected_cash, found.opening_cash) == (55950, 50000)
    assert from_json(type(found), to_json(found)) == found
    lines = said(report_receipt(found, SHOP, kind="Z"))
    assert lines[3:] == [
        "Z-rapport 7", "Kasse | K1", "Fra | 14-03-2026 08:00", "Til | 14-03-2026 10:32", "Boner | 1 - 3",
        "2 salg | 187,63", "1 retur | -40,00", "I alt DKK | 147,63",
        "Sats | Netto | Moms | Brutto", "25 % | 118,10 | 29,53 | 147,63", "0 % | 0,00 | 0,00 | 0,00",
        "Betalingskort | 88,00", "Kontant | 59,50", "Øreafrunding | -0,13",
        "Byttepenge ved start | 500,00", "Beregnet kassebeholdning | 559,50", "Optalt kassebeholdning | 559,00",
        "Kassedifference | -0,50",
    ]  # fmt: skip
    assert "X-report 7" in said(report_receipt(shift(one), SHOP, kind="X", language="en"))


def test_a_shift_without_sales_and_one_with_a_gap() -> None:
    empty = shift(opening_cash=100)
    assert (empty.first_sequence, empty.last_sequence, empty.expected_cash, empty.counted_cash) == (0, 0, 100, None)
    one, three = (sale(Basket("2026-03-14").add(COFFEE), ("card", 3800), sequence=n) for n in (1, 3))
    for wrong in ([one, three], [one, one]):
        with pytest.raises(BadOrder, match="receipt 2 of K1"):
            shift(*wrong)
    with pytest.raises(BadOrder, match="of K1 in DKK, not K2 in DKK"):
        shift(one, register="K2")


def test_a_shelf_label() -> None:
    bars = [one for one in product_label(COFFEE).elements if isinstance(one, LabelBarcode)]
    assert [(one.data, one.symbology) for one in bars] == [("9520000000011", "EAN13")]
    label = product_label(CHEESE, language="en")
    texts = [one.text for one in label.elements if not isinstance(one, LabelBarcode) and hasattr(one, "text")]
    assert texts == ["Ost", "119.00", "DKK per kg"]
    assert [(one.data, one.symbology) for one in label.elements if isinstance(one, LabelBarcode)] == [
        ("cheese", "CODE128")
    ]
    with pytest.raises(NotForSale):
        product_label(Product("x", "X", None, 2500))
