"""Pictures to packed dots: read, turned upright, laid on white, scaled, dithered and packed, all in Pillow's C code."""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from posdevkit.documents import Image, PdfPage, Raster
from posdevkit.errors import BadImage, PosError

from .dither import dithered
from .extras import need

if TYPE_CHECKING:
    from PIL.Image import Image as Pixels

__all__ = ["MAX_PIXELS", "check_size", "rasterize"]

MAX_PIXELS = 64_000_000
"""Dots a picture may have, before and after scaling: what a phone takes fits, what eats the till's memory does not."""

_ORIENTATION = 0x0112
# EXIF 2.3, tag Orientation: how the stored picture is turned to stand upright, as names of Pillow's transpositions.
_UPRIGHT = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}
_SIXTEEN_BIT = ("I", "I;16", "I;16L", "I;16B", "I;16N")
# `warnings.catch_warnings` swaps a list that belongs to the whole process.
_filters = threading.Lock()


def rasterize(image: Image, max_width: int) -> Raster:
    """The dots of `image`, at most `max_width` wide.

    A picture narrower than that keeps its size unless `image.width` asks for another. Transparent parts become white.
    The whole picture is dithered at once, so that a driver's bands show no seams.

    Raises BadImage, naming the file, for what is missing, unreadable, truncated, no picture, or over 64 megapixels
    (told from its header, before anything is decoded), and for a PDF that is locked or lacks the page; MissingExtra
    without Pillow, or pypdfium2 for a PDF.
    """
    if max_width < 1:
        raise ValueError(f"paper is at least 1 dot wide, not {max_width}")
    name = _name(image)
    with _opened(image, name, max_width) as pixels:
        check_size(pixels.size, name)
        try:
            return _rasterized(image, pixels, max_width, name)
        except (PosError, MemoryError):
            raise
        # Pillow's many readers raise whatever their parsers stumble over; to the caller it is one thing: a bad file.
        except Exception as problem:
            raise BadImage(f"{name}: {_reason(problem)}") from problem


def _rasterized(image: Image, pixels: Pixels, max_width: int, name: str) -> Raster:
    if not _is_jpeg(pixels):
        pixels.load()  # other formats may keep their EXIF behind the pixels
    turn = _UPRIGHT.get(_orientation(pixels))
    lying = turn in ("TRANSPOSE", "ROTATE_270", "TRANSVERSE", "ROTATE_90")
    size = _target(pixels.size, image.width, max_width, lying=lying)
    check_size(size, f"{name}, scaled to {image.width} dots")
    if _is_jpeg(pixels) and pixels is not image.source:
        # Let the decoder leave out what will not be seen: grey at once, and an eighth of the size for a big photo.
        pixels.draft("L", size)
    if pixels.size == size and pixels.mode == "RGB" and not pixels.has_transparency_data:
        grey = pixels  # nothing to lay on white and nothing to scale: the dither itself sees grey
    else:
        grey = _grey(pixels)
    if grey.size != size:
        grey = grey.resize(size, reducing_gap=3.0)
    if turn is not None:
        transpose = need("PIL.Image", "a picture").Transpose
        grey = grey.transpose(transpose[turn])
    dots = dithered(grey, image.dither)
    return Raster(dots.width, dots.height, dots.tobytes("raw", "1;I"))


@contextmanager
def _opened(image: Image, name: str, max_width: int) -> Iterator[Pixels]:
    """The picture with its header read; what was opened here is closed here, a caller's own picture is left open."""
    pil = need("PIL.Image", "a picture")
    source = image.source
    if isinstance(source, PdfPage):
        from .pdf import page_pixels

        yield page_pixels(source, min(image.width or max_width, max_width), name, enlarge=image.width is not None)
        return
    if isinstance(source, pil.Image):
        yield source
        return
    if isinstance(source, bytes | bytearray | memoryview):
        place: object = io.BytesIO(source)
    elif isinstance(source, str | Path):
        place = source
    else:
        raise BadImage(f"expected a path, the bytes of a picture or a Pillow image, got {type(source).__name__}")
    try:
        with _filters, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of sizes, judged here, and of flaws that do not matter on paper
            pixels: Pixels = pil.open(place)
    except MemoryError:
        raise
    except Exception as problem:
        raise BadImage(f"{name}: {_reason(problem)}") from problem
    with pixels:
        yield pixels


def _name(image: Image) -> str:
    source = image.source
    if isinstance(source, PdfPage):
        return str(source.source) if isinstance(source.source, str | Path) else f"a PDF of {len(source.source)} bytes"
    if isinstance(source, str | Path):
        return str(source)
    if isinstance(source, bytes | bytearray | memoryview):
        return f"a picture of {len(source)} bytes"
    return "a Pillow image"


def _reason(problem: Exception) -> str:
    pil = need("PIL.Image", "a picture")
    if isinstance(problem, pil.DecompressionBombError):
        return f"more than {MAX_PIXELS // 1_000_000} megapixels"
    if isinstance(problem, need("PIL", "a picture").UnidentifiedImageError):
        return "not a picture in a format that Pillow reads"
    if isinstance(problem, OSError) and problem.strerror:
        return problem.strerror
    return f"cannot be read ({str(problem) or type(problem).__name__})"


def check_size(size: tuple[int, int], name: str) -> None:
    """Raises BadImage for what is no picture or is too large for one."""
    width, height = size
    if not width or not height:
        raise BadImage(f"{name}: {width} x {height} dots are no picture")
    if width * height > MAX_PIXELS:
        raise BadImage(
            f"{name}: {width} x {height} dots are {width * height / 1e6:.0f} megapixels,"
            f" more than {MAX_PIXELS // 1_000_000}"
        )


def _is_jpeg(pixels: Pixels) -> bool:
    return pixels.format in ("JPEG", "MPO")


def _orientation(pixels: Pixels) -> int:
    try:
        return int(pixels.getexif().get(_ORIENTATION, 1))
    except Exception:  # noqa: BLE001  a picture whose EXIF is garbled is still a picture
        return 1


def _target(size: tuple[int, int], wanted: int | None, max_width: int, *, lying: bool) -> tuple[int, int]:
    """The size to scale the stored picture to; `lying` pictures have their width upright."""
    width, height = reversed(size) if lying else size
    new_width = min(wanted or width, max_width)
    new_height = max(1, round(height * new_width / width))
    return (new_height, new_width) if lying else (new_width, new_height)


def _grey(pixels: Pixels) -> Pixels:
    """Eight bits of grey on white."""
    if pixels.mode in _SIXTEEN_BIT:
        # Pillow's own conversion clips at 255 and would leave all but black white.
        return pixels.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if not pixels.has_transparency_data:
        return pixels.convert("L")
    if pixels.mode not in ("LA", "RGBA"):
        pixels = pixels.convert("RGBA")
    white = need("PIL.Image", "a picture").new("L", pixels.size, 255)
    white.paste(pixels.convert("L"), mask=pixels.getchannel("A"))
    return white  # type: ignore[no-any-return]
