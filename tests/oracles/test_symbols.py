"""Barcodes and QR codes against other people's encoders and an independent decoder.

python-barcode draws the modules, qrcode holds the capacities of ISO/IEC 18004, zxing-cpp reads back what our choice of
code sets stands for; thick and thin bars are Epson's own table (TM-T88 information manual, GS w).
"""

from __future__ import annotations

import barcode
import pytest
import zxingcpp
from barcode.charsets import code128 as bars
from PIL import Image
from qrcode import util as qr_tables

from posdevkit.documents import Symbology
from posdevkit.layout import barcode_width, code128_sets, qr_capacity


@pytest.mark.parametrize(
    ("symbology", "name", "data"),
    [
        (Symbology.EAN13, "ean13", "4006381333931"),
        (Symbology.EAN8, "ean8", "96385074"),
        (Symbology.UPC_A, "upca", "036000291452"),
        (Symbology.CODE128, "code128", "ABC"),
        (Symbology.CODE128, "code128", "123456"),
        (Symbology.CODE128, "code128", "12345"),
        (Symbology.CODE128, "code128", "1234AB"),
        (Symbology.CODE128, "code128", "A1234B5678"),
    ],
)
@pytest.mark.parametrize("module", [2, 3, 6])
def test_multi_level_symbols_are_as_wide_as_python_barcode_draws_them(
    symbology: Symbology, name: str, data: str, module: int
) -> None:
    (drawn,) = barcode.get_barcode_class(name)(data).build()
    assert barcode_width(symbology, data, module) == len(drawn) * module


@pytest.mark.parametrize(
    ("symbology", "name", "data"),
    [(Symbology.ITF, "itf", "1234"), (Symbology.ITF, "itf", "00012345"), (Symbology.CODABAR, "codabar", "A12/3B")],
)
def test_binary_symbols_are_as_wide_as_python_barcode_draws_them(symbology: Symbology, name: str, data: str) -> None:
    # It draws thin elements 2 and thick ones 5 modules wide, as `GS w` 2 does.
    (drawn,) = barcode.get_barcode_class(name)(data).build()
    assert barcode_width(symbology, data, 2) == len(drawn)


@pytest.mark.parametrize(
    ("symbology", "data", "module", "dots"),
    [
        # Worked by hand from the element tables: 4 characters of 6 thin and 3 thick, 3 gaps.
        (Symbology.CODE39, "AB", 2, 4 * (6 * 2 + 3 * 5) + 3 * 2),
        (Symbology.CODE39, "AB", 4, 4 * (6 * 4 + 3 * 10) + 3 * 4),
        (Symbology.CODE39, "AB", 6, 4 * (6 * 6 + 3 * 16) + 3 * 6),
        # Start, A, shifted a as two, two checks, stop at nine modules, and one bar.
        (Symbology.CODE93, "Aa", 2, 2 * (9 * 7 + 1)),
        (Symbology.UPC_E, "012345000058", 3, 3 * 51),
    ],
)
def test_symbols_worked_out_by_hand(symbology: Symbology, data: str, module: int, dots: int) -> None:
    assert barcode_width(symbology, data, module) == dots


def test_epsons_example_of_code_set_c() -> None:
    # TM-T88III programming manual p. 351: "012345" is 01H 17H 2DH.
    assert code128_sets("012345") == b"{C\x01\x17\x2d"


@pytest.mark.parametrize(
    "data", ["ABC-abc", "12345678", "A123456B", "12345", "{x}", "160401", "16200103A", "~ !", "order-8812", "0016058"]
)
def test_code_sets_read_back(data: str) -> None:
    values = _symbol_values(code128_sets(data))
    check = (values[0] + sum(at * value for at, value in enumerate(values))) % 103
    modules = "".join(bars.CODES[value] for value in (*values, check)) + bars.STOP + "11"
    image = Image.new("L", (len(modules) * 3 + 120, 100), 255)
    for at, module in enumerate(modules):
        if module == "1":
            image.paste(0, (60 + at * 3, 10, 63 + at * 3, 90))
    (read,) = zxingcpp.read_barcodes(image, formats=zxingcpp.barcode_formats_from_str("Code128"))
    assert read.text == data


def _symbol_values(sets: bytes) -> list[int]:
    """The symbol characters that `{B` and `{C` stand for, by the value table of ISO/IEC 15417."""
    values: list[int] = []
    current = 0
    at = 0
    while at < len(sets):
        if sets[at : at + 2] in (b"{B", b"{C"):
            wanted = sets[at + 1]
            start = {ord("B"): 104, ord("C"): 105}[wanted]
            values.append(start if not values else {ord("B"): 100, ord("C"): 99}[wanted])
            current = wanted
            at += 2
        elif current == ord("C"):
            values.append(sets[at])
            at += 1
        else:
            values.append(sets[at] - 32)
            at += 2 if sets[at : at + 2] == b"{{" else 1
    return values


@pytest.mark.parametrize(("level", "index"), [("L", 1), ("M", 0), ("Q", 3), ("H", 2)])
def test_qr_capacities(level: str, index: int) -> None:
    for version in range(1, 41):
        bits = qr_tables.BIT_LIMIT_TABLE[index][version]
        header = 4 + qr_tables.length_in_bits(qr_tables.MODE_8BIT_BYTE, version)
        assert qr_capacity(version, level) == (bits - header) // 8
