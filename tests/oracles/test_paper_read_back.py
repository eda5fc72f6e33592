"""Tickets judged by others: symbols found on the paper by zxing-cpp, jobs written by python-escpos.

python-escpos 3.1 (MIT) is other people's encoder; its bytes are made here, in the test, by the library itself.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import zxingcpp
from escpos.printer import Dummy
from PIL import Image as Pil

from posdevkit.paper import RasterBlock, Ticket, render_job
from posdevkit.profiles import load_profile

PAPER = load_profile("epson-tm-t88v")


def read_back(ticket: Ticket) -> dict[str, bytes]:
    """What an independent decoder finds on the paper: content by format. The paper has white sides, as paper has."""
    with Pil.open(io.BytesIO(ticket.png(margin=32))) as picture:
        return {found.format.name: found.bytes for found in zxingcpp.read_barcodes(picture.convert("L"))}


def only(job: bytes) -> Ticket:
    (ticket,) = render_job(job, PAPER)
    return ticket


@pytest.mark.parametrize("align", [b"\x1ba\x00", b"\x1ba\x01", b"\x1ba\x02"])
@pytest.mark.parametrize(
    ("job", "kind", "content"),
    [
        (b"\x1dkC\x0c570123456789", "EAN13", b"5701234567899"),
        (b"\x1dk\x02570123456789\x00", "EAN13", b"5701234567899"),
        (b"\x1dkD\x0796385074"[:-1], "EAN8", b"96385074"),
        (b"\x1dkE\x08ORDER-42", "Code39", b"ORDER-42"),
        (b"\x1dkF\x0800123456", "ITF", b"00123456"),
        (b"\x1dkG\x07A12345B", "Codabar", b"A12345B"),
        (b"\x1dkH\x08Order 42", "Code93", b"Order 42"),
        (b"\x1dkI\x0a{BOrder 42", "Code128", b"Order 42"),
        (b"\x1dkI\x0b{BA-{C\x00\x0c\x22\x38\x63", "Code128", b"A-0012345699"),
        (b"\x1dkI\x06{Aab\x01c"[:-4] + b"AB\x01Z"[:2] + b"\x09Z", "Code128", b"AB\tZ"),
        (b"\x1dkO\x0aOrder 1234", "Code128", b"Order 1234"),
        (b"\x1d(k\x04\x001A2\x00\x1d(k\x03\x001C\x05\x1d(k\x0b\x001P0r.dk/8F2\x1d(k\x03\x001Q0", "QRCode", b"r.dk/8F2"),
        (b"\x1d(k\x03\x001E3\x1d(k\x09\x001P0\xc3\xa6\xe2\x82\xac!\x1d(k\x03\x001Q0", "QRCode", "æ€!".encode()),
    ],
)  # fmt: skip
def test_symbols_are_read_from_the_paper(job: bytes, kind: str, content: bytes, align: bytes) -> None:
    assert read_back(only(align + b"\x1dh\x40\x1dw\x02before\n" + job + b"\n")) == {kind: content}


@contextmanager
def their_printer() -> Iterator[Dummy]:
    printer = Dummy(profile="TM-T88V")
    try:
        yield printer
    finally:
        printer.close()


def test_a_receipt_of_python_escpos() -> None:
    logo = Pil.new("1", (160, 48), 1)
    for x in range(0, 160, 2):
        logo.putpixel((x, 10), 0)
    with their_printer() as printer:
        printer.image(logo)
        printer.set(align="center", bold=True, double_width=True, double_height=True)
        printer.text("Café Nord\n")
        printer.set_with_default()
        printer.text("Blåbærgrød" + " " * 26 + " 42,00\n")
        printer.text("I alt £1\n")
        printer.barcode(
            "570123456789", "EAN13", 64, 2, "BELOW", "A", align_ct=True, function_type="A", force_software=False
        )
        printer.barcode("{BKvit-17", "CODE128", 64, 2, function_type="B", force_software=False)
        printer.qr("https://r.example/8F2", native=True, size=4)
        printer.cashdraw(2)
        printer.cut()
        job = printer.output
    ticket = only(job)
    lines = [line for line in ticket.text().splitlines() if line]
    assert lines[0] == "[image 160x48]"
    assert lines[1].strip() == "Café Nord"
    assert lines[2] == "Blåbærgrød" + " " * 26 + " 42,00"
    assert lines[3] == "I alt £1"
    assert lines[4].strip() == "[EAN13 5701234567899]"
    assert lines[5].strip() == "5701234567899"
    assert [kick.pin for kick in ticket.drawer_kicks] == [2]
    assert ticket.cut is not None
    assert not ticket.cut.through
    (picture,) = [item for item in ticket.items if isinstance(item, RasterBlock)]
    assert picture.raster.data == b"".join((b"\xaa" if row == 10 else b"\0") * 20 for row in range(48))
    assert read_back(ticket) == {
        "EAN13": b"5701234567899",
        "Code128": b"Kvit-17",
        "QRCode": b"https://r.example/8F2",
    }


@pytest.mark.parametrize("way", ["bitImageRaster", "bitImageColumn", "graphics"])
def test_pictures_of_python_escpos_come_out_dot_by_dot(way: str) -> None:
    art = Pil.effect_noise((200, 120), 90).point(lambda value: 255 if value > 128 else 0).convert("1")
    with their_printer() as printer:
        printer.image(art, impl=way)
        job = printer.output
    ticket = only(job)
    with Pil.open(io.BytesIO(ticket.png())) as paper:
        assert paper.crop((0, 0, 200, 120)).convert("1").tobytes() == art.tobytes()
        assert paper.convert("L").crop((200, 0, 512, 120)).getextrema() == (255, 255)
    assert ticket.text() == "[image 200x120]\n"
