"""Bands, scaling and PNG: what is done to dots that are there."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pil

from posdevkit.documents import Raster
from posdevkit.errors import MissingExtra
from posdevkit.imaging import blank, extras, png_bytes, scale


@st.composite
def rasters(draw: st.DrawFn, most: int = 40) -> Raster:
    width, height = draw(st.integers(1, most)), draw(st.integers(1, most))
    stride = (width + 7) // 8
    mask = (0xFF << (stride * 8 - width)) & 0xFF
    rows = [bytearray(draw(st.binary(min_size=stride, max_size=stride))) for _ in range(height)]
    for row in rows:
        row[-1] &= mask
    return Raster(width, height, b"".join(rows))


def decoded(png: bytes) -> Raster:
    with Pil.open(io.BytesIO(png)) as picture:
        assert picture.mode == "1"
        return Raster(picture.width, picture.height, picture.tobytes("raw", "1;I"))


@given(rasters())
def test_a_png_read_by_pillow_has_the_same_dots(raster: Raster) -> None:
    assert decoded(png_bytes(raster)) == raster


def test_a_png_longer_than_one_strip_and_its_size_on_paper() -> None:
    raster = Raster(16, 3000, bytes(range(250)) * 24)
    png = png_bytes(raster, dpi=203)
    assert decoded(png) == raster
    with Pil.open(io.BytesIO(png)) as picture:
        assert picture.info["dpi"] == pytest.approx((203, 203), abs=0.1)
    assert png == png_bytes(raster), "the same dots give the same bytes"


def test_nothing_printed_is_one_white_dot() -> None:
    assert decoded(png_bytes(Raster(0, 0, b""))) == Raster(1, 1, b"\0")
    assert decoded(png_bytes(Raster(576, 0, b""))) == blank(576, 1)


def test_scaling_by_hand() -> None:
    # #.#  becomes  ##..##  twice
    assert scale(Raster(3, 1, b"\xa0"), 2, 2) == Raster(6, 2, b"\xcc\xcc")
    assert scale(Raster(9, 1, b"\x80\x80"), 1, 1) == Raster(9, 1, b"\x80\x80")
    assert scale(Raster(0, 0, b""), 3, 3) == Raster(0, 0, b"")
    with pytest.raises(ValueError, match="0 x 1"):
        scale(Raster(3, 1, b"\xa0"), 0, 1)


@given(rasters(12), st.integers(1, 9), st.integers(1, 5))
def test_scaling_like_pillow(raster: Raster, sx: int, sy: int) -> None:
    picture = Pil.frombytes("1", (raster.width, raster.height), raster.data)
    large = picture.resize((raster.width * sx, raster.height * sy), Pil.Resampling.NEAREST)
    assert scale(raster, sx, sy) == Raster(large.width, large.height, large.tobytes())


def test_importing_the_room_loads_none_of_its_libraries() -> None:
    script = (
        "import sys, posdevkit.imaging;print([name for name in ('PIL', 'qrcode', 'barcode') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_dots_become_a_png_without_pillow_or_any_other_library() -> None:
    script = (
        "import sys;"
        "sys.modules.update(dict.fromkeys(('PIL', 'qrcode', 'barcode')));"
        "from posdevkit import imaging; from posdevkit.documents import Raster, Symbology;"
        "bars = imaging.barcode(Symbology.EAN13, '5901234123457');"
        "print(len(imaging.png_bytes(imaging.scale(bars.row(2), 1, 50))) > 60)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"


def test_a_missing_library_is_named_with_what_installs_it() -> None:
    with pytest.raises(MissingExtra) as caught:
        extras.need("no_such_library.inside", "a picture")
    assert "a picture needs no_such_library" in str(caught.value)
    assert 'pip install "posdevkit[imaging]"' in str(caught.value)
