"""Barcodes and two-dimensional symbols."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from posdevkit.protocols.vocabulary import Command, Effect, Seen, sized, terminated, u8, u16, walked
from posdevkit.protocols.vocabulary.fields import NEED_MORE, Value

RENDERED = Effect.RENDERED
REPORTED = Effect.REPORTED
SKIPPED = Effect.SKIPPED
PAGE = Seen.PAGE
PEER = Seen.PEER

_MOST = 7089


class Barcode(Command, name="ESC b", prefix="1B 62", effect=RENDERED, source="Line: ESC b", seen=PAGE):
    """A barcode; its data goes up to RS."""

    symbology: int = u8(
        "0 UPC-E, 1 UPC-A, 2 EAN8, 3 EAN13, 4 CODE39, 5 ITF, 6 CODE128, 7 CODE93, 8 CODABAR, 9 GS1-128, 10 to 13 "
        "DataBar; 48 to 57 as 0 to 9",
        values=(*range(14), *range(48, 58)),
    )
    text: int = u8(
        "1 none, 2 below; 3 and 4 the same without a line feed (49 to 52 as 1 to 4)",
        values=(*range(1, 5), *range(49, 53)),
    )
    mode: int = u8("widths of bars, by symbology; 49 to 57 as 1 to 9", values=(*range(1, 10), *range(49, 58)))
    height: int = u8("dots", low=1)
    data: bytes = terminated("characters", end=b"\x1e")


class QrModel(
    Command, name="ESC GS y S 0", prefix="1B 1D 79 53 30", effect=RENDERED, source="Line: ESC GS y S 0", seen=PAGE
):
    """QR model."""

    model: int = u8("1 or 2", values=(1, 2))


class QrCorrection(
    Command, name="ESC GS y S 1", prefix="1B 1D 79 53 31", effect=RENDERED, source="Line: ESC GS y S 1", seen=PAGE
):
    """Error correction level."""

    level: int = u8("0 L, 1 M, 2 Q, 3 H", high=3)


class QrModuleSize(
    Command, name="ESC GS y S 2", prefix="1B 1D 79 53 32", effect=RENDERED, source="Line: ESC GS y S 2", seen=PAGE
):
    """Dots per module."""

    dots: int = u8("1 to 8", low=1, high=8)


class QrStore(
    Command, name="ESC GS y D 1", prefix="1B 1D 79 44 31", effect=RENDERED, source="Line: ESC GS y D 1", seen=PAGE
):
    """The symbol's data; the printer chooses the encoding."""

    mode: int = u8("0", high=0)
    size: int = u16("bytes", low=1, high=_MOST)
    data: bytes = sized("the data", lambda before: cast(int, before[1]))

    @classmethod
    def of(cls, data: bytes) -> QrStore:
        """For these bytes."""
        return cls(0, len(data), data)


def _blocks(data: bytes | bytearray, at: int, before: Sequence[Value], limit: int) -> int:
    place = at
    for _ in range(cast(int, before[0])):
        if place - at > limit:
            break
        if len(data) < place + 3:
            return NEED_MORE
        place += 3 + int.from_bytes(data[place + 1 : place + 3], "little")
    return place - at


class QrStoreBlocks(
    Command, name="ESC GS y D 2", prefix="1B 1D 79 44 32", effect=SKIPPED, source="Line: ESC GS y D 2", seen=PAGE
):
    """The symbol's data in blocks of one encoding each."""

    blocks: int = u8("blocks", low=1)
    data: bytes = walked("per block: encoding, number of bytes (u16), bytes", _blocks)


class QrPrint(Command, name="ESC GS y P", prefix="1B 1D 79 50", effect=RENDERED, source="Line: ESC GS y P", seen=PEER):
    """Print the symbol."""


class QrAskSize(Command, name="ESC GS y I", prefix="1B 1D 79 49", effect=SKIPPED, source="Line: ESC GS y I", seen=PAGE):
    """Ask how large the symbol would be."""


class PdfSize(
    Command, name="ESC GS x S 0", prefix="1B 1D 78 53 30", effect=SKIPPED, source="Line: ESC GS x S 0", seen=PEER
):
    """PDF417: rows and columns."""

    mode: int = u8("0 proportion, 1 rows and columns")
    height: int = u8("rows")
    width: int = u8("columns")


class PdfSetting(
    Command, name="ESC GS x S 1", prefix="1B 1D 78 53", effect=SKIPPED, source="Line: ESC GS x S 1, 2, 3", seen=PEER
):
    """PDF417: level, module width, proportion of a module."""

    setting: int = u8("49 level, 50 module width, 51 proportion", values=(49, 50, 51), selects=True)
    value: int = u8("0 to 8 level, 1 to 10 dots or times")


class PdfStore(Command, name="ESC GS x D", prefix="1B 1D 78 44", effect=SKIPPED, source="Line: ESC GS x D", seen=PEER):
    """PDF417: the data."""

    size: int = u16("bytes", low=1)
    data: bytes = sized("the data", lambda before: cast(int, before[0]))


class PdfPrint(Command, name="ESC GS x P", prefix="1B 1D 78 50", effect=SKIPPED, source="Line: ESC GS x P", seen=PEER):
    """PDF417: print the symbol."""


class PdfAskSize(
    Command, name="ESC GS x I", prefix="1B 1D 78 49", effect=SKIPPED, source="Line: ESC GS x I", seen=PAGE
):
    """PDF417: ask how large the symbol would be."""
