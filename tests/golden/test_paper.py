"""Whole tickets, dot by dot and character by character, against the pictures and texts in `paper/`.

What a letter or an alignment must look like is worked out by hand in `tests/unit/paper/test_dots.py`; these pictures
only keep the sum of it from changing unseen. `POSDEVKIT_UPDATE_GOLDEN=1 pytest tests/golden` writes them anew: look at
them before they are kept. Dots are compared, not files, since compressors differ.
"""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from posdevkit.paper import Geometry, RollChange, Ticket, render_job

FOLDER = Path(__file__).parent / "paper"
UPDATE = os.environ.get("POSDEVKIT_UPDATE_GOLDEN") == "1"

WIDE = Geometry(576, pages={0: "cp437", 16: "cp1252", 17: "cp866", 19: "cp858", 14: "cp737"}, cutter_feed=120)
NARROW = Geometry(384, pages={0: "cp437", 16: "cp1252"})


def columns(left: bytes, right: bytes, width: int = 48) -> bytes:
    return left.ljust(width - len(right)) + right + b"\n"


# A logo of 64 x 24 dots: a triangle in a frame, made of bytes that are easy to see in hex.
LOGO = b"\xff" * 8 + b"".join(
    (1 << 63 | 1 | ((1 << 2 * row) - 1) << (32 - row)).to_bytes(8, "big") for row in range(1, 23)
) + b"\xff" * 8  # fmt: skip

CAFE = b"".join(
    (
        b"\x1b@\x1bt\x10\x1ba\x01",
        b"\x1dv0\x00\x08\x00\x18\x00" + LOGO,
        b"\x1d!\x11\x1bE\x01Caf\xe9 Nord\n\x1bE\x00\x1d!\x00",
        b"N\xf8rregade 12, K\xf8benhavn\n\n\x1ba\x00",
        columns(b"Flat white", b"38,00"),
        columns(b"Kanelsnegl", b"32,00"),
        columns(b"  \xd8kologisk \xe6blejuice", b"28,00"),
        b"-" * 48 + b"\n",
        b"\x1d!\x01\x1bE\x01" + columns(b"TOTAL DKK", b"98,00") + b"\x1bE\x00\x1d!\x00",
        b"\x1bM\x01" + columns(b"Heraf moms 25%", b"19,60", 64) + b"\x1bM\x00",
        b"\x1b-\x01underlined\x1b-\x02 twice\x1b-\x00  \x1dB\x01 reversed \x1dB\x00  \x80 2,50\n",
        b"\x1bt\x11\x8f\xe0\xa8\xa2\xa5\xe2 \x1bt\x0e\x82\x9c\x9b\x98 ",
        b"\x1bt\x00\xc9\xcd\xcd\xbb \xb0\xb1\xb2\xdb\n\x1bt\x10",
        b"\x1b{\x01upside down\n\x1b{\x00",
        b"a\tb\tc\x1b$\x90\x01at 400\n",
        b"\x1ba\x01\x1dh\x40\x1dw\x02\x1dH\x02\x1dkC\x0c570123456789\n",
        b"\x1df\x01\x1dkI\x0b{BABC-{C\x0c\x22\x38\n",
        b"Tak for bes\xf8get!\n",
        b"\x1bp\x00\x19\xfa\x1dVB\x00",
    )
)

SIZES = b"".join(
    (
        *(b"\x1d!" + bytes([(size - 1) * 17]) + b"%d" % size for size in range(1, 5)),
        b"\n\x1d!\x70wide\n\x1d!\x07tall\n\x1d!\x00",
        b"\x1b \x06spaced\n\x1b \x00\x1b3\x18close\nlines\n\x1b2",
        b"\x1dL\x30\x00\x1dW\x60\x00margins wrap here\n\x1dL\x00\x00\x1dW\x00\x00",
        b"\x1b*\x21\x18\x00" + b"".join((1 << row).to_bytes(3, "big") for row in range(24)) + b" bit image\n",
        b"\x1b*\x00\x08\x00\x01\x02\x04\x08\x10\x20\x40\x80 8 dots\n",
        b"\x1d(L\x2a\x000p0\x01\x011\x10\x00\x10\x00" + b"\xaa\xaa\x55\x55" * 8 + b"\x1d(L\x02\x0002",
        b"\x1ba\x02right\n\x1bM\x01\x1dB\x01font B\n",
    )
)

JOBS: Mapping[str, tuple[bytes, Geometry]] = {"cafe": (CAFE, WIDE), "sizes": (SIZES, NARROW)}


@pytest.mark.parametrize("name", JOBS)
def test_the_ticket_looks_as_it_did(name: str) -> None:
    job, geometry = JOBS[name]
    (ticket,) = render_job(job, geometry)
    if UPDATE:
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / f"{name}.png").write_bytes(ticket.png())
        (FOLDER / f"{name}.txt").write_text(ticket.text(), encoding="utf-8", newline="\n")
    assert ticket.text() == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    with Image.open(FOLDER / f"{name}.png") as golden, Image.open(io.BytesIO(ticket.png())) as drawn:
        assert drawn.size == golden.size == (geometry.width, ticket.height)
        changed = ImageChops.difference(drawn.convert("L"), golden.convert("L")).getbbox()
    assert changed is None, f"dots differ within {changed}"


def pixels(ticket: Ticket) -> bytes:
    """One byte per dot, read from the PNG by Pillow: 1 is black."""
    with Image.open(io.BytesIO(ticket.png())) as picture:
        return bytes(1 if value == 0 else 0 for value in picture.convert("L").tobytes())


# Two pictures side by side in a line with text; bars; a line that hangs over the edge; one upside down; white paper.
MIXED = (
    b"\x1b*\x21\x08\x00" + bytes(range(24)) + b"at 12:30, 1.066,50 kr\n\n\n\n\x1dv0\x00\x02\x00\x02\x00\xa5\x5a\x0f\xf0"
    b"\x1b{\x01upside down 12\n\x1b{\x00\x1d!\x77\x1dL\x68\x01wide\n\x1dL\x00\x00\x1d!\x00\x1b-\x01\x1dB\x01 a  b \n"
    b"\x1dk\x45\x031-A\x1bd\x03"
)


@pytest.mark.parametrize("job", [SIZES, MIXED, b"\n\n", b"M" * 40 + b"\n"])
@pytest.mark.parametrize("width", [377, 384])  # one that leaves padding in each row
def test_the_png_holds_the_dots_of_the_raster(job: bytes, width: int) -> None:
    (ticket,) = render_job(job, Geometry(width))
    raster = ticket.raster()
    bits = "".join(format(byte, "08b") for byte in raster.data)
    expected = "".join(bits[row * raster.stride * 8 :][: raster.width] for row in range(raster.height))
    assert pixels(ticket) == bytes(map(int, expected))


def test_a_margin_is_white_and_moves_nothing() -> None:
    (ticket,) = render_job(CAFE, WIDE)
    with Image.open(io.BytesIO(ticket.png(margin=16))) as wide, Image.open(io.BytesIO(ticket.png())) as plain:
        assert wide.size == (ticket.width + 32, ticket.height + 32)
        inner = wide.convert("L").crop((16, 16, 16 + ticket.width, 16 + ticket.height))
        assert inner.tobytes() == plain.convert("L").tobytes()
        frame = wide.convert("L")
        frame.paste(255, (16, 16, 16 + ticket.width, 16 + ticket.height))
        assert frame.getextrema() == (255, 255)
    with pytest.raises(ValueError, match="multiple of 8"):
        ticket.png(margin=5)


@pytest.mark.parametrize("cut", [True, False])
def test_the_picture_of_the_paper_shows_the_same_ink(cut: bool) -> None:
    (ticket,) = render_job(CAFE if cut else CAFE[:-4], WIDE)
    with Image.open(io.BytesIO(ticket.png(paper=True))) as picture:
        assert picture.mode == "P"
        assert picture.info["transparency"] == 0
        shown = picture.convert("RGBA")
        ink = picture.point([255 if number == 2 else 0 for number in range(256)], "L")
    left = (shown.width - ticket.width) // 2
    box = ink.getbbox()
    assert box is not None
    top = box[1]  # the logo's frame is the first row of the ticket
    inner = ink.crop((left, top, left + ticket.width, top + ticket.height))
    assert bytes(1 if value else 0 for value in inner.tobytes()) == pixels(ticket)
    # Outside is transparent, paper is not; the torn edge has teeth where the cut edge is straight.
    assert shown.getpixel((0, 0))[3] == 0  # type: ignore[index]
    assert shown.getpixel((left, top))[3] == 255  # type: ignore[index]
    bottom = shown.getchannel("A").getbbox()
    assert bottom is not None
    last = shown.getchannel("A").crop((0, bottom[3] - 1, shown.width, bottom[3])).tobytes()
    assert (last.count(b"\xff" * 100) > 0) is cut


def test_the_picture_of_the_paper_shows_where_a_new_roll_began() -> None:
    (ticket,) = render_job(CAFE, WIDE)
    two_rolls = replace(ticket, items=(*ticket.items, RollChange(90)))
    with (
        Image.open(io.BytesIO(ticket.png(paper=True))) as one,
        Image.open(io.BytesIO(two_rolls.png(paper=True))) as two,
    ):
        assert (two.width, two.height) == (one.width, one.height + 2)  # the mark takes two rows and hides no dot
        (place,) = [y for y in range(1, two.height) if two.getpixel((60, y)) == 3 and two.getpixel((74, y)) == 1][:1]
        assert two.crop((0, 0, two.width, place)).tobytes() == one.crop((0, 0, one.width, place)).tobytes()
        below = two.crop((0, place + 2, two.width, two.height))
        assert below.tobytes() == one.crop((0, place, one.width, one.height)).tobytes()
    assert two_rolls.png() == ticket.png()
    assert two_rolls.text() == ticket.text()
