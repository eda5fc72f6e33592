"""QR codes of model 1, the first of 1994, as dots: what a printer draws that is told `GS ( k` 65 with model 1.

Facts of ISO/IEC 18004:2000, annex M (tables M.2 and M.4), as readers have them: sizes and finder patterns are those of
model 2, but there are no alignment patterns, blocks are others, the format is masked otherwise, and codewords stand in
bricks of two by four modules, block after block. The first codeword begins with the four modules of the corner, which
are no data. An independent reader reads versions 1 to 12 back; it counts one or two bricks fewer than there are in 13
and 14, which are unproven.

How the extension patterns at the right and lower edges and that corner look is told on no page that was at hand; they
hold no data, readers pass over them, and they are left white here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal

from posdevkit.documents import Raster
from posdevkit.errors import BadDocument

from .extras import need
from .symbols import raster_from_rows

__all__ = ["qr_model1_matrix"]

_LEVELS: Final = ("L", "M", "Q", "H")
# By version from 1 to 14, for L, M, Q and H: codewords of correction in a block, blocks, codewords of data in a block.
_BLOCKS: Final = (
    ((7, 1, 19), (10, 1, 16), (13, 1, 13), (17, 1, 9)),
    ((10, 1, 36), (16, 1, 30), (22, 1, 24), (30, 1, 16)),
    ((15, 1, 57), (28, 1, 44), (36, 1, 36), (48, 1, 24)),
    ((20, 1, 80), (40, 1, 60), (50, 1, 50), (66, 1, 34)),
    ((26, 1, 108), (52, 1, 82), (66, 1, 68), (44, 2, 23)),
    ((34, 1, 136), (32, 2, 53), (42, 2, 43), (56, 2, 29)),
    ((42, 1, 170), (40, 2, 66), (52, 2, 54), (46, 3, 24)),
    ((24, 2, 104), (48, 2, 80), (64, 2, 64), (56, 3, 29)),
    ((30, 2, 123), (60, 2, 93), (50, 3, 52), (68, 3, 34)),
    ((34, 2, 145), (68, 2, 111), (58, 3, 61), (58, 4, 31)),
    ((40, 2, 168), (40, 4, 64), (52, 4, 52), (54, 5, 29)),
    ((46, 2, 192), (46, 4, 73), (58, 4, 61), (62, 5, 33)),
    ((36, 3, 144), (52, 4, 83), (66, 4, 69), (58, 6, 32)),
    ((40, 3, 163), (60, 4, 92), (60, 5, 62), (66, 6, 35)),
)
_FORMAT_MASK: Final = 0x2825
_FORMAT_LEVELS: Final = {"L": 1, "M": 0, "Q": 3, "H": 2}
_LONG_COUNT: Final = 10
"""The first version whose count of bytes takes 16 bits."""
_PADS: Final = (0xEC, 0x11)
_Modules = list[list[bool]]


def qr_model1_matrix(data: bytes, level: Literal["L", "M", "Q", "H"] = "M") -> Raster:
    """A QR code of model 1 in byte mode, one dot per module, no quiet zone; the smallest of 14 versions that holds it.

    Raises BadDocument if the data does not fit (at most 486 bytes at level L), MissingExtra without `qrcode`.
    """
    if not data:
        raise BadDocument("a QR code needs data")
    base, util = (need(f"qrcode.{part}", "a QR code") for part in ("base", "util"))
    for version, blocks in enumerate(_BLOCKS, 1):
        correction, count, size = blocks[_LEVELS.index(level)]
        stream = _stream(data, version, count * size)
        if stream is None:
            continue
        message = _corrected([stream[at : at + size] for at in range(0, count * size, size)], correction, base)
        candidates = [_drawn(message, version, level, mask, util) for mask in range(8)]
        best = min(candidates, key=util.lost_point)
        return raster_from_rows(["".join("01"[dark] for dark in row) for row in best], len(best))
    raise BadDocument(f"{len(data)} bytes do not fit a QR code of model 1 at level {level}", remedy="Use model 2.")


def _stream(data: bytes, version: int, room: int) -> bytes | None:
    """Corner, mode, count, data, terminator and padding; None where it takes more than `room` codewords."""
    counted = 16 if version >= _LONG_COUNT else 8
    if len(data) >= 1 << counted:
        return None
    bits = f"00000100{len(data):0{counted}b}" + "".join(f"{byte:08b}" for byte in data)
    if len(bits) > 8 * room:
        return None
    bits += "0" * min(4, 8 * room - len(bits))
    bits += "0" * (-len(bits) % 8)
    whole = int(bits, 2).to_bytes(len(bits) // 8, "big")
    return whole + bytes(_PADS[at % 2] for at in range(room - len(whole)))


def _corrected(blocks: Sequence[bytes], correction: int, base: Any) -> bytes:
    """One block behind the other, as they are in model 1; then the correction of each."""
    return b"".join([*blocks, *(_correction(block, correction, base) for block in blocks)])


def _correction(block: bytes, count: int, base: Any) -> bytes:
    """The codewords of Reed-Solomon correction that belong to a block."""
    generator = base.Polynomial([1], 0)
    for power in range(count):
        generator *= base.Polynomial([1, base.gexp(power)], 0)
    rest = base.Polynomial([*block], count) % generator
    return bytes([*rest]).rjust(count, b"\0")  # its leading zeros are left out


def _bricks(size: int) -> Iterator[tuple[int, int, int]]:
    """Where codewords stand in order: the lower right module of each, and how many modules wide it is, 2 or 4."""
    columns = size // 4 + 3
    for column in range(columns):
        left = columns - column - 1
        if column <= 1:  # upright, at the right edge
            rows = (size - 8) // 4
            for row in range(rows):
                if column == 0 and row % 2 == 0 and 0 < row < rows - 1:
                    continue  # an extension pattern
                yield size - 1 - 2 * column, size - 1 - 4 * row, 2
        elif left <= 3:  # upright, at the left edge
            for row in range((size - 16) // 4):
                yield 2 * left + 1 + (left == 3), size - 9 - 4 * row, 2  # beyond the timing pattern
        else:  # lying, in between
            rows = size // 2
            for row in range(rows):
                if column == 2 and row >= rows - 4:
                    continue  # the finder pattern
                if row == 0 and column % 2 == 1 and column != columns - 5:
                    continue  # an extension pattern
                yield size - 5 - 4 * (column - 2), size - 1 - 2 * row - (row >= rows - 3), 4


def _drawn(message: bytes, version: int, level: str, mask: int, util: Any) -> _Modules:
    size = 17 + 4 * version
    modules = [[False] * size for _ in range(size)]
    masks = util.mask_func(mask)
    for number, (x, y, width) in enumerate(_bricks(size)):
        byte = message[number] if number < len(message) else 0
        for bit in range(8):
            if number or bit >= 4:  # not the corner
                across, down = x - bit % width, y - bit // width
                modules[down][across] = bool(byte >> 7 - bit & 1) != masks(down, across)
    for at in range(8, size - 8):
        modules[6][at] = modules[at][6] = at % 2 == 0
    for left, top in ((0, 0), (size - 7, 0), (0, size - 7)):
        for down in range(-1, 8):
            for across in range(-1, 8):
                if 0 <= top + down < size and 0 <= left + across < size:
                    ring = max(abs(down - 3), abs(across - 3))
                    modules[top + down][left + across] = ring not in (2, 4)
    _format(modules, util.BCH_type_info(_FORMAT_LEVELS[level] << 3 | mask) ^ util.G15_MASK ^ _FORMAT_MASK)
    return modules


def _format(modules: _Modules, word: int) -> None:
    """Level and mask with their correction, twice; where model 2 has them."""
    size = len(modules)
    bits = [bool(word >> place & 1) for place in range(14, -1, -1)]
    first = [*((at, 8) for at in (0, 1, 2, 3, 4, 5, 7)), (8, 8), (8, 7), *((8, at) for at in range(5, -1, -1))]
    second = [*((8, size - 1 - at) for at in range(7)), *((size - 8 + at, 8) for at in range(8))]
    for places in (first, second):
        for (x, y), dark in zip(places, bits, strict=True):
            modules[y][x] = dark
    modules[size - 8][8] = True
