"""Pictures to dots: every expected dot here was worked out by hand."""

from __future__ import annotations

import io
import struct
import threading
import zlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image as Pil

from posdevkit.documents import Image, Raster
from posdevkit.errors import BadDocument, BadImage
from posdevkit.imaging import rasterize
from posdevkit.imaging.dither import bayer


def drawn(raster: Raster) -> list[str]:
    """Rows of a raster as text, "#" for black."""
    rows = []
    for y in range(raster.height):
        row = raster.data[y * raster.stride : (y + 1) * raster.stride]
        bits = "".join(f"{byte:08b}" for byte in row)
        assert set(bits[raster.width :]) <= {"0"}, "the padding is white"
        rows.append(bits[: raster.width].replace("0", ".").replace("1", "#"))
    return rows


def saved(picture: Pil.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def two_by_two(mode: str, *dots: Any) -> Pil.Image:
    picture = Pil.new(mode, (2, 2))
    for place, dot in enumerate(dots):
        picture.putpixel((place % 2, place // 2), dot)
    return picture


CHECKS = {
    "1": two_by_two("1", 0, 255, 255, 0),
    "L": two_by_two("L", 0, 255, 255, 0),
    "L, either side of the middle": two_by_two("L", 127, 128, 128, 127),
    "LA": two_by_two("LA", (0, 255), (0, 0), (255, 255), (0, 255)),
    "LA, half transparent": two_by_two("LA", (0, 130), (0, 120), (0, 0), (0, 255)),
    "RGB": two_by_two("RGB", (0, 0, 0), (255, 255, 255), (255, 255, 255), (9, 9, 9)),
    "RGBA": two_by_two("RGBA", (0, 0, 0, 255), (0, 0, 0, 0), (255, 0, 0, 0), (0, 0, 0, 255)),
    "CMYK": two_by_two("CMYK", (0, 0, 0, 255), (0, 0, 0, 0), (0, 0, 0, 0), (255, 255, 255, 0)),
    "YCbCr": two_by_two("YCbCr", (0, 128, 128), (255, 128, 128), (255, 128, 128), (0, 128, 128)),
    "HSV": two_by_two("HSV", (0, 0, 0), (0, 0, 255), (0, 0, 255), (0, 0, 0)),
    "I;16, 16 bits are not clipped at 8": two_by_two("I;16", 20_000, 60_000, 40_000, 300),
    "I, 16 bits in 32": two_by_two("I", 20_000, 60_000, 40_000, 300),
    "F": two_by_two("F", 0.0, 255.0, 255.0, 0.0),
    "RGBa": two_by_two("RGBA", (0, 0, 0, 255), (0, 0, 0, 0), (9, 9, 9, 0), (0, 0, 0, 255)).convert("RGBa"),
}


@pytest.mark.parametrize("mode", CHECKS)
def test_the_same_four_dots_in_every_mode(mode: str) -> None:
    assert drawn(rasterize(Image(CHECKS[mode], dither="threshold"), 576)) == ["#.", ".#"]


def test_a_palette_with_a_transparent_colour_is_laid_on_white() -> None:
    picture = Pil.new("P", (2, 1))
    picture.putpalette([0, 0, 0, 10, 10, 10])
    picture.putpixel((1, 0), 1)
    assert drawn(rasterize(Image(saved(picture, transparency=1)), 576)) == ["#."]
    assert drawn(rasterize(Image(saved(picture, transparency=b"\x00\xff")), 576)) == [".#"]
    assert drawn(rasterize(Image(saved(picture)), 576)) == ["##"], "and without one it is not"


@pytest.mark.parametrize(("mode", "key"), [("L", 0), ("RGB", (0, 0, 0))])
def test_a_colour_named_transparent_in_the_file_is_laid_on_white(mode: str, key: int | tuple[int, ...]) -> None:
    black_then_nearly = Pil.new(mode, (2, 1), key)
    black_then_nearly.putpixel((1, 0), 1 if mode == "L" else (1, 0, 0))
    assert drawn(rasterize(Image(saved(black_then_nearly, transparency=key)), 576)) == [".#"]


def test_transparent_dots_do_not_shine_through_when_scaled() -> None:
    # Black hidden under full transparency must not darken its white neighbours.
    picture = Pil.new("RGBA", (80, 80), (0, 0, 0, 0))
    assert not any(rasterize(Image(picture, width=10, dither="threshold"), 576).data)


# An F, whose eight placements all differ; each is how the file's dots lie for the EXIF value (EXIF 2.3, Orientation).
UPRIGHT = ["##", "#.", "##", "#."]
STORED = {
    1: ["##", "#.", "##", "#."],
    2: ["##", ".#", "##", ".#"],
    3: [".#", "##", ".#", "##"],
    4: ["#.", "##", "#.", "##"],
    5: ["####", "#.#."],
    6: ["#.#.", "####"],
    7: [".#.#", "####"],
    8: ["####", ".#.#"],
}


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", STORED)
def test_a_photo_stands_upright(orientation: int, kind: str) -> None:
    rows = STORED[orientation]
    picture = Pil.new("L", (len(rows[0]), len(rows)), 255)
    for y, row in enumerate(rows):
        for x, dot in enumerate(row):
            picture.putpixel((x, y), 0 if dot == "#" else 255)
    exif = Pil.Exif()
    exif[0x0112] = orientation
    big = picture.resize((picture.width * 8, picture.height * 8), Pil.Resampling.NEAREST)
    file = saved(big, kind, exif=exif)
    assert drawn(rasterize(Image(file, dither="threshold", width=2), 576)) == UPRIGHT


def test_a_lying_photo_is_scaled_by_its_upright_width() -> None:
    exif = Pil.Exif()
    exif[0x0112] = 6
    raster = rasterize(Image(saved(Pil.new("L", (300, 100)), "JPEG", exif=exif)), 50)
    assert (raster.width, raster.height) == (50, 150)


def test_garbled_exif_does_not_keep_a_picture_from_printing() -> None:
    file = saved(Pil.new("L", (8, 8)), "JPEG", exif=b"Exif\0\0MM\0\x2a\0\0\0\x08\xff\xff\x01\x12")
    assert set(drawn(rasterize(Image(file), 576))) == {"########"}


@pytest.mark.parametrize(
    ("size", "wanted", "paper", "expected"),
    [
        ((100, 50), None, 576, (100, 50)),
        ((1152, 100), None, 576, (576, 50)),
        ((100, 50), 200, 576, (200, 100)),
        ((100, 50), 1000, 576, (576, 288)),
        ((1000, 3), None, 100, (100, 1)),
        ((1, 1), None, 1, (1, 1)),
    ],
)
def test_a_picture_only_shrinks_unless_a_width_is_asked_for(
    size: tuple[int, int], wanted: int | None, paper: int, expected: tuple[int, int]
) -> None:
    raster = rasterize(Image(Pil.new("L", size), width=wanted), paper)
    assert (raster.width, raster.height) == expected


def test_a_black_picture_stays_black_and_a_white_one_white_in_every_dither() -> None:
    for how in ("threshold", "floyd-steinberg", "ordered"):
        for mode in ("L", "RGB", "RGBA"):
            black = rasterize(Image(Pil.new(mode, (17, 11), "black"), dither=how), 576)
            white = rasterize(Image(Pil.new(mode, (17, 11), "white"), dither=how), 576)
            assert drawn(black) == ["#" * 17] * 11
            assert drawn(white) == ["." * 17] * 11


def test_ordered_dither_by_the_matrix() -> None:
    # The first ranks of Bayer's matrix: the darkest 64th is one dot in the corner, then one in the middle, and so on.
    assert bayer()[0] == (0, 32, 8, 40, 2, 34, 10, 42)
    assert bayer()[4][4] == 1
    assert sorted(rank for row in bayer() for rank in row) == list(range(64))
    # Rank r is black where the grey is not above 4 r + 2: a middle grey of 128 leaves ranks 32 and up black.
    half = drawn(rasterize(Image(Pil.new("L", (16, 8), 128), dither="ordered"), 576))
    assert half == [("".join("#" if rank >= 32 else "." for rank in row)) * 2 for row in bayer()]
    quarter = drawn(rasterize(Image(Pil.new("L", (8, 8), 192), dither="ordered"), 576))
    assert "".join(quarter).count("#") == 16


def test_an_unknown_dither_is_named() -> None:
    with pytest.raises(BadDocument, match="halftone"):
        rasterize(Image(Pil.new("L", (2, 2)), dither="halftone"), 576)  # type: ignore[arg-type]


def test_a_path_as_text_and_as_path_and_bytes_give_the_same_dots(tmp_path: Path) -> None:
    file = tmp_path / "logo æøå.png"
    file.write_bytes(saved(CHECKS["L"]))
    from_text, from_path = rasterize(Image(str(file)), 576), rasterize(Image(file), 576)
    assert from_text == from_path == rasterize(Image(file.read_bytes()), 576)
    assert drawn(from_text) == ["#.", ".#"]


def test_a_callers_picture_is_neither_closed_nor_changed() -> None:
    file = io.BytesIO(saved(Pil.new("RGB", (1600, 1600), (90, 90, 90)), "JPEG"))
    with Pil.open(file) as picture:
        rasterize(Image(picture), 100)
        assert (picture.size, picture.mode, picture.getpixel((0, 0))) == ((1600, 1600), "RGB", (90, 90, 90))


def a_png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds no dots."""
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))


@pytest.mark.parametrize("size", [(8001, 8000), (10_000, 10_000), (20_000, 10_000), (100_000, 100_000)])
def test_a_huge_picture_is_refused_by_its_header(size: tuple[int, int]) -> None:
    # The second is where Pillow warns, the third and fourth where it refuses by itself; there is nothing to decode.
    with pytest.raises(BadImage, match="megapixels"):
        rasterize(Image(a_png_header(*size)), 576)


def test_a_needle_blown_up_to_the_paper_is_refused() -> None:
    with pytest.raises(BadImage, match="scaled to 576 dots"):
        rasterize(Image(Pil.new("1", (1, 60_000)), width=576), 576)


def test_a_callers_huge_picture_is_refused_too() -> None:
    class Huge(Pil.Image):
        size = (20_000, 10_000)

    with pytest.raises(BadImage, match="200 megapixels"):
        rasterize(Image(Huge()), 576)


def test_a_picture_without_dots_is_refused() -> None:
    with pytest.raises(BadImage, match="0 x 5"):
        rasterize(Image(Pil.new("L", (0, 5))), 576)


GOOD = saved(Pil.effect_noise((64, 64), 40))
BAD_FILES = {
    "empty": b"",
    "text": b"a receipt is no picture",
    "half a header": GOOD[:20],
    "truncated": GOOD[: len(GOOD) // 2],
    "flipped bits": GOOD[:60] + bytes(255 - byte for byte in GOOD[60:200]) + GOOD[200:],
    "a header alone": a_png_header(8, 8),
    "truncated JPEG": saved(Pil.effect_noise((64, 64), 40), "JPEG")[:-300],
    "truncated GIF": saved(Pil.effect_noise((64, 64), 40), "GIF")[:-300],
    "no format": b"\xff\xd8\xff\xe0" + bytes(40),
}


@pytest.mark.parametrize("flaw", BAD_FILES)
def test_a_file_that_is_no_picture_is_named(flaw: str, tmp_path: Path) -> None:
    file = tmp_path / "logo.png"
    file.write_bytes(BAD_FILES[flaw])
    with pytest.raises(BadImage) as caught:
        rasterize(Image(file), 576)
    assert str(file) in caught.value.detail
    assert "\n" not in caught.value.detail
    with pytest.raises(BadImage, match=r"a picture of [0-9]+ bytes"):
        rasterize(Image(BAD_FILES[flaw]), 576)


def test_a_missing_file_and_a_directory_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadImage, match=r"none\.png: No such file"):
        rasterize(Image(tmp_path / "none.png"), 576)
    with pytest.raises(BadImage, match="directory"):
        rasterize(Image(tmp_path), 576)
    with pytest.raises(BadImage, match="null"):
        rasterize(Image("a\0b.png"), 576)


def test_what_is_no_source_at_all_is_named() -> None:
    with pytest.raises(BadDocument, match="not the int 7"):
        Image(7)  # type: ignore[arg-type]
    other = SimpleNamespace(convert=str)  # as another library's pictures may have it
    with pytest.raises(BadImage, match="got SimpleNamespace"):
        rasterize(Image(other), 576)


def test_warnings_of_pillow_stay_inside_and_filters_outside(recwarn: pytest.WarningsRecorder) -> None:
    with pytest.raises(BadImage):
        rasterize(Image(a_png_header(10_000, 10_000)), 576)
    assert not recwarn.list


def test_pictures_in_two_threads_at_once() -> None:
    file = saved(Pil.effect_noise((200, 200), 40))
    expected = rasterize(Image(file), 100)
    found: list[Raster] = []
    threads = [threading.Thread(target=lambda: found.append(rasterize(Image(file), 100))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4
