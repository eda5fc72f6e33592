"""A photo to 576 x 2000 packed dots, against the same four operations written straight in Pillow."""

from __future__ import annotations

import io
from collections.abc import Callable

from harness import Row, alternate
from PIL import Image as Pil

from posdevkit.documents import Image, Raster
from posdevkit.imaging import rasterize

WIDTH, HEIGHT = 576, 2000


def photo(width: int, height: int) -> Pil.Image:
    """Soft shapes with grain, as a camera leaves them; the same on every run."""
    soft = Pil.radial_gradient("L").resize((width, height))
    across = Pil.linear_gradient("L").rotate(90).resize((width, height))
    grain = Pil.frombytes("L", (251, 241), bytes((i * 7919 >> 3) & 0x3F for i in range(251 * 241))).resize(
        (width, height)
    )
    return Pil.merge("RGB", (soft, Pil.blend(soft, across, 0.5), Pil.blend(across, grain, 0.3)))


def pillow(pixels: Pil.Image) -> bytes:
    """Resize, flatten on white, dither, pack: each one call of Pillow."""
    if pixels.size != (WIDTH, HEIGHT):
        pixels = pixels.resize((WIDTH, HEIGHT))
    if pixels.mode == "RGBA":
        white = Pil.new("RGB", pixels.size, "white")
        white.paste(pixels, mask=pixels.getchannel("A"))
        pixels = white
    return pixels.convert("1").tobytes("raw", "1;I")


def pillow_file(data: bytes) -> bytes:
    """The same from a file, with the decoder's own help in scaling."""
    with Pil.open(io.BytesIO(data)) as pixels:
        pixels.draft("L", (WIDTH, HEIGHT))
        return pillow(pixels)


def measure(rounds: int) -> list[Row]:
    """Ours over Pillow's, for a photo of the right size, a larger one with transparency, and a JPEG file."""
    plain = photo(WIDTH, HEIGHT)
    large = photo(2 * WIDTH, 2 * HEIGHT)
    large.putalpha(Pil.radial_gradient("L").resize(large.size))
    store = io.BytesIO()
    photo(2 * WIDTH, 2 * HEIGHT).save(store, "JPEG", quality=90)
    file = store.getvalue()
    cases: tuple[tuple[str, Callable[[], bytes], Callable[[], Raster]], ...] = (
        ("576 x 2000 RGB in memory", lambda: pillow(plain), lambda: rasterize(Image(plain), WIDTH)),
        ("1152 x 4000 RGBA in memory", lambda: pillow(large), lambda: rasterize(Image(large), WIDTH)),
        ("1152 x 4000 JPEG", lambda: pillow_file(file), lambda: rasterize(Image(file), WIDTH)),
    )
    rows = []
    for name, theirs, ours in cases:
        assert len(theirs()) == len(ours().data) == WIDTH // 8 * HEIGHT
        turns = alternate(theirs, ours, rounds, 0.05)
        note = f"{turns.second * 1000:.1f} ms against {turns.first * 1000:.1f} ms"
        what = f"time of rasterize() over Pillow's resize, flatten, dither and pack, {name}"
        rows.append(Row(what, turns.ratio, "x", "at most 1.2", turns.ratio <= 1.2, note))
    return rows
