"""What codes mean. Numbers are examples of the GS1 General Specifications, EMVCo and the wallets' documentation."""

from __future__ import annotations

import copy
import json
import logging
import pickle
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posdevkit.codes import GS1, PaymentCode, Product, Scan, Unknown, meaning_of
from posdevkit.codes.gs1 import SEPARATOR, parse_elements
from posdevkit.secret import Secret

EMV = "hQVDUFYwMWEaTwegAAAAVVVVVw8SNFZ4kBI0WNGRIgESNF8="
WALLETS = [
    ("134567890123456789", "wechat"),
    ("2887654321098765", "alipay"),
    ("281234567890123456789012", "alipay"),
    ("6212345678901234567", "unionpay"),
]


def scan(text: str, aim: str = "", *, collecting: bool = False) -> Scan:
    return Scan("front", 0.0, Secret(text), aim, "", collecting)


@pytest.mark.parametrize(
    ("aim", "text", "gtin", "read_as"),
    [
        ("E0", "4006381333931", "4006381333931", "EAN-13"),
        ("", "4006381333931", "4006381333931", "EAN-13"),
        ("E4", "96385074", "96385074", "EAN-8"),
        ("E0", "036000291452", "0036000291452", "UPC-A"),
        ("E0", "0036000291452", "0036000291452", "UPC-A"),
        # 04252614 stands for 042100005264.
        ("E0", "04252614", "0042100005264", "UPC-E"),
        ("I1", "15400141288763", "15400141288763", "GTIN-14"),
        ("I1", "04006381333931", "4006381333931", "GTIN-14"),
    ],
)
def test_products(aim: str, text: str, gtin: str, read_as: str) -> None:
    assert meaning_of(text, aim) == Product(gtin, read_as)


def test_an_add_on_stands_beside_the_article() -> None:
    assert meaning_of("977123456700305", "E3") == Product("9771234567003", "EAN-13", "05")


def test_a_wrong_check_digit_is_told_with_the_right_one() -> None:
    assert meaning_of("4006381333932", "E0") == Unknown("wrong check digit: 2, computed 1")


def test_eight_digits_that_could_be_either_are_not_guessed() -> None:
    both = next(
        text
        for text in (f"0{number:07}" for number in range(10**6))
        if isinstance(meaning_of(text, "E4"), Product) and isinstance(meaning_of(text, "E0"), Product)
    )
    assert isinstance(meaning_of(both), Unknown)


@given(st.text("0123456789", min_size=13, max_size=13), st.integers(0, 12), st.integers(1, 9))
def test_any_one_digit_wrong_is_found(text: str, place: int, by: int) -> None:
    good = meaning_of(text, "E0")
    if isinstance(good, Product):
        digit = str((int(text[place]) + by) % 10)
        assert isinstance(meaning_of(text[:place] + digit + text[place + 1 :], "E0"), Unknown)


def test_a_gs1_message_keeps_its_separators() -> None:
    text = f"0109506000134352103ABC{SEPARATOR}17251231{SEPARATOR}21X-1"
    found = meaning_of(text, "C1")
    assert isinstance(found, GS1)
    assert [(one.ai, one.value) for one in found.elements] == [
        ("01", "09506000134352"),
        ("10", "3ABC"),
        ("17", "251231"),
        ("21", "X-1"),
    ]
    assert (found.gtin, found.batch, found.serial, found.expiry) == ("9506000134352", "3ABC", "X-1", date(2025, 12, 31))
    assert scan(text, "C1").reveal() == text.encode()


def test_measures_amounts_and_month_ends() -> None:
    found = meaning_of(f"0109506000134352310300019515240200{'3922'}1234{SEPARATOR}", "e0")
    assert isinstance(found, GS1)
    assert found.weight_kg == Decimal("0.195")
    assert found.best_before == date(2024, 2, 29)
    price = found.element("3922")
    assert price is not None
    assert price.number == Decimal("12.34")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "no data"),
        ("0109506000134353", "check digit"),
        ("17251301", "date"),
        ("0509506000134352", "no known"),
        ("10" + "A" * 21, "separator"),
        ("01095060001343", "length"),
    ],
)
def test_a_bent_message_says_where_and_never_what(text: str, word: str) -> None:
    found = meaning_of(text, "C1")
    assert isinstance(found, Unknown)
    assert word in found.reason
    assert not text or text not in found.reason


@pytest.mark.parametrize(("code", "wallet"), WALLETS)
def test_the_till_decides_whether_digits_are_money(code: str, wallet: str) -> None:
    assert meaning_of(code, "Q1", collecting=True) == PaymentCode(wallet, Secret(code))
    assert not isinstance(meaning_of(code, "Q1"), PaymentCode)
    assert not isinstance(meaning_of(code), PaymentCode)


def test_eighteen_digits_are_a_pallet_while_nothing_is_paid() -> None:
    pallet = "106141411234567897"
    assert isinstance(meaning_of(pallet, collecting=True), PaymentCode)
    found = meaning_of(pallet)
    assert isinstance(found, GS1)
    assert found.sscc == pallet
    assert pallet not in repr(found)
    # In its own symbol nothing is in doubt, whatever the till does.
    assert meaning_of("00" + pallet, "C1", collecting=True) == meaning_of("00" + pallet, "C1")


def test_an_emvco_code_is_always_money() -> None:
    assert meaning_of(EMV, "Q1") == PaymentCode("emvco", Secret(EMV))
    assert meaning_of(EMV[:-8], "Q1") == Unknown("a payment code that is damaged")


@pytest.mark.parametrize("code", [EMV, EMV[:-8], *(code for code, _ in WALLETS)])
@pytest.mark.parametrize("collecting", [True, False])
def test_no_payment_code_shows_anywhere(code: str, collecting: bool, caplog: pytest.LogCaptureFixture) -> None:
    one = scan(code, "Q1", collecting=collecting)
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("posdevkit").info("%s %r %s", one, one, one.meaning)
    shown = f"{one} {one!r} {one.meaning} {one.meaning!r} {one.text} {one.payload} {caplog.text}"
    assert code not in shown
    with pytest.raises(TypeError):
        json.dumps(one.payload)
    for copying in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            copying(one)
    assert one.reveal().decode() == code


def test_what_a_till_that_collects_does_not_know_is_masked_too() -> None:
    assert scan("https://pay.example/1", "Q1", collecting=True).text == "****"
    assert scan("https://pay.example/1", "Q1").text == "https://pay.example/1"
    assert scan("4006381333931", "E0", collecting=True).text == "4006381333931"


@given(st.text(max_size=40), st.sampled_from(["", "C0", "C1", "E0", "E3", "E4", "Q1", "I0", "X0", "Z6"]), st.booleans())
def test_meaning_never_raises(text: str, aim: str, collecting: bool) -> None:
    meaning_of(text, aim, collecting=collecting)


@given(st.lists(st.tuples(st.sampled_from(["10", "21", "240", "400"]), st.text("ABC123-/", min_size=1, max_size=20))))
def test_elements_come_back_as_written(pairs: list[tuple[str, str]]) -> None:
    if pairs:
        found = parse_elements(SEPARATOR.join(ai + value for ai, value in pairs))
        assert [(one.ai, one.value) for one in found] == pairs
