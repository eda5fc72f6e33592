"""Symbols of our own drawing, read back by an independent decoder (zxing-cpp) and held against python-barcode's."""

from __future__ import annotations

import io
import itertools
import random
import string
from typing import Literal

import barcode as python_barcode
import pytest
import zxingcpp
from barcode.charsets import code128 as their_code128
from PIL import Image as Pil
from PIL import ImageOps

from posdevkit.documents import Raster, Symbology
from posdevkit.errors import BadDocument
from posdevkit.imaging import (
    barcode,
    barcode_modules,
    barcode_tables,
    png_bytes,
    qr_matrix,
    qr_model1_matrix,
    scale,
)
from posdevkit.paper import Geometry, render_job
from posdevkit.profiles import ReceiptLanguage

S = Symbology
ASCII = "".join(map(chr, range(128)))


def read_back(raster: Raster, margin: int = 30) -> tuple[str, bytes]:
    """The format and content an independent decoder finds, with a quiet zone around."""
    with Pil.open(io.BytesIO(png_bytes(raster))) as symbol:
        page = Pil.new("L", (symbol.width + 2 * margin, symbol.height + 2 * margin), 255)
        page.paste(symbol, (margin, margin))
    found = zxingcpp.read_barcodes(page)
    assert len(found) == 1, f"{len(found)} symbols found"
    return found[0].format.name, found[0].bytes


def drawn(symbology: Symbology, data: str | bytes, module: int = 2) -> Raster:
    return scale(barcode(symbology, data).row(module), 1, 50)


@pytest.mark.parametrize("module", range(1, 7))
@pytest.mark.parametrize(
    ("symbology", "data", "found", "text"),
    [
        (S.UPC_A, "03600029145", ("EAN13", b"0036000291452"), "036000291452"),
        (S.UPC_A, "036000291452", ("EAN13", b"0036000291452"), "036000291452"),
        (S.EAN13, "590123412345", ("EAN13", b"5901234123457"), "5901234123457"),
        (S.EAN13, b"4006381333931", ("EAN13", b"4006381333931"), "4006381333931"),
        (S.EAN8, "9638507", ("EAN8", b"96385074"), "96385074"),
        (S.CODE39, "AB-12 $/+%.", ("Code39", b"AB-12 $/+%."), "AB-12 $/+%."),
        (S.CODE39, "*KASSE 1*", ("Code39", b"KASSE 1"), "KASSE 1"),
        (S.ITF, "00123456", ("ITF", b"00123456"), "00123456"),
        (S.CODABAR, "A1234:$-/.+B", ("Codabar", b"A1234:$-/.+B"), "A1234:$-/.+B"),
        (S.CODABAR, "c40156d", ("Codabar", b"C40156D"), "C40156D"),
        (S.CODE93, "Bord 7, a", ("Code93", b"Bord 7, a"), "Bord 7, a"),
        (S.CODE128, "Kanel 1234567 x", ("Code128", b"Kanel 1234567 x"), "Kanel 1234567 x"),
        (S.CODE128, b"{BNo. {{7{C\x0c\x22{A\x01{Sb", ("Code128", b"No. {71234\x01b"), "No. {71234 b"),
        (S.CODE128, b"{A12{Sa3", ("Code128", b"12a3"), "12a3"),
    ],
)
def test_a_symbol_is_read_back(
    symbology: Symbology, data: str | bytes, found: tuple[str, bytes], text: str, module: int
) -> None:
    assert read_back(drawn(symbology, data, module)) == found
    assert barcode(symbology, data).text == text


# Worked by the rules of GS1 General Specifications 5.2.1.3: what the six digits stand for.
@pytest.mark.parametrize(
    ("six", "long"),
    [
        ("425261", "042100005264"),
        ("123456", "012345000065"),
        ("654321", "065100004327"),
        ("123453", "012300000451"),
        ("123404", "012340000000"),
        ("998870", "099000008876"),
    ],
)
def test_upc_e_by_its_long_form_and_its_short(six: str, long: str) -> None:
    check = barcode(S.UPC_A, long[:11]).text[-1]
    expected = f"0{six}{check}"
    for data in (six, "0" + six, expected, long[:11], long[:11] + check):
        assert barcode(S.UPC_E, data).text == expected
    kind, content = read_back(drawn(S.UPC_E, six))
    assert (kind, content.decode()) in {("UPCE", f"0{long[:11]}{check}"), ("UPCE", expected)}


def test_upc_e_of_number_system_1() -> None:
    assert read_back(drawn(S.UPC_E, "1234565")) == ("UPCE", b"0123456000056")


def test_every_character_of_code_93_and_code_128() -> None:
    for symbology in (S.CODE93, S.CODE128):
        for start in range(0, 128, 16):
            part = ASCII[start : start + 16]
            assert read_back(drawn(symbology, part, 1))[1] == part.encode(), (symbology, part)


def test_random_texts_in_code_128_choose_sets_that_read_back() -> None:
    dice = random.Random(20260101)
    for _ in range(150):
        pool = dice.choice([string.digits, string.digits * 6 + "aB\n", ASCII, string.digits + "\x01"])
        text = "".join(dice.choices(pool, k=dice.randint(1, 18)))
        assert read_back(drawn(S.CODE128, text))[1] == text.encode(), ascii(text)


def test_digits_take_half_the_room_in_code_128() -> None:
    # start + 4 pairs + check of 11 modules, stop of 13
    assert len(barcode_modules(S.CODE128, "12345678")) == 6 * 11 + 13
    assert len(barcode_modules(S.CODE128, "abcdefgh")) == 10 * 11 + 13


def test_the_table_of_code_128_is_the_one_others_have() -> None:
    widths = ["".join(str(len(list(run))) for _, run in itertools.groupby(code)) for code in their_code128.CODES]
    assert widths == barcode_tables.CODE128


@pytest.mark.parametrize(
    ("theirs", "symbology", "data"),
    [
        ("ean13", S.EAN13, "590123412345"),
        ("ean8", S.EAN8, "9638507"),
        ("upca", S.UPC_A, "03600029145"),
        ("code128", S.CODE128, "Kanelsnegl"),
        ("code128", S.CODE128, "12345678"),
    ],
)
def test_the_modules_are_those_of_python_barcode(theirs: str, symbology: Symbology, data: str) -> None:
    built = python_barcode.get(theirs, data).build()[0].replace("G", "1")
    assert barcode_modules(symbology, data) == built


def test_every_ean_13_first_digit_and_every_digit_like_python_barcode() -> None:
    for first in range(10):
        data = f"{first}" + "".join(str((first * 7 + place * 3) % 10) for place in range(11))
        built = python_barcode.get("ean13", data).build()[0].replace("G", "1")
        assert barcode_modules(S.EAN13, data) == built


def test_every_character_of_code_39_like_python_barcode() -> None:
    data = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
    built = python_barcode.get_class("code39")(data, add_checksum=False).build()[0]
    assert barcode_modules(S.CODE39, data) == built


def test_wide_bars_as_receipt_printers_print_them() -> None:
    # Epson TM-T88 manual, p. 5-23, GS w: 0.706, 1.129, 1.411, 1.834 mm at 0.141 mm a dot.
    wide = {module: len(barcode(S.ITF, "00").dots(module).rstrip("0")) for module in (2, 3, 4, 5)}
    narrow_bars_and_spaces = {module: 4 * module + 6 * module + 2 * module for module in wide}
    # ITF "00": start of 4 narrow, 6 narrow and 4 wide, stop of 1 wide and 2 narrow.
    assert {module: (wide[module] - narrow_bars_and_spaces[module]) // 5 for module in wide} == {
        2: 5,
        3: 8,
        4: 10,
        5: 13,
    }


@pytest.mark.parametrize(
    ("symbology", "data", "says"),
    [
        (S.EAN13, "5901234123456", "check digit of EAN13 5901234123456 is 7, not 6"),
        (S.EAN13, "12345", "12 or 13 digits"),
        (S.EAN8, "1234567x", "7 or 8 digits"),
        (S.UPC_A, "", "11 or 12 digits"),
        (S.UPC_E, "042100005269", "check digit"),
        (S.UPC_E, "04252610", "check digit of UPC-E 04252610 is 4"),
        (S.UPC_E, "01234567890", "zeros"),
        (S.UPC_E, "2123456", "begins with 0 or 1"),
        (S.EAN13, "59012341234५", "digits"),
        (S.CODE39, "lower", "CODE39"),
        (S.CODE39, "A*B", "CODE39"),
        (S.CODE39, "", "CODE39"),
        (S.ITF, "123", "even number"),
        (S.CODABAR, "1234", "between two"),
        (S.CODE93, "æ", "ASCII"),
        (S.CODE93, "", "ASCII"),
        (S.CODE128, "æ", "ASCII"),
        (S.CODE128, "", "ASCII"),
        (S.CODE128, b"ABC", "begins with"),
        (S.CODE128, b"", "begins with"),
        (S.CODE128, b"{", "begins with"),
        (S.CODE128, b"{C\x64", "0 to 99"),
        (S.CODE128, b"{A\x60", "no character 60"),
        (S.CODE128, b"{B\x01", "no character 01"),
        (S.CODE128, b"{B\x80", "no character 80"),
        (S.CODE128, b"{B{9", "no {9"),
        (S.CODE128, b"{BA{", "no {"),
    ],
)
def test_what_a_symbology_cannot_hold_is_named(symbology: Symbology, data: str | bytes, says: str) -> None:
    with pytest.raises(BadDocument) as caught:
        barcode(symbology, data)
    assert says in caught.value.detail


@pytest.mark.parametrize("level", ["L", "M", "Q", "H"])
@pytest.mark.parametrize(
    "data", [b"https://r.example/8F2", "Café Nord, æøå €".encode(), b"1234567890" * 20, b"\x00\xff\x1b@"]
)
def test_a_qr_code_is_read_back(data: bytes, level: str) -> None:
    matrix = qr_matrix(data, level)  # type: ignore[arg-type]
    assert matrix.width == matrix.height
    assert matrix.width % 4 == 1
    assert read_back(scale(matrix, 3, 3)) == ("QRCode", data)


def test_a_qr_code_of_a_given_version_and_one_that_does_not_fit() -> None:
    assert qr_matrix(b"x", version=7).width == 17 + 4 * 7
    assert qr_matrix(b"x" * 2953, "L").width == 177
    for data, version in ((b"x" * 2954, None), (b"x" * 18, 1)):
        with pytest.raises(BadDocument, match="do not fit"):
            qr_matrix(data, "L", version=version)
    with pytest.raises(BadDocument, match="needs data"):
        qr_matrix(b"")


ADDRESS = "https://r.example/" + "Smørrebrød-0123456789-" * 30


@pytest.mark.parametrize("level", ["L", "M", "Q", "H"])
@pytest.mark.parametrize("size", [1, 9, 16, 34, 60, 90, 104, 140, 150, 160])
def test_a_qr_code_of_model_1_is_read_back_as_one(size: int, level: Literal["L", "M", "Q", "H"]) -> None:
    # The sizes take the versions 1 to 12, with one block and with up to five.
    data = ADDRESS.encode()[:size]
    matrix = qr_model1_matrix(data, level)
    assert (matrix.width - 17) % 4 == 0
    with Pil.open(io.BytesIO(png_bytes(scale(matrix, 4, 4)))) as symbol:
        picture = ImageOps.expand(symbol.convert("L"), 16, 255)
        # Straight from its dots: where a reader has to find a symbol of this size, it looks for a version's number,
        # which model 1 does not bear.
        (found,) = zxingcpp.read_barcodes(picture, is_pure=True)
    assert (found.symbology_identifier, found.bytes) == ("]Q0", data)


def test_every_version_of_model_1_is_drawn_and_what_fits_none_is_refused() -> None:
    data = ADDRESS.encode()
    sizes = {qr_model1_matrix(data[:size]).width for size in range(1, 360, 9)}
    assert sizes == {17 + 4 * version for version in range(1, 15)}
    assert qr_model1_matrix(data[:486], "L").width == 73
    with pytest.raises(BadDocument, match=r"487 bytes do not fit a QR code of model 1 at level L"):
        qr_model1_matrix(data[:487], "L")


@pytest.mark.parametrize(
    ("language", "job"),
    [
        ("escpos", b"\x1d(k\x04\x001A1\x00\x1d(k\x03\x001C\x06\x1d(k\x08\x001P0HELLO\x1d(k\x03\x001Q0"),
        ("star-prnt", b"\x1b\x1dyS0\x01\x1b\x1dyS2\x06\x1b\x1dyD1\x00\x05\x00HELLO\x1b\x1dyP"),
    ],
)
def test_a_printer_asked_for_model_1_draws_model_1(language: ReceiptLanguage, job: bytes) -> None:
    (ticket,) = render_job(job, Geometry(width=576, language=language))
    with Pil.open(io.BytesIO(ticket.png(margin=32))) as picture:
        (found,) = zxingcpp.read_barcodes(picture.convert("L"))
    assert (found.symbology_identifier, found.text) == ("]Q0", "HELLO")
