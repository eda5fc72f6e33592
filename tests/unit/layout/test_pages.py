"""Pages of a document: what a model with page mode is told, what another gets as dots, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from posdevkit import Area, PageBox, PageLine, Receipt, Style
from posdevkit.devices.compose import compose
from posdevkit.documents import Cut, Drawer, Page
from posdevkit.errors import BadDocument, DocumentTooWide
from posdevkit.layout import PrintPage, lay_out
from posdevkit.paper import Ticket, render_job
from posdevkit.profiles import Profile, load_profile
from posdevkit.protocols.escpos import Decoder
from posdevkit.protocols.escpos.commands.graphics import StoreRaster
from posdevkit.protocols.escpos.commands.page import SetAbsoluteVertical, SetPageArea, SetPageDirection

EPSON = load_profile("epson-tm-t88v")
WITHOUT = replace(EPSON, page_rows=0)
MM = Decimal(180) / Decimal("25.4")

COUPON = Receipt().page(
    Area(2, 2, 34, 20, Receipt().text("Café Nord", bold=True, width=2, height=2).text("10 % rabat", align="center")),
    Area(40, 2, 24, 24, Receipt().qr("https://r.example/8F2", module=4)),
    Area(2, 30, 10, 40, Receipt().text("Gælder i dag").text("kun her", align="right"), direction="up"),
    Area(54, 30, 12, 40, Receipt().text("nr. 8812", invert=True), direction="down"),
    Area(15, 55, 36, 12, Receipt().text("Tak", height=2).row("a", "b", font="B"), direction="left"),
    Area(15, 32, 36, 22, Receipt().barcode("5901234123457", "EAN13", height=60).feed().rule()),
    boxes=(PageBox(0, 0, 71, 72, 0.5),),
    lines=(PageLine(0, 28, 71), PageLine(36, 0, 28, 0.4, "down")),
)


def printed(receipt: Receipt, profile: Profile) -> Ticket:
    (ticket,) = render_job(compose(receipt, profile).compiled.data, profile)
    return ticket


def test_a_model_with_page_mode_prints_dot_for_dot_what_another_gets_as_a_picture() -> None:
    job = COUPON.text("after")
    assert printed(job, EPSON).raster() == printed(job, WITHOUT).raster()


def test_the_bytes_of_a_page() -> None:
    receipt = Receipt().page(Area(10, 5, 20, 30, Receipt().text("Kaffe", align="right", bold=True), direction="up"))
    # 10 mm are 71 dots at 180 dpi, 5 mm 35, 20 mm end at 213 and 30 mm at 248. A line of it has 213 dots.
    assert compose(receipt, EPSON).compiled.data == (
        b"\x1b@\x1d(D\x05\x00\x14\x01\x00\x02\x00"
        b"\x1dP\xb4\xb4\x1bL"
        b"\x1bW\x47\x00\x23\x00\x8e\x00\xd5\x00\x1bT\x01"
        b"\x1d$\x15\x00\x1b$\x99\x00\x1bE\x01\x1bt\x00Kaffe\x1bE\x00"
        b"\x0c\x1dP\x00\x00"
    )


@pytest.mark.parametrize("name", ["epson-tm-t88v", "generic-80mm", "star-mc-print3", "star-tsp650ii", "star-tsp100"])
def test_every_language_prints_it(name: str) -> None:
    profile = load_profile(name)
    ticket = printed(COUPON.cut(), profile)
    if name == "epson-tm-t88v":
        assert "Gælder i dag\n" in ticket.text()
    black = sum(byte.bit_count() for byte in ticket.raster().data)
    assert black > 10_000
    assert abs(ticket.height - profile.dpi * 72 / 25.4) < 160  # and the way to the cutter


def test_every_direction_is_told_and_areas_keep_their_places() -> None:
    commands = Decoder().feed(compose(COUPON, EPSON).compiled.data)
    directions = [command.direction for command in commands if isinstance(command, SetPageDirection)]
    assert directions == [0, 0, 0, 1, 3, 2, 0]  # lines and boxes first
    areas = [command for command in commands if isinstance(command, SetPageArea)]
    assert areas[0] == SetPageArea(0, 0, 512, 510)
    assert len([command for command in commands if isinstance(command, StoreRaster)]) == 6 + 2
    assert all(command.units <= 510 for command in commands if isinstance(command, SetAbsoluteVertical))


def test_lengths_are_rounded_once_so_that_what_meets_on_paper_meets_in_dots() -> None:
    receipt = Receipt().page(*(Area(0, Decimal(n) / 3, 10, Decimal(1) / 3) for n in range(30)))
    (operation,) = lay_out(receipt, EPSON).operations
    assert isinstance(operation, PrintPage)
    for one, following in zip(operation.parts, operation.parts[1:], strict=False):
        assert one.y + one.height == following.y
    assert operation.height == 71


def test_what_reaches_beyond_the_paper_is_refused_before_a_byte_leaves() -> None:
    with pytest.raises(DocumentTooWide, match="the area at 60, 0 mm ends 567 dots") as caught:
        compose(Receipt().page(Area(60, 0, 20, 10)), EPSON)
    assert "72.2 mm" in caught.value.remedy()
    for shape in (Page(lines=(PageLine(60, 0, 20),)), Page(boxes=(PageBox(60, 0, 20, 5),))):
        with pytest.raises(DocumentTooWide, match="the line or box"):
            compose(Receipt([shape]), EPSON)


@pytest.mark.parametrize("profile", [EPSON, WITHOUT, load_profile("star-tsp100")], ids=lambda profile: profile.name)
@pytest.mark.parametrize(
    "inside",
    [Receipt().text("one\ntwo\nthree"), Receipt().qr("https://r.example/8F2"), Receipt().text("A", height=8)],
    ids=["lines", "symbol", "large"],
)
def test_what_does_not_fit_its_area_is_refused_on_every_model(profile: Profile, inside: Receipt) -> None:
    with pytest.raises(BadDocument, match=r"the area at 0\.0, 0\.0 mm is 10\.\d mm long, what stands in it takes"):
        compose(Receipt().page(Area(0, 0, 40, 10, inside)), profile)


def test_a_line_that_just_fits_is_printed() -> None:
    height = Decimal(24) / MM  # a line of font A
    assert printed(Receipt().page(Area(0, 0, 40, height, Receipt().text("fits"))), EPSON).text() == "fits\n"


@pytest.mark.parametrize(
    "element", [Cut(), Drawer(), Page(lines=(PageLine(0, 0, 5),))], ids=lambda one: type(one).__name__
)
def test_an_area_takes_only_what_prints(element: Cut | Drawer | Page) -> None:
    with pytest.raises(BadDocument, match="in an area of a page"):
        Area(0, 0, 10, 10, [element])


@pytest.mark.parametrize(
    ("make", "about"),
    [
        (lambda: Area(-1, 0, 10, 10), "x: -1 mm"),
        (lambda: Area(0, 0, 0, 10), "width: 0 mm"),
        (lambda: Area(0, 0, float("nan"), 10), "width"),
        (lambda: Area(0, 0, 10, 10, direction="sideways"), "sideways"),  # type: ignore[arg-type]
        (lambda: PageLine(0, 0, 0), "length"),
        (lambda: PageBox(0, 0, 1, 10, 2), "2 mm thick"),
        (Page, "an empty page"),
    ],
)
def test_what_is_no_page_says_what_is_wrong(make: Callable[[], object], about: str) -> None:
    with pytest.raises(BadDocument, match=about):
        make()


def test_a_page_longer_than_the_model_sets_comes_as_a_picture() -> None:
    long = Receipt().page(Area(0, 0, 40, 200, Receipt().text("top")), Area(0, 200, 40, 10, Receipt().text("bottom")))
    ticket = printed(long, EPSON)
    assert ticket.text().startswith("[image 512x")
    assert ticket.height == round(210 * MM)


def test_turned_characters_on_a_page_come_as_a_picture() -> None:
    rotated = Receipt().page(Area(0, 0, 40, 20, Receipt().text("turned", style=Style(rotate=True))))
    assert printed(rotated, EPSON).text().startswith("[image")


def test_findings_of_an_area_are_found() -> None:
    layout = lay_out(Receipt().text("first").page(Area(0, 0, 40, 20, Receipt().text("茶"))), EPSON)
    assert [(finding.kind, finding.element) for finding in layout.findings] == [("unset-character", 1)]
