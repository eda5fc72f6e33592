"""python-escpos 3.1 prints over the network into the emulated printer: read back as text, as dots and as symbols.

It knows nothing of this project, so what it sends judges the emulator, and zxing-cpp judges what came out on paper.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
import zxingcpp
from PIL import Image

from posdevkit.documents import Raster
from posdevkit.protocols.vocabulary import Unknown
from posdevkit_emulators.bench import EmulatedReceiptPrinter
from posdevkit_emulators.printers import What
from posdevkit_emulators.tickets import PrintedTicket

pytestmark = [
    # Its own habits: barcode libraries that warn, and temporary files that it leaves to the collector.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@contextmanager
def theirs(printer: EmulatedReceiptPrinter) -> Iterator[Any]:
    """Their printer object, connected to ours."""
    from escpos.printer import Network

    logging.getLogger("escpos").setLevel(logging.ERROR)
    where = urlsplit(printer.url)
    client = Network(where.hostname, where.port, timeout=10, profile="TM-T88V")
    client.open()
    try:
        yield client
    finally:
        client.close()


def paper(ticket: PrintedTicket, margin: int = 40) -> Image.Image:
    """The ticket as a picture with white around it."""
    with Image.open(io.BytesIO(ticket.png())) as picture:
        page = Image.new("L", (picture.width + 2 * margin, picture.height + 2 * margin), 255)
        page.paste(picture.convert("L"), (margin, margin))
    return page


def symbols(ticket: PrintedTicket) -> list[tuple[str, str]]:
    """Formats and texts that an independent decoder finds on the paper."""
    return [(found.format.name, found.text) for found in zxingcpp.read_barcodes(paper(ticket))]


def understood(ticket: PrintedTicket) -> PrintedTicket:
    """The ticket, after making sure that every command on it was known."""
    assert not [command for command in ticket.commands if isinstance(command, Unknown)]
    return ticket


def test_text_and_cut(receipt_printer: EmulatedReceiptPrinter) -> None:
    with theirs(receipt_printer) as client:
        client.textln("Café Nord")
        client.set(bold=True, align="center")
        client.textln("Kvittering æøå ÆØÅ")
        client.set(align="left", bold=False)
        client.textln("2 × 19,00")
        client.cut()
        ticket = understood(receipt_printer.ticket(1))
    lines = ticket.text.splitlines()
    assert lines[0] == "Café Nord"
    assert lines[1].strip() == "Kvittering æøå ÆØÅ"
    assert ticket.cut


def test_sizes_and_wrapping(receipt_printer: EmulatedReceiptPrinter) -> None:
    words = "one two three four five six seven eight nine ten eleven twelve"
    with theirs(receipt_printer) as client:
        client.set(double_width=True, double_height=True, normal_textsize=False)
        client.textln("BIG")
        client.set(normal_textsize=True)
        client.block_text(words, columns=20)
        client.ln()
        client.cut()
        ticket = understood(receipt_printer.ticket(1))
    assert ticket.text.split() == ["BIG", *words.split()]
    assert max(map(len, ticket.text.splitlines())) <= 20


def test_columns_stay_columns(receipt_printer: EmulatedReceiptPrinter) -> None:
    rows = [("Flat white", "38,00"), ("Kanelsnegl", "32,00"), ("Total", "70,00")]
    with theirs(receipt_printer) as client:
        for name, price in rows:
            client.textln(f"{name:<30}{price:>12}")
        client.cut()
        ticket = understood(receipt_printer.ticket(1))
    assert ticket.text.splitlines() == [f"{name:<30}{price:>12}" for name, price in rows]


def pattern(width: int, height: int) -> Image.Image:
    """Dots that no dithering changes: black or white, with an edge that tells left from right and top from bottom."""
    picture = Image.new("1", (width, height), 1)
    for y in range(height):
        for x in range(width):
            if x < 4 or y < 2 or (x * y) % 7 == 0:
                picture.putpixel((x, y), 0)
    return picture


def dots(picture: Image.Image) -> list[str]:
    return [
        "".join("." if picture.getpixel((x, y)) else "#" for x in range(picture.width)) for y in range(picture.height)
    ]


def printed_dots(raster: Raster) -> list[str]:
    """Rows of the ticket, from the first with ink to the last."""
    rows = [
        "".join("#" if raster.data[y * raster.stride + x // 8] >> (7 - x % 8) & 1 else "." for x in range(raster.width))
        for y in range(raster.height)
    ]
    inked = [y for y, row in enumerate(rows) if "#" in row]
    return rows[inked[0] : inked[-1] + 1]


@pytest.mark.parametrize("impl", ["bitImageRaster", "graphics", "bitImageColumn"])
def test_pictures_dot_for_dot(receipt_printer: EmulatedReceiptPrinter, impl: str) -> None:
    picture = pattern(64, 48)
    with theirs(receipt_printer) as client:
        client.image(picture, impl=impl)
        client.cut()
        ticket = understood(receipt_printer.ticket(1))
    expected = dots(picture)
    found = printed_dots(ticket.paper.raster())
    assert [row[:64] for row in found] == expected
    assert not any("#" in row[64:] for row in found)


@pytest.mark.parametrize("impl", ["bitImageRaster", "graphics", "bitImageColumn"])
def test_a_picture_in_the_middle_of_the_paper(receipt_printer: EmulatedReceiptPrinter, impl: str) -> None:
    picture = pattern(64, 24)
    with theirs(receipt_printer) as client:
        client.image(picture, impl=impl, center=True)
        client.cut()
        ticket = understood(receipt_printer.ticket(1))
    left = (512 - 64) // 2
    assert [row[left : left + 64] for row in printed_dots(ticket.paper.raster())] == dots(picture)


def test_a_native_qr_code(receipt_printer: EmulatedReceiptPrinter) -> None:
    with theirs(receipt_printer) as client:
        client.qr("https://r.example/8F2", native=True, size=6)
        client.cut()
        ticket = understood(receipt_printer.ticket(1))
    assert symbols(ticket) == [("QRCode", "https://r.example/8F2")]


@pytest.mark.parametrize("impl", ["bitImageRaster", "graphics", "bitImageColumn"])
def test_a_qr_code_as_a_picture(receipt_printer: EmulatedReceiptPrinter, impl: str) -> None:
    with theirs(receipt_printer) as client:
        client.qr("https://r.example/8F2", size=4, image_arguments={"impl": impl})
        client.cut()
        ticket = understood(receipt_printer.ticket(1))
    assert symbols(ticket) == [("QRCode", "https://r.example/8F2")]


@pytest.mark.parametrize(
    ("code", "kind", "function", "found"),
    [
        ("4006381333931", "EAN13", "A", ("EAN13", "4006381333931")),
        ("4006381333931", "EAN13", "B", ("EAN13", "4006381333931")),
        ("96385074", "EAN8", "B", ("EAN8", "96385074")),
        ("ORDER-8812", "CODE39", "A", ("Code39", "ORDER-8812")),
        ("00123456", "ITF", "B", ("ITF", "00123456")),
        ("{BOrder 8812", "CODE128", "B", ("Code128", "Order 8812")),
        ("Bord 7", "CODE93", "B", ("Code93", "Bord 7")),
        ("A40156B", "NW7", "B", ("Codabar", "A40156B")),
    ],
)
def test_barcodes_that_the_printer_draws(
    receipt_printer: EmulatedReceiptPrinter, code: str, kind: str, function: str, found: tuple[str, str]
) -> None:
    with theirs(receipt_printer) as client:
        client.barcode(code, kind, function_type=function, height=80, width=2, force_software=False)
        client.cut()
        ticket = understood(receipt_printer.ticket(1))
    assert symbols(ticket) == [found]


@pytest.mark.parametrize("impl", ["bitImageRaster", "graphics", "bitImageColumn"])
def test_a_barcode_that_they_draw(
    receipt_printer: EmulatedReceiptPrinter, impl: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with theirs(receipt_printer) as client:
        client.barcode("4006381333931", "EAN13", width=3, height=80, pos="OFF", force_software=impl)
        client.cut()
        ticket = understood(receipt_printer.ticket(1))
    capsys.readouterr()  # it tells on standard output which way it took
    assert symbols(ticket) == [("EAN13", "4006381333931")]


@pytest.mark.parametrize("pin", [2, 5])
def test_the_drawer(receipt_printer: EmulatedReceiptPrinter, pin: int) -> None:
    with theirs(receipt_printer) as client:
        client.textln("paid")
        client.cashdraw(pin)
        client.cut()
        ticket = receipt_printer.ticket(1)
    assert [kick.pin for kick in ticket.kicks] == [pin]
    assert receipt_printer.count(What.DRAWER_KICK) == 1


@pytest.mark.parametrize(("mode", "partial"), [("FULL", True), ("PART", True)])
def test_their_full_cut_with_feed_is_a_partial_one(
    receipt_printer: EmulatedReceiptPrinter, mode: str, partial: bool
) -> None:
    # With feed it sends GS V 66, feed and partial cut, for both.
    with theirs(receipt_printer) as client:
        client.textln("x")
        client.cut(mode=mode)
        ticket = understood(receipt_printer.ticket(1))
    assert ticket.paper.cut is not None
    assert ticket.paper.cut.partial is partial


def test_status_questions(receipt_printer: EmulatedReceiptPrinter) -> None:
    with theirs(receipt_printer) as client:
        assert client.is_online()
        assert client.paper_status() == 2
        receipt_printer.near_end()
        assert client.paper_status() == 1
        receipt_printer.run_out()
        assert client.paper_status() == 0
        assert not client.is_online()


def test_several_tickets_over_several_connections(receipt_printer: EmulatedReceiptPrinter) -> None:
    for number in range(1, 4):
        with theirs(receipt_printer) as client:
            client.textln(f"ticket {number}")
            client.cut()
    assert [receipt_printer.ticket(number).text for number in (1, 2, 3)] == [f"ticket {n}\n" for n in (1, 2, 3)]
