"""Dots against Pillow's own operations one by one, and against the textbook's loops."""

from __future__ import annotations

import random

import pytest
from PIL import Image as Pil

from posdevkit.documents import Image, Raster
from posdevkit.imaging import rasterize

# Bayer's 8 x 8 matrix as printed in the literature (ranks 0 to 63), row by row.
BAYER = [
    [0, 32, 8, 40, 2, 34, 10, 42],
    [48, 16, 56, 24, 50, 18, 58, 26],
    [12, 44, 4, 36, 14, 46, 6, 38],
    [60, 28, 52, 20, 62, 30, 54, 22],
    [3, 35, 11, 43, 1, 33, 9, 41],
    [51, 19, 59, 27, 49, 17, 57, 25],
    [15, 47, 7, 39, 13, 45, 5, 37],
    [63, 31, 55, 23, 61, 29, 53, 21],
]


def photo(mode: str, width: int, height: int) -> Pil.Image:
    """Slopes and noise, with a slope of transparency where the mode has one."""
    dice = random.Random(width * height)
    picture = Pil.new("RGBA", (width, height))
    for x in range(width):
        for y in range(height):
            slope = 255 * x // width
            picture.putpixel((x, y), (slope, 255 * y // height, dice.randrange(256), 255 - slope))
    return picture.convert(mode)


def black_at(raster: Raster, x: int, y: int) -> bool:
    return bool(raster.data[y * raster.stride + x // 8] >> (7 - x % 8) & 1)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK", "RGBA"])
def test_floyd_steinberg_is_pillows_own(mode: str) -> None:
    picture = photo(mode, 61, 90)
    if mode == "RGBA":
        page = Pil.new("RGBA", picture.size, "white")
        page.alpha_composite(picture)
        expected = page.convert("RGB")
    else:
        expected = picture
    ours = rasterize(Image(picture), 576)
    # Pillow greys RGB on the way, with another rounding than its own mode L.
    theirs = expected.convert("1") if mode == "RGB" else expected.convert("L").convert("1")
    if mode == "RGBA":
        # Laid on white in grey instead of in three colours: rounding may move a dot, never the darkness.
        blacks = sum(black_at(ours, x, y) for x in range(61) for y in range(90))
        assert abs(blacks - theirs.histogram()[0]) <= 61 * 90 // 100
    else:
        assert ours == Raster(61, 90, theirs.tobytes("raw", "1;I"))


@pytest.mark.parametrize("size", [(30, 45), (61, 90), (200, 300)])
def test_scaling_is_pillows_own(size: tuple[int, int]) -> None:
    width = size[0]
    picture = photo("L", 61, 90)
    theirs = picture.resize((width, round(90 * width / 61))).convert("1")
    ours = rasterize(Image(picture, width=width), 576)
    assert ours == Raster(*theirs.size, theirs.tobytes("raw", "1;I"))


def test_threshold_dot_by_dot() -> None:
    picture = photo("L", 61, 90)
    raster = rasterize(Image(picture, dither="threshold"), 576)
    for x in range(61):
        for y in range(90):
            assert black_at(raster, x, y) == (picture.getpixel((x, y)) < 128)  # type: ignore[operator]


def test_ordered_dot_by_dot() -> None:
    picture = photo("L", 61, 90)
    raster = rasterize(Image(picture, dither="ordered"), 576)
    for x in range(61):
        for y in range(90):
            grey = picture.getpixel((x, y))
            assert black_at(raster, x, y) == (grey <= 4 * BAYER[y % 8][x % 8] + 2)  # type: ignore[operator]


@pytest.mark.parametrize("dither", ["floyd-steinberg", "ordered"])
@pytest.mark.parametrize("grey", [32, 64, 128, 200, 230])
def test_the_share_of_black_is_the_darkness(dither: str, grey: int) -> None:
    raster = rasterize(Image(Pil.new("L", (256, 256), grey), dither=dither), 576)  # type: ignore[arg-type]
    share = sum(byte.bit_count() for byte in raster.data) / 256**2
    assert share == pytest.approx(1 - grey / 255, abs=0.012)


def test_no_seam_where_a_driver_may_cut_bands() -> None:
    # A slope dithered at once has no row where the diffused error starts anew, as it has after every band elsewhere.
    picture = Pil.linear_gradient("L").resize((64, 2000))
    whole = rasterize(Image(picture), 576)
    apart = [rasterize(Image(picture.crop((0, top, 64, top + 960))), 576) for top in (0, 960)]
    assert whole.data[: 960 * 8] == apart[0].data
    assert whole.data[960 * 8 : 1920 * 8] != apart[1].data
    theirs = picture.convert("1")
    assert whole.data == theirs.tobytes("raw", "1;I")
