"""Symbols of a receipt read back from the paper, whether the printer drew them or they came as dots.

The reader is zxing-cpp; what it reads were drawn by libzint inside the same wheel, or by our own tables.
"""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from posdevkit.devices.compose import compose
from posdevkit.devices.preview import preview
from posdevkit.documents import Receipt, Symbol, Symbology
from posdevkit.errors import BadDocument, DocumentTooWide, Unsupported
from posdevkit.paper import Symbol as Printed
from posdevkit.paper import Ticket, render_job
from posdevkit.profiles import Profile, load_profile, profile_names

DRAWN = replace(load_profile("generic-80mm"), barcodes=frozenset(), qr=False)
NATIVE = replace(
    load_profile("epson-tm-t88v"),
    barcodes=frozenset(Symbology),
    symbols=frozenset(("PDF417", "DATAMATRIX", "AZTEC", "MAXICODE", "MICRO-QR")),
)
BOTH = pytest.mark.parametrize("profile", [DRAWN, NATIVE], ids=["drawn", "native"])


def printed(receipt: Receipt, profile: Profile) -> Ticket:
    (ticket,) = render_job(compose(receipt, profile).compiled.data, profile)
    return ticket


def read(ticket: Ticket) -> list[tuple[str, str]]:
    """AIM identifier and text of each symbol, from top to bottom."""
    with Image.open(io.BytesIO(ticket.png(margin=32))) as picture:
        found = zxingcpp.read_barcodes(picture.convert("L"))
    found.sort(key=lambda one: one.position.top_left.y)
    return [(one.symbology_identifier, one.text) for one in found]


@BOTH
@pytest.mark.parametrize("module", [2, 4])
@pytest.mark.parametrize(
    ("kind", "data", "aim"),
    [
        ("PDF417", "Ørsted 12", "]L2"),
        ("DATAMATRIX", "Smørrebrød, 38 kr.", "]d1"),
        ("AZTEC", "Smørrebrød, 38 kr.", "]z0"),
        ("MICRO-QR", "ORDER 8812", "]Q1"),
    ],
)
def test_symbols_are_read_back(kind: str, data: str, aim: str, module: int, profile: Profile) -> None:
    ticket = printed(Receipt().symbol(data, kind, module=module), profile)  # type: ignore[arg-type]  # one of its names
    assert read(ticket) == [(aim, data)]
    assert any(isinstance(item, Printed) for item in ticket.items) == (profile is NATIVE)


def test_a_maxicode_is_read_back() -> None:
    assert read(printed(Receipt().symbol("PARCEL 8812", "MAXICODE"), NATIVE)) == [("]U0", "PARCEL 8812")]


@BOTH
@pytest.mark.parametrize(
    ("symbology", "data", "found"),
    [
        ("GS1-128", "(01)05701234567899(10)A1(17)261231", ("]C1", "(01)05701234567899(10)A1(17)261231")),
        ("GS1-128", "(10)12345(21)678", ("]C1", "(10)12345(21)678")),
        ("DATABAR", "05701234567899", ("]e0", "(01)05701234567899")),
        ("DATABAR-TRUNCATED", "0570123456789", ("]e0", "(01)05701234567899")),
        ("DATABAR-LIMITED", "0570123456789", ("]e0", "(01)05701234567899")),
        ("DATABAR-EXPANDED", "(01)05701234567899(3103)000750", ("]e0", "(01)05701234567899(3103)000750")),
        ("DATABAR-EXPANDED", "(10)AB(21)7", ("]e0", "(10)AB(21)7")),
    ],
)
def test_bars_of_gs1_are_read_back(symbology: str, data: str, found: tuple[str, str], profile: Profile) -> None:
    assert read(printed(Receipt().barcode(data, symbology, height=60), profile)) == [found]


@pytest.mark.parametrize(
    ("symbology", "data"),
    [
        ("UPC-A", "036000291452"), ("EAN13", "5701234567899"), ("EAN8", "96385074"), ("CODE39", "ORDER-42"),
        ("ITF", "00123456"), ("CODABAR", "A12345B"), ("CODE93", "Order 42"), ("CODE128", "Order 42"),
    ],
)  # fmt: skip
def test_bars_that_a_model_lacks_come_as_dots_with_their_text(symbology: str, data: str) -> None:
    ticket = printed(Receipt().barcode(data, symbology).text("after"), DRAWN)
    assert data in next(text for _, text in read(ticket))
    assert ticket.text().split()[-1] == "after"
    assert data in ticket.text()


def test_a_qr_code_that_a_model_lacks_comes_as_dots() -> None:
    assert read(printed(Receipt().qr("https://r.example/æ"), DRAWN)) == [("]Q1", "https://r.example/æ")]


texts = st.text(st.characters(max_codepoint=0x24F, exclude_categories=["Cc", "Cs"]), min_size=1, max_size=90)


@settings(max_examples=40, deadline=None)
@given(texts, st.sampled_from(["PDF417", "DATAMATRIX", "AZTEC"]), st.integers(2, 4))
def test_no_symbol_is_larger_than_was_promised(data: str, kind: str, module: int) -> None:
    symbol = Symbol(data, kind, module)  # type: ignore[arg-type]  # one of its names
    try:
        composed = compose(Receipt().add(symbol), NATIVE)
    except (BadDocument, DocumentTooWide):
        return  # refused with a remedy: nothing was promised
    (ticket,) = render_job(composed.compiled.data, NATIVE)
    assert [type(item) for item in ticket.items] == [Printed]


WITHOUT_DOTS = tuple(name for name in profile_names() if load_profile(name).graphics == "none")


@pytest.mark.parametrize("name", WITHOUT_DOTS)
def test_a_model_without_pictures_refuses_what_has_to_be_drawn(name: str) -> None:
    with pytest.raises(Unsupported, match="prints no pictures, nor symbols"):
        preview(Receipt().qr("HELLO"), name)


@pytest.mark.parametrize("name", [name for name in profile_names() if name not in WITHOUT_DOTS])
def test_every_model_prints_every_symbol(name: str) -> None:
    receipt = (
        Receipt()
        .symbol("HELLO", "PDF417", module=2)
        .feed(3)
        .symbol("HELLO")
        .feed(3)
        .barcode("(01)05701234567899(10)A1", "GS1-128")
        .feed(3)
        .barcode("0570123456789", "DATABAR")
        .feed(3)
        .qr("HELLO")
    )
    (ticket,) = preview(receipt, name)
    assert read(ticket) == [
        ("]L2", "HELLO"),
        ("]d1", "HELLO"),
        ("]C1", "(01)05701234567899(10)A1"),
        ("]e0", "(01)05701234567899"),
        ("]Q1", "HELLO"),
    ]


# Stacked GS1 DataBar and GS1 Composite

GTIN, ELEMENTS = "05701234567899", "(01)05701234567899(3103)000123(10)A1"
STACKS: list[tuple[str, str, str]] = [
    ("DATABAR-STACKED", GTIN, "01" + GTIN),
    ("DATABAR-STACKED-OMNI", GTIN[:13], "01" + GTIN),
    ("DATABAR-EXPANDED-STACKED", ELEMENTS, ELEMENTS.replace("(", "").replace(")", "")),
]
STACKED_NATIVE = load_profile("epson-tm-t88v")


@pytest.mark.parametrize("profile", [DRAWN, STACKED_NATIVE], ids=["drawn", "native"])
@pytest.mark.parametrize("module", [2, 3, 4])
@pytest.mark.parametrize(("kind", "data", "says"), STACKS, ids=[kind for kind, _, _ in STACKS])
def test_stacked_databars_are_read_back(kind: str, data: str, says: str, module: int, profile: Profile) -> None:
    ticket = printed(Receipt().symbol(data, kind, module=module), profile)  # type: ignore[arg-type]  # one of its names
    with Image.open(io.BytesIO(ticket.png(margin=32))) as picture:
        (found,) = zxingcpp.read_barcodes(picture.convert("L"))
    assert found.symbology_identifier == "]e0"
    assert found.bytes.decode().replace("\x1d", "") == says
    natively = [item for item in ticket.items if isinstance(item, Printed)]
    assert [item.kind for item in natively] == ([] if profile is DRAWN else [kind])


@pytest.mark.parametrize(
    ("kind", "data", "problem"),
    [
        ("DATABAR-STACKED", "05701234567890", BadDocument),
        ("DATABAR-STACKED-OMNI", "hello", BadDocument),
        ("DATABAR-EXPANDED-STACKED", "(01)05701234567890", BadDocument),
        ("DATABAR-EXPANDED-STACKED", "(01)05701234567899(10)" + "A" * 20 + "(21)" + "B" * 20, BadDocument),
    ],
)
def test_what_no_stacked_databar_holds_is_refused(kind: str, data: str, problem: type[Exception]) -> None:
    with pytest.raises(problem):
        compose(Receipt().symbol(data, kind), DRAWN)  # type: ignore[arg-type]  # one of its names


def composite(kind: int, data: bytes, component: bytes, which: int = 65) -> bytes:
    """`GS ( k` functions 480 (twice) and 481."""

    def command(function: int, arguments: bytes) -> bytes:
        return b"\x1d(k" + (2 + len(arguments)).to_bytes(2, "little") + bytes([52, function]) + arguments

    module = command(67, b"\x03")
    parts = command(80, bytes([48, 48, kind]) + data) + command(80, bytes([48, 49, which]) + component)
    return module + parts + command(81, b"0")


SHORT, LONG = b"(17)261130(10)ABC123", b"(10)ABCDEFGH1234(21)" + b"X" * 20 + b"(240)" + b"y" * 30
LINEAR: list[tuple[int, bytes, str, str]] = [
    (65, b"9638507", "EAN8", "96385074"),
    (66, b"570123456789", "EAN13", "5701234567899"),
    (67, b"03600029145", "EAN13", "0036000291452"),
    (68, b"425261", "UPCE", "0042100005264"),
    (69, b"04210000526", "UPCE", "0042100005264"),
    (70, b"0570123456789", "DataBarOmni", "(01)05701234567899"),
    (71, b"0570123456789", "DataBarOmni", "(01)05701234567899"),
    (72, b"0570123456789", "DataBarStk", "(01)05701234567899"),
    (73, b"0570123456789", "DataBarStk", "(01)05701234567899"),
    (74, b"0570123456789", "DataBarLtd", "(01)05701234567899"),
    (75, b"(01)05701234567899", "DataBarExp", "(01)05701234567899"),
    (76, b"(01)05701234567899(21)ABCDE12345", "DataBarExpStk", "(01)05701234567899(21)ABCDE12345"),
    (77, b"(01)05701234567899", "Code128", "(01)05701234567899"),
]


def found_in(job: bytes) -> list[tuple[str, str]]:
    (ticket,) = render_job(job, STACKED_NATIVE)
    with Image.open(io.BytesIO(ticket.png(margin=32))) as picture:
        return sorted((one.format.name, one.text) for one in zxingcpp.read_barcodes(picture.convert("L")))


@pytest.mark.parametrize(("kind", "data", "name", "text"), LINEAR, ids=[f"{row[0]}-{row[2]}" for row in LINEAR])
def test_the_linear_part_of_a_composite_is_read_back(kind: int, data: bytes, name: str, text: str) -> None:
    # The reader knows no CC-A, so that all it finds is the linear part.
    assert found_in(composite(kind, data, SHORT)) == [(name, text)]


@pytest.mark.parametrize(("kind", "which", "name"), [(70, 65, "MicroPDF417"), (77, 66, "PDF417")])
def test_larger_components_are_symbols_that_the_reader_knows(kind: int, which: int, name: str) -> None:
    """CC-B is a MicroPDF417 and CC-C a PDF417, of bytes that it does not take apart (ISO/IEC 24723)."""
    data = b"0570123456789" if kind == 70 else b"(01)05701234567899"
    assert name in dict(found_in(composite(kind, data, LONG, which)))


@pytest.mark.parametrize(
    "job",
    [
        composite(66, b"570123456789", b"no elements"),
        composite(66, b"57012345678", SHORT),
        composite(64, b"570123456789", SHORT),
        composite(66, b"570123456789", b"(17)991399"),
        composite(72, b"0570123456789", LONG * 20),
        composite(66, b"570123456789", b"\0"),
        composite(69, b"09999900000", SHORT),
    ],
)
def test_a_composite_of_what_it_cannot_hold_is_not_printed(job: bytes) -> None:
    (ticket,) = render_job(b"before\n" + job + b"after\n", STACKED_NATIVE)
    assert ticket.text() == "before\nafter\n"
