"""A receipt without a printer: its picture, its characters, and its page, on every dialect."""

from __future__ import annotations

import io
import re
from base64 import b64decode
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

import posdevkit as pos
from posdevkit.devices.compose import compose
from posdevkit.imaging import png_bytes
from posdevkit.paper import render_job

FONTS = sorted((Path(__file__).parents[2] / "fixtures" / "fonts").glob("*.?tf"))
DIALECTS = ("epson-tm-t88v", "star-mc-print3", "star-tsp650ii", "star-tsp100")
ONE_WORD = pos.Receipt().title("Café Nord").row("2 x Flat white", "76,00").row("Smørrebrød", "89,00").cut()


class Page(HTMLParser):
    """The characters of a page, and its elements with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def lines(self) -> list[str]:
        """Of the papers; what stands before them is the head."""
        return "".join(self.words).splitlines()

    def pictures(self) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.elements if tag == "img"]


@pytest.mark.parametrize("name", DIALECTS)
def test_the_picture_is_that_of_the_very_bytes(name: str) -> None:
    profile = pos.load_profile(name)
    shown = pos.preview(ONE_WORD, profile)
    (ticket,) = render_job(compose(ONE_WORD, profile).compiled.data, profile)
    assert list(shown) == [ticket]
    assert shown.png() == ticket.png()
    image = shown.image()
    assert image.size == (ticket.width, ticket.height)
    assert image.tobytes() == Image.open(io.BytesIO(ticket.png())).tobytes()
    assert shown.image(paper=True).size > image.size


@pytest.mark.parametrize("name", DIALECTS)
def test_the_characters_stand_in_the_columns_of_the_paper(name: str) -> None:
    profile = pos.load_profile(name)
    columns = profile.fonts["A"].columns
    lines = pos.preview(ONE_WORD, profile).text().splitlines()
    # Lines of columns are as wide as the paper; in the columns of "A", hand counted: the amount ends the line.
    assert lines[-2:] == ["2 x Flat white".ljust(columns - 5) + "76,00", "Smørrebrød".ljust(columns - 5) + "89,00"]
    assert "Café Nord" in lines[0]


@pytest.mark.parametrize("name", DIALECTS)
def test_a_page_holds_the_characters_and_the_looks(name: str) -> None:
    receipt = pos.Receipt().title("Café Nord").row("Flat white", "76,00").text("paid", bold=True, underline=True)
    page = Page(pos.preview(receipt.text("VOID", invert=True).text("  # 1", align="left"), name).html("Bon 7"))
    lines = page.lines()
    assert "Bon 7" in lines
    assert "Café Nord" in lines
    columns = pos.load_profile(name).fonts["A"].columns
    assert "Flat white".ljust(columns - 5) + "76,00" in lines
    assert "  # 1" in lines
    styles = {str(attributes["style"]) for tag, attributes in page.elements if tag == "span"}
    assert "font-weight:bold;text-decoration:underline" in styles
    assert any("background:#000;color:#fff" in style for style in styles)
    assert any(style.startswith("font-size:2em") for style in styles)


def test_text_is_escaped_and_nothing_is_fetched_or_run() -> None:
    evil = "<script>alert('1')</script> & \"<img src=x onerror=alert(1)>\""
    receipt = pos.Receipt().text(evil).barcode("A<B", "CODE93")
    source = pos.preview(receipt.qr("https://r.example/?a=1&b=<x>"), "epson-tm-t88v").html(evil)
    page = Page(source)
    assert {tag for tag, _ in page.elements} == {"html", "head", "meta", "title", "body", "div", "p", "img"}
    assert {name for _, attributes in page.elements for name in attributes} <= {
        "charset", "name", "content", "style", "alt", "src",
    }  # fmt: skip
    assert all(str(picture["src"]).startswith("data:image/png;base64,") for picture in page.pictures())
    assert [picture["alt"] for picture in page.pictures()] == ["CODE93 A<B", "QR https://r.example/?a=1&b=<x>"]
    assert not re.search(r"url\(|@import|<link|<script", source)
    assert evil.replace(" ", "") in "".join(page.words).replace(" ", "").replace("\n", "")


def test_a_picture_of_several_bands_is_whole_in_the_page() -> None:
    tall = pos.Raster(16, 600, bytes(range(256)) * 4 + bytes(176))
    profile = pos.load_profile("epson-tm-t88v", {"max_band_rows": 64})
    page = Page(pos.preview(pos.Receipt().image(png_bytes(tall)), profile).html())
    (picture,) = page.pictures()
    data = b64decode(str(picture["src"]).partition(",")[2])
    assert data == png_bytes(tall, dpi=profile.dpi)
    assert picture["style"] == f"width:{100 * 16 / profile.width:.3g}%;vertical-align:top"


def test_several_tickets_are_one_text_and_one_page_but_no_picture() -> None:
    shown = pos.preview(pos.Receipt().text("one").cut().text("two").cut(), "epson-tm-t88v")
    assert len(shown) == 2
    assert shown[:1] == shown.tickets[:1]
    assert shown.text() == "one\n\ntwo\n"
    assert [tag for tag, _ in Page(shown.html()).elements].count("div") == 2
    with pytest.raises(pos.UsageError, match="2 tickets"):
        shown.png()
    assert shown[1].image().height == shown[1].height
    with pytest.raises(pos.UsageError, match="0 tickets"):
        pos.preview(pos.Receipt(), "epson-tm-t88v").image()


def test_what_looks_other_is_told() -> None:
    receipt = pos.Receipt().text("x", style=pos.Style(smooth=True))
    profile = pos.load_profile("star-mc-print3")
    findings = pos.preview(receipt, profile).findings
    assert findings
    assert findings == compose(receipt, profile).findings


def test_the_font_of_most_of_the_ticket_is_the_page_s_own() -> None:
    receipt = pos.Receipt().row("Flat white", "76,00").text("small", font="B")
    source = pos.preview(receipt, "epson-tm-t88v").html()
    assert "width:42ch" in source
    assert '<span style="font-size:0.75em;line-height:1.1">small</span>' in source  # 9 of 12 dots


@pytest.mark.parametrize("width", [200, 201, 203, 207])
@pytest.mark.parametrize(
    "profile", ["generic-58mm", "epson-tm-t88v", "star-mc-print3", "star-tsp650ii", "star-tsp100", "sunmi-v2"]
)
def test_a_picture_stands_at_its_edge_to_the_dot_also_where_rows_are_sent_in_whole_bytes(
    profile: str, width: int
) -> None:
    square = Image.new("1", (width, 8), 0)
    for align, left in (("left", 0), ("right", -width), ("center", None)):
        shown = pos.preview(pos.Receipt().image(square, align=align), profile)  # type: ignore[arg-type]
        with Image.open(io.BytesIO(shown.png())) as picture:
            black = picture.convert("L").point(lambda level: 255 if level < 128 else 0).getbbox()
            paper = picture.width
        assert black is not None
        assert black[2] - black[0] == width
        if left is None:
            assert abs(black[0] - (paper - black[2])) <= 1
        else:
            assert black[0] == left % paper


SCRIPTS = (
    pos.Receipt()
    .row("קפה הפוך", "32,00", bold=True)
    .row("กาแฟเย็น น้ำตาลน้อย", "45,00")
    .box(pos.Receipt().row("日本茶", "5,00"))
    .text("قهوة", align="right", width=2, height=2)
    .text("שלום", style=pos.Style(upside_down=True))
)


@pytest.mark.parametrize("name", [*DIALECTS, "generic-58mm", "sunmi-v2"])
def test_lines_that_are_drawn_are_characters_in_text_and_page(name: str) -> None:
    profile = pos.load_profile(name)
    receipt = SCRIPTS if "upside_down" in profile.text_effects else pos.Receipt(SCRIPTS.elements[:-1])
    shown = pos.preview(receipt, profile, fonts=FONTS)
    columns = profile.fonts["A"].columns
    text = shown.text()
    assert "image" not in text
    lines = [line.replace("\u200e", "") for line in text.splitlines()]
    # Thai marks have no column of their own.
    assert lines[0] == "קפה הפוך" + "32,00".rjust(columns - 8)
    assert lines[1] == "กาแฟเย็น น้ำตาลน้อย" + "45,00".rjust(columns - 16)
    assert lines[3] == "│ 日本茶" + "5,00 │".rjust(columns - 8)
    assert lines[5].strip() == "قهوة"
    # An amount stays behind the Hebrew before it, in whatever shows both directions.
    assert text.startswith("\u200eקפה הפוך\u200e ")
    page = Page(shown.html())
    assert not page.pictures()
    assert "กาแฟเย็น น้ำตาลน้อย" in "".join(page.words)
    assert any("font-weight:bold" in str(attributes.get("style")) for tag, attributes in page.elements if tag == "span")
    # The picture is that of the bytes all the same.
    (ticket,) = render_job(compose(receipt, profile, FONTS).compiled.data, profile)
    assert shown.png() == ticket.png()


def test_lines_drawn_in_an_area_of_a_page_are_characters_too() -> None:
    area = pos.Area(2, 2, 60, 12, pos.Receipt().text("שלום").text("plain"))
    shown = pos.preview(pos.Receipt().page(area), "epson-tm-t88v", fonts=FONTS)
    assert shown.text().replace("\u200e", "").split() == ["שלום", "plain"]


PIECES = {
    "text": pos.Receipt().title("Café Nord").row("2 x Flat white", "76,00").total("76,00"),
    "small": pos.Receipt().text("small", font="B").row("Smørrebrød", "89,00"),
    "looks": pos.Receipt().text("A", bold=True, underline=True, invert=True, width=3, height=5).rule("="),
    "box": pos.Receipt().box(pos.Receipt().text("Order 42", width=2, height=2).rule().row("Tea", "8,50")),
    "scripts": SCRIPTS,
    "symbols": pos.Receipt().qr("https://r.example/8F2").barcode("5701234567899", "EAN13").symbol("A", "DATAMATRIX"),
    "page": pos.Receipt().page(pos.Area(2, 2, 30, 20, pos.Receipt().text("seat 12"), direction="up")),
    "picture": pos.Receipt().image(png_bytes(pos.Raster(20, 30, bytes(range(90))))).cut().text("next").cut(),
}


@pytest.mark.parametrize("name", pos.profile_names())
def test_every_model_shows_everything_or_says_why_not(name: str) -> None:
    shown, refused = [], {}
    for piece, receipt in PIECES.items():
        try:
            preview = pos.preview(receipt, name, fonts=FONTS)
        except pos.UsageError as problem:
            refused[piece] = problem.remedy()
            continue
        shown.append(piece)
        for ticket in preview:
            assert ticket.png().startswith(b"\x89PNG")
            assert ticket.png(paper=True).startswith(b"\x89PNG")
            assert any(ticket.raster().data), piece
        assert preview.text().strip(), piece
        assert preview.html().endswith("</html>\n"), piece
    assert {"text", "looks", "box"} <= set(shown)  # what no receipt printer lacks
    assert all(refused.values())


def test_an_amount_that_leaves_its_label_no_room_goes_below_it_set_and_drawn() -> None:
    amount = "12345678901234567890123456"
    for label in ("Smørrebrød", "התרנגולים"):
        text = pos.preview(pos.Receipt().row(label, amount), "generic-58mm", fonts=FONTS).text()
        assert [line.strip() for line in text.replace("\u200e", "").splitlines()] == [label, amount]
        assert text.splitlines()[-1].endswith(amount)
        assert len(text.splitlines()[-1]) == 32
