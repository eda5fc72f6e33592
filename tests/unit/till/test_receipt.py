"""The receipt of an order: everything the law asks for, in the order people expect it, in two languages."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest

from posdevkit.documents import Columns, Cut, Drawer, Image, QrCode, Receipt, Rule, Text
from posdevkit.documents.json import receipt_from_json, receipt_to_json
from posdevkit.documents.reading import read_json
from posdevkit.money import Money
from posdevkit.till import Discount, Order, OrderLine, Paid, Seller, order_from_json, order_receipt
from posdevkit.till.words import words

DEMO = Path(str(files("posdevkit_emulators").joinpath("demo", "data")))


def lines(receipt: Receipt) -> list[str]:
    """What a receipt says: cells apart by " | ", other elements by their name."""
    found = []
    for element in receipt.elements:
        if isinstance(element, Columns):
            found.append(" | ".join(element.cells))
        else:
            found.append(element.text if isinstance(element, Text) else f"<{type(element).__name__}>")
    return found


def demo(name: str) -> Order:
    return order_from_json(read_json((DEMO / name).read_bytes()), folder=DEMO)


def test_the_demos_receipt_line_by_line() -> None:
    receipt = order_receipt(demo("cafe-order.json"))
    assert lines(receipt) == [
        "<Drawer>",
        "<Image>",
        "Café Nord",
        "Ærøgade 7",
        "9999 Nordby",
        "Tlf. +45 00 00 00 00",
        "CVR 12345678",
        "<Feed>",
        "Bon 2026-001042 | 14-03-2026 10:32",
        "Kasse 1 | Ekspedient Åse",
        "Bord 7",
        "<Rule>",
        "Flat white | 76,00",
        "  2 x 38,00",
        "Kanelsnegl | 32,00",
        "Smørrebrød med rødspætte og remoulade | 89,00",
        "  uden løg",
        "Økologisk æblejuice | 42,00",
        "  Ugens tilbud 10 % | -4,20",
        "Dagens avis | 40,00",
        "<Rule>",
        "Subtotal | 274,80",
        "Stamkunderabat | -15,00",
        "I alt DKK | 259,80",
        "<Feed>",
        "Sats | Netto | Moms | Brutto",
        "25 % | 177,58 | 44,40 | 221,98",
        "0 % | 37,82 | 0,00 | 37,82",
        "<Rule>",
        "Øreafrunding | 0,20",
        "Kontant | 300,00",
        "Byttepenge | 40,00",
        "<Feed>",
        "<QrCode>",
        "<Feed>",
        "Tak for besøget",
        "Vi ses på Ærøgade!",
        "<Cut>",
    ]
    assert isinstance(receipt.elements[-1], Cut)
    (image,) = [element for element in receipt.elements if isinstance(element, Image)]
    assert image.source == DEMO / "logo.png"
    (code,) = [element for element in receipt.elements if isinstance(element, QrCode)]
    assert code.data == "https://cafenord.example/bon/2026-001042"


def test_the_demos_long_receipt_has_every_line() -> None:
    order = demo("cafe-order-2.json")
    assert len(order.lines) == 14
    said = lines(order_receipt(order))
    for line in order.lines:
        assert f"{line.name} | {line.gross.write()}" in said
    assert "  0,355 x 119,50" in said
    assert said.index("Gavekort | 100,00") < said.index("MobilePay | 500,00") < said.index("Kontant | 400,00")


def small(*payments: Paid, language: str = "da", **more: object) -> Order:
    return Order(
        Seller("S"),
        "1",
        datetime(2026, 1, 2, 3, 4),  # noqa: DTZ001  a till tells local time
        "DKK",
        (OrderLine("Te", Money(123450), 2500, Decimal("1.50")),),
        payments,
        language=language,  # type: ignore[arg-type]
        **more,  # type: ignore[arg-type]
    )


def test_without_cash_no_drawer_and_no_change() -> None:
    said = lines(order_receipt(small(Paid("card", Money(185175)))))
    assert "<Drawer>" not in said
    assert not [line for line in said if line.startswith("Byttepenge")]
    assert "Betalingskort | 1.851,75" in said
    assert said[-2:] == ["Tak for besøget", "<Cut>"]


def test_the_drawer_opens_before_anything_is_printed() -> None:
    receipt = order_receipt(small(Paid("cash", Money(200000))))
    assert isinstance(receipt.elements[0], Drawer)


def test_in_english() -> None:
    order = small(Paid("cash", Money(190000)), language="en", discount=Discount(250, name=""), cashier="Åse")
    said = lines(order_receipt(order))
    assert "Te | 1,851.75" in said
    assert "  1.5 x 1,234.50" in said
    assert "Discount 2.5 % | -46.29" in said
    assert "Total DKK | 1,805.46" in said
    assert "Rounding | 0.04" in said
    assert "Change | 94.50" in said
    assert "Cashier Åse" in said
    assert "Receipt 1 | 02/01/2026 03:04" in said


@pytest.mark.parametrize("logo", ["other.png", b"\x89PNG", Path("x.png")])
def test_a_logo_given_wins(logo: str | bytes | Path) -> None:
    receipt = order_receipt(demo("cafe-order.json"), logo=logo)
    assert [element.source for element in receipt.elements if isinstance(element, Image)] == [logo]


def test_every_word_is_there_in_both_languages() -> None:
    danish, english = words("da"), words("en")
    assert danish.table.keys() == english.table.keys()
    assert danish.means.keys() == english.means.keys() == {"cash", "card", "mobilepay", "wallet", "voucher", "account"}


def test_a_receipt_of_an_order_survives_json() -> None:
    receipt = order_receipt(demo("cafe-order.json"))
    assert receipt_from_json(receipt_to_json(receipt)) == receipt
    assert sum(isinstance(element, Rule) for element in receipt.elements) == 3


def test_the_logo_is_a_picture_with_transparency_that_prints() -> None:
    from posdevkit.documents import Image as Picture
    from posdevkit.imaging import rasterize

    raster = rasterize(Picture(DEMO / "logo.png", dither="threshold"), 576)
    share = sum(byte.bit_count() for byte in raster.data) / (raster.width * raster.height)
    assert raster.width == 384
    assert 0.1 < share < 0.5
    assert raster.data[0] == 0, "the corner is transparent"
