"""Pages of a PDF: their dots, their size, and what is refused. The files are made here by Pillow."""

from __future__ import annotations

import io
import json
import sys
import threading
from pathlib import Path

import pytest
from PIL import Image as Pillow

import posdevkit as pos
from posdevkit.documents import Image, PdfPage
from posdevkit.documents.json import receipt_from_json, receipt_to_json
from posdevkit.errors import BadDocument, BadImage, MissingExtra
from posdevkit.imaging import rasterize
from posdevkit.imaging.pdf import page_count

# A PDF of one page of 72 by 36 points whose only key is a password (standard handler, revision 2, user password "u"):
# PDF 32000-1:2008, 7.6.3. What stands in it does not matter, since it is never reached.
LOCKED = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 36]>>endobj\n"
    b"4 0 obj<</Filter/Standard/V 1/R 2/P -4/O<" + b"11" * 32 + b">/U<" + b"22" * 32 + b">>>endobj\n"
    b"trailer<</Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]/Size 5>>\n%%EOF\n"
)


def pdf(*pages: Pillow.Image) -> bytes:
    """A PDF with these pictures as its pages, a point for each dot."""
    file = io.BytesIO()
    first, *others = pages
    first.save(file, "PDF", save_all=True, append_images=others, resolution=72)
    return file.getvalue()


def halves(width: int = 144, height: int = 72) -> Pillow.Image:
    """Black on the left, white on the right."""
    page = Pillow.new("L", (width, height), 255)
    page.paste(0, (0, 0, width // 2, height))
    return page


def grey(level: int) -> Pillow.Image:
    return Pillow.new("L", (72, 72), level)


def test_a_page_is_as_wide_as_the_paper_and_keeps_its_shape() -> None:
    raster = rasterize(Image(PdfPage(pdf(halves()), margins="keep"), dither="threshold"), 576)
    assert (raster.width, raster.height) == (576, 288)
    row = raster.data[:72]
    assert raster.data == row * 288
    # Where the halves meet, the picture in the file was scaled: a dot to both sides of it may be either.
    assert row[:35] + row[37:] == b"\xff" * 35 + b"\0" * 35


@pytest.mark.parametrize(("wanted", "width"), [(None, 384), (200, 200), (9999, 384)])
def test_the_width_that_is_asked_for(wanted: int | None, width: int) -> None:
    raster = rasterize(Image(PdfPage(pdf(halves()), margins="keep"), width=wanted), 384)
    assert (raster.width, raster.height) == (width, round(width / 2))


def test_each_page_by_its_number(tmp_path: Path) -> None:
    data = pdf(grey(255), grey(0), halves(72))
    (tmp_path / "pages.pdf").write_bytes(data)
    assert page_count(data, "x") == page_count(tmp_path / "pages.pdf", "x") == 3
    blank, full, mixed = (
        rasterize(Image(PdfPage(tmp_path / "pages.pdf", number)), 64).data for number in (1, 2, 3)
    )  # fmt: skip
    assert not any(blank)
    assert full == b"\xff" * len(full)
    assert mixed not in (blank, full)


def test_greys_go_through_the_dither_that_pictures_go_through() -> None:
    picture = pdf(grey(64))
    for how, least, most in (("threshold", 1.0, 1.0), ("floyd-steinberg", 0.7, 0.8), ("ordered", 0.7, 0.8)):
        raster = rasterize(Image(PdfPage(picture), dither=how), 256)  # type: ignore[arg-type]
        share = sum(byte.bit_count() for byte in raster.data) / (256 * 256)
        assert least <= share <= most, how


@pytest.mark.parametrize(
    ("source", "page", "told", "remedy"),
    [
        (pdf(halves()), 2, "no page 2, it has 1", "Give page 1."),
        (pdf(halves(), halves()), 3, "no page 3, it has 2", "Give a page from 1 to 2."),
        (LOCKED, 1, "locked with a password", "Save a copy of the PDF without a password and print that."),
        (b"%PDF-1.4\nnothing", 1, "cannot be read as a PDF", "Give a PDF file that opens on a screen."),
        (b"", 1, "cannot be read as a PDF", "Give a PDF file that opens on a screen."),
        (Path("/nowhere/x.pdf"), 1, "/nowhere/x.pdf: No such file", "Give a PDF file that can be read."),
        ("a\0b", 1, "null", "Give a PDF file that can be read."),
    ],
)
def test_what_cannot_be_drawn_is_told_before_a_byte_leaves(
    source: bytes | Path | str, page: int, told: str, remedy: str
) -> None:
    with pytest.raises(BadImage, match=told) as problem:
        pos.preview(pos.Receipt().pdf_page(source, page).cut(), "epson-tm-t88v")
    assert problem.value.remedy() == remedy


def test_a_page_too_tall_for_the_memory() -> None:
    with pytest.raises(BadImage, match="megapixels"):
        rasterize(Image(PdfPage(pdf(halves(4, 14000)))), 576)


def test_pages_begin_with_1() -> None:
    with pytest.raises(BadDocument, match="begin with 1"):
        pos.Receipt().pdf_page("x.pdf", 0)


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(MissingExtra) as problem:
        rasterize(Image(PdfPage(b"%PDF-")), 64)
    assert 'pip install "posdevkit[pdf]"' in problem.value.remedy()


def test_many_threads_draw_one_after_another() -> None:
    data, drawn = pdf(halves(), grey(100)), []
    expected = [rasterize(Image(PdfPage(data, page)), 128) for page in (1, 2)]

    def draw(page: int) -> None:
        drawn.append(rasterize(Image(PdfPage(data, page)), 128) == expected[page - 1])

    threads = [threading.Thread(target=draw, args=(1 + n % 2,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert drawn == [True] * 8


def test_as_json_and_back(tmp_path: Path) -> None:
    data = pdf(halves())
    by_path = pos.Receipt().pdf_page(tmp_path / "x.pdf", 2, dither="threshold", width=300)
    value = receipt_to_json(by_path)
    assert value["elements"] == [
        {"type": "image", "path": (tmp_path / "x.pdf").as_posix(), "page": 2, "dither": "threshold", "width": 300}
    ]
    assert receipt_from_json(value, folder=tmp_path) == by_path
    in_memory = pos.Receipt().pdf_page(data)
    assert receipt_from_json(receipt_to_json(in_memory)) == in_memory
    with pytest.raises(BadDocument, match="begin with 1"):
        receipt_from_json({"kind": "receipt", "elements": [{"type": "image", "path": "x.pdf", "page": 0}]})


@pytest.mark.parametrize("profile", ["generic-58mm", "star-tsp650ii", "star-tsp100"])
def test_it_prints_on_every_dialect(profile: str) -> None:
    page = pdf(halves())
    (ticket,) = pos.preview(pos.Receipt().pdf_page(page, dither="threshold", margins="keep").cut(), profile)
    width = pos.load_profile(profile).width
    black = sum(byte.bit_count() for byte in ticket.raster().data)
    assert abs(black - width * width // 4) <= 2 * width


def square(width: int, height: int, side: int, at: tuple[int, int]) -> bytes:
    """A white page with one black square, without the noise of a JPEG around it."""
    page = Pillow.new("1", (width, height), 255)
    page.paste(0, (*at, at[0] + side, at[1] + side))
    return pdf(page)


def test_the_white_around_a_page_is_left_away() -> None:
    # A square of 400 points on a page of 600 x 800: with its margins two thirds of the paper, without them all of it.
    page = square(600, 800, 400, (100, 250))
    kept = rasterize(Image(PdfPage(page, margins="keep"), dither="threshold"), 576)
    cropped = rasterize(Image(PdfPage(page), dither="threshold"), 576)
    assert (kept.width, kept.height) == (576, 768)
    assert cropped.width == 576
    assert abs(cropped.height - 576) <= 6  # a dot of white may stay at each side, and grows with the rest
    black = sum(byte.bit_count() for byte in cropped.data)
    assert black >= 0.97 * 576 * cropped.height
    assert 0.95 <= sum(byte.bit_count() for byte in kept.data) / (384 * 384) <= 1.05


def test_nothing_gets_larger_than_it_is_on_the_page_unless_a_width_asks_for_it() -> None:
    # 72 points are an inch, and so 203 dots on paper that has 203 dots to the inch.
    page = square(600, 800, 72, (100, 250))
    assert abs(rasterize(Image(PdfPage(page)), 576).width - 203) <= 8
    assert rasterize(Image(PdfPage(page), width=400), 576).width == 400
    # Nor does it get smaller than with the margins: this page is 100 points wide on 576 dots.
    assert rasterize(Image(PdfPage(square(100, 100, 90, (5, 5)))), 576).width >= 0.9 * 576


def test_a_page_that_is_all_white_stays_as_it_is() -> None:
    raster = rasterize(Image(PdfPage(pdf(grey(255)))), 64)
    assert (raster.width, raster.height, any(raster.data)) == (64, 64, False)


def test_margins_in_json_and_what_they_do_not_go_with() -> None:
    kept = pos.Receipt().pdf_page(b"%PDF-", 2, margins="keep")
    assert '"margins": "keep"' in json.dumps(receipt_to_json(kept))
    assert receipt_from_json(receipt_to_json(kept)) == kept
    assert "margins" not in json.dumps(receipt_to_json(pos.Receipt().pdf_page(b"%PDF-")))
    with pytest.raises(BadDocument, match=r"margins: goes with the page of a PDF"):
        receipt_from_json({"kind": "receipt", "elements": [{"type": "image", "path": "a.png", "margins": "keep"}]})
    with pytest.raises(BadDocument, match="margins is one of"):
        pos.Receipt().pdf_page(b"%PDF-", margins="none")  # type: ignore[arg-type]
