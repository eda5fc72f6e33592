from __future__ import annotations

import pytest

from posdevkit.documents import Barcode, Symbology
from posdevkit.errors import BadDocument, DocumentTooWide
from posdevkit.layout import check_barcode, check_digit, code128_sets
from posdevkit.layout.code128 import code128_symbols
from posdevkit.profiles import load_profile

WIDE = load_profile("generic-80mm")
NARROW = load_profile("generic-58mm")


@pytest.mark.parametrize(
    ("symbology", "data", "complete"),
    [
        (Symbology.EAN13, "570123456789", "5701234567899"),
        (Symbology.EAN13, "4006381333931", "4006381333931"),
        (Symbology.EAN8, "9638507", "96385074"),
        (Symbology.UPC_A, "03600029145", "036000291452"),
        (Symbology.UPC_E, "01234500005", "012345000058"),
        (Symbology.UPC_E, "04210000526", "042100005264"),
        # What people read below the bars: the six digits, or all eight.
        (Symbology.UPC_E, "425261", "042100005264"),
        (Symbology.UPC_E, "04252614", "042100005264"),
        (Symbology.UPC_E, "123453", "012300000451"),
        (Symbology.UPC_E, "123454", "012340000053"),
        (Symbology.UPC_E, "123456", "012345000065"),
        (Symbology.CODE39, "AB-12", "AB-12"),
        (Symbology.ITF, "123456", "123456"),
        (Symbology.CODABAR, "A40156B", "A40156B"),
        (Symbology.CODABAR, "d12:3d", "d12:3d"),
        (Symbology.CODE93, "Ab 1", "Ab 1"),
        (Symbology.CODE128, "order-8812", "order-8812"),
        (Symbology.GS1_128, "(01)05701234567899(10)A1", "(01)05701234567899(10)A1"),
        (Symbology.DATABAR, "0570123456789", "05701234567899"),
        (Symbology.DATABAR_TRUNCATED, "05701234567899", "05701234567899"),
        (Symbology.DATABAR_LIMITED, "0570123456789", "05701234567899"),
        (Symbology.DATABAR_EXPANDED, "(01)05701234567899(3103)000750", "(01)05701234567899(3103)000750"),
    ],
)
def test_right_data_and_added_check_digits(symbology: Symbology, data: str, complete: str) -> None:
    assert check_barcode(Barcode(data, symbology), WIDE) == Barcode(complete, symbology)


@pytest.mark.parametrize(
    ("symbology", "data", "remedy"),
    [
        (Symbology.EAN13, "4006381333932", "the check digit is added"),
        (Symbology.EAN13, "40063813339", "Give 12 digits, or 13 with the check digit"),
        (Symbology.EAN13, "40063813339a", "Give 12 digits"),
        (Symbology.EAN13, "\u0664006381333931"[:13], "Give 12 digits"),  # an Arabic digit is a digit to str.isdigit
        (Symbology.EAN8, "123456", "Give 7 digits"),
        (Symbology.UPC_A, "", "Give 11 digits"),
        (Symbology.UPC_E, "12345678901", "Use UPC-A"),
        (Symbology.UPC_E, "42526", "Give the 6 digits of the short form"),
        (Symbology.UPC_E, "0425261", "Give the 6 digits of the short form"),  # with which end left out, nobody knows
        (Symbology.UPC_E, "04252613", "give the 6 digits in its middle"),
        (Symbology.UPC_E, "14252614", "Give the 6 digits of the short form"),
        (Symbology.UPC_E, "11234500005", "Use UPC-A"),
        (Symbology.CODE39, "abc", "capital letters"),
        (Symbology.CODE39, "*ABC*", "the printer adds the stars"),
        (Symbology.CODE39, "", "capital letters"),
        (Symbology.ITF, "123", "zero before an odd one"),
        (Symbology.CODABAR, "40156", "Begin and end with a letter A to D"),
        (Symbology.CODE93, "æ", "printable ASCII"),
        (Symbology.CODE128, "", "printable ASCII"),
        (Symbology.CODE128, "a\x10\x04\x01", "printable ASCII"),
        (Symbology.CODE128, "a\n", "printable ASCII"),
        (Symbology.CODE128, "é", "QR code"),
        (Symbology.GS1_128, "0105701234567899", "in parentheses"),
        (Symbology.GS1_128, "(01)05701234567898", "in parentheses"),  # the check digit is 9
        (Symbology.GS1_128, "(05)1", "in parentheses"),  # no such identifier
        (Symbology.GS1_128, "(0)105701234567899", "in parentheses"),
        (Symbology.GS1_128, "(10)A(1", "in parentheses"),
        (Symbology.GS1_128, "(10)A*1", "in parentheses"),
        (Symbology.GS1_128, "(10)A\x10\x04\x01", "in parentheses"),
        (Symbology.GS1_128, "(91)" + "A" * 90 + "(92)" + "B" * 90 + "(93)" + "C" * 90, "Data Matrix"),
        (Symbology.DATABAR, "05701234567898", "the check digit is added"),
        (Symbology.DATABAR_LIMITED, "2570123456789", "use DATABAR for"),
        (Symbology.DATABAR_EXPANDED, "", "in parentheses"),
    ],
)
def test_wrong_data_is_refused_with_a_remedy(symbology: Symbology, data: str, remedy: str) -> None:
    with pytest.raises(BadDocument) as caught:
        check_barcode(Barcode(data, symbology), WIDE)
    assert remedy in caught.value.remedy()


def test_a_wrong_check_digit_is_told_with_the_right_one() -> None:
    with pytest.raises(BadDocument, match="has the check digit 2, it should be 1"):
        check_barcode(Barcode("4006381333932", Symbology.EAN13), WIDE)


@pytest.mark.parametrize(
    ("digits", "digit"), [("400638133393", "1"), ("9638507", "4"), ("03600029145", "2"), ("0", "0")]
)
def test_check_digits(digits: str, digit: str) -> None:
    assert check_digit(digits) == digit


def test_a_symbol_wider_than_the_paper_is_refused() -> None:
    barcode = Barcode("ORDER-2024-000881", Symbology.CODE39, module=2)
    assert check_barcode(barcode, WIDE) is barcode
    with pytest.raises(DocumentTooWide, match="takes 549 dots, generic-58mm prints 384") as caught:
        check_barcode(barcode, NARROW)
    assert "QR code" in caught.value.remedy()
    with pytest.raises(DocumentTooWide) as caught:
        check_barcode(Barcode("4006381333931", Symbology.EAN13, module=6), NARROW)
    assert "module=4" in caught.value.remedy()


@pytest.mark.parametrize(
    ("data", "sets", "symbols"),
    [
        ("ABC", b"{BABC", 3),
        ("012345", b"{C\x01\x17\x2d", 3),
        ("12", b"{C\x0c", 1),
        ("1", b"{B1", 1),
        ("12345", b"{C\x0c\x22{B5", 4),  # as short as one digit before the pairs; the standard begins with pairs
        ("A12B", b"{BA12B", 4),
        ("A1234B", b"{BA1234B", 6),  # two changes would save nothing
        ("A123456B", b"{BA{C\x0c\x22\x38{BB", 7),
        ("A1234", b"{BA{C\x0c\x22", 4),
        ("1234A", b"{C\x0c\x22{BA", 4),
        ("{x", b"{B{{x", 2),
    ],
)
def test_code_sets(data: str, sets: bytes, symbols: int) -> None:
    assert code128_sets(data) == sets
    assert code128_symbols(data) == symbols


@pytest.mark.parametrize("digits", ["160401", "16050000", "16200103", "99160401", "1620082016200801"])
def test_digits_never_become_a_real_time_command(digits: str) -> None:
    sets = code128_sets(digits)
    assert not any(bytes((0x10, after)) in sets for after in (0x04, 0x05, 0x14))
