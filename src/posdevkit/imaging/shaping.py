"""HarfBuzz: from text of one font, script and direction to dots, with every letter in the form its neighbours ask for.

It is told the direction; the script it finds by itself. A glyph that a font has not is told, never drawn.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from posdevkit.errors import InputFailed, Unsupported

from .extras import need
from .fonts import FontFile

if TYPE_CHECKING:
    from PIL.Image import Image as Pixels

__all__ = ["Shaped", "Typeface", "is_invisible", "script_of", "shaper_is_there"]

_FINE = 64  # places of a glyph within a dot
_INKED = 112  # of 255: a little under half, or hairlines would break
_EXTRA = "text"
_DIGITS = bytes(ord("1") if level >= _INKED else ord("0") for level in range(256))


def shaper_is_there() -> bool:
    """Whether the library that shapes is installed."""
    from importlib.util import find_spec

    return find_spec("uharfbuzz") is not None


def _harfbuzz() -> Any:  # it comes without types
    return need("uharfbuzz", "text that has to be drawn", _EXTRA)


@lru_cache(maxsize=4096)
def script_of(char: str) -> str:
    """The four letters of a character's script (ISO 15924); empty for what all scripts share."""
    buffer = _harfbuzz().Buffer()
    buffer.add_str(char)
    buffer.guess_segment_properties()
    script = str(buffer.script or "")
    return "" if script in ("Zyyy", "Zinh", "Zzzz") else script


@dataclass(frozen=True, slots=True)
class Shaped:
    """Dots of one run: `rows` by their distance from the baseline (0 is the first above it), `left` of the pen."""

    advance: int
    left: int
    width: int
    rows: tuple[tuple[int, int], ...]
    """Distance and dots, of which the highest bit of `width` is leftmost."""


class Typeface:
    """One font."""

    def __init__(self, file: FontFile) -> None:
        self.file = file
        self._sets: dict[str, bool] = {}

    @cached_property
    def _face(self) -> Any:
        harfbuzz = _harfbuzz()
        try:
            face = harfbuzz.Face(harfbuzz.Blob.from_file_path(str(self.file.path)), self.file.index)
        except (harfbuzz.HarfBuzzError, OSError, ValueError) as problem:
            raise InputFailed(f"{self.file.path}: {problem}", remedy="Give the path of a font you can read.") from None
        if not face.glyph_count:
            raise InputFailed(f"{self.file.path}: not a font", remedy="Give the path of a .ttf, .otf or .ttc file.")
        return face

    @cached_property
    def _plain(self) -> Any:
        return _harfbuzz().Font(self._face)

    def sets(self, cluster: str) -> bool:
        """Whether the font has every glyph of it."""
        known = self._sets.get(cluster)
        if known is None:
            # A letter with its mark may be one glyph or two, and a vowel be set from others: only shaping tells. It is
            # not asked where not even the bare letter is there, since most of a system's fonts end here.
            bare = unicodedata.normalize("NFD", cluster)[0]
            known = not is_invisible(cluster) and any(map(self._plain.get_nominal_glyph, {ord(cluster[0]), ord(bare)}))
            if known:
                buffer = self._buffer(self._plain, cluster, right_to_left=False)
                known = all(info.codepoint for info in buffer.glyph_infos)
            self._sets[cluster] = known
        return known

    def _buffer(self, font: Any, text: str, *, right_to_left: bool) -> Any:
        harfbuzz = _harfbuzz()
        buffer = harfbuzz.Buffer()
        buffer.add_str(text)
        buffer.flags = harfbuzz.BufferFlags.REMOVE_DEFAULT_IGNORABLES
        buffer.direction = "rtl" if right_to_left else "ltr"
        buffer.guess_segment_properties()
        harfbuzz.shape(font, buffer)
        return buffer

    @lru_cache(maxsize=512)  # noqa: B019  # fonts live as long as the process
    def shaped(self, text: str, *, right_to_left: bool, across: int, tall: int, bold: bool) -> Shaped:
        """`text` in letters `across` dots wide and `tall` dots high per em."""
        harfbuzz = _harfbuzz()
        font = harfbuzz.Font(self._face)
        font.scale = (across * _FINE, tall * _FINE)
        buffer = self._buffer(font, text, right_to_left=right_to_left)
        draw = harfbuzz.RasterDraw()
        draw.scale_factor = (_FINE, _FINE)
        pictures: list[tuple[int, int, Pixels]] = []
        pen = 0
        for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            if not info.codepoint:
                raise Unsupported(
                    f"{self.file.path} has each character of {text!r}, and not the form that it takes there",
                    remedy="Name another font of that script.",
                )
            x, y = pen + position.x_offset, position.y_offset
            for shift in (0, _FINE) if bold else (0,):  # struck again a dot to the right, as printers do
                draw.transform = (1.0, 0.0, 0.0, 1.0, float(x + shift), float(y))
                drawn = draw.draw_glyph_or_fail(font, info.codepoint)
            if not drawn and (blob := font.get_glyph_color_png(info.codepoint)) is not None and len(blob):
                pictures.append(_coloured(bytes(blob.data), x, position.x_advance, tall))
            pen += position.x_advance
        rows: dict[int, int] = {}
        image = draw.render()
        left, width = 0, 0
        if image is not None and image.extents.width:
            place = image.extents
            left, width = place.x_origin, place.width
            data = bytes(image.buffer)
            for row in range(place.height):
                line = data[row * place.stride : row * place.stride + width]
                if bits := int(line.translate(_DIGITS), 2):
                    rows[place.y_origin + row] = bits
        for picture in pictures:
            left, width = _laid(rows, left, width, picture)
        return Shaped(-(-pen // _FINE), left, width, tuple(sorted(rows.items())))


def _coloured(png: bytes, x: int, advance: int, tall: int) -> tuple[int, int, Pixels]:
    """A glyph that is a coloured picture, in black dots as wide as it advances, and where it stands."""
    import io

    from .dither import dithered

    pil = need("PIL.Image", "an emoji in colours")
    with pil.open(io.BytesIO(png)) as opened:
        size = max(1, min(advance // _FINE, tall * 6 // 5))
        height = max(1, round(size * opened.height / opened.width))
        pixels = opened.convert("RGBA").resize((size, height), reducing_gap=3.0)
    white = pil.new("L", pixels.size, 255)
    white.paste(pixels.convert("L"), mask=pixels.getchannel("A"))
    below = -(height - tall) // 2 - tall // 8
    return x // _FINE, below, dithered(white, "floyd-steinberg")


def _laid(rows: dict[int, int], left: int, width: int, placed: tuple[int, int, Pixels]) -> tuple[int, int]:
    """Put a picture over the rows, which grow to hold it; their new left edge and width."""
    at, below, picture = placed
    right = max(left + width, at + picture.width) if width else at + picture.width
    edge = min(left, at) if width else at
    spare = right - (left + width) if width else 0
    for row in rows:
        rows[row] <<= spare
    stride = (picture.width + 7) // 8
    data = picture.tobytes("raw", "1;I")
    for row in range(picture.height):
        bits = int.from_bytes(data[row * stride : (row + 1) * stride], "big") >> (8 * stride - picture.width)
        if bits:
            place = below + picture.height - 1 - row
            rows[place] = rows.get(place, 0) | bits << (right - at - picture.width)
    return edge, right - edge


def is_invisible(text: str) -> bool:
    """Whether nothing of it is seen: joiners, marks of direction, soft hyphens, variation selectors."""
    return all(
        unicodedata.category(char) == "Cf" or "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
        for char in text
    )
