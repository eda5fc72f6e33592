"""Barcodes and two-dimensional symbols."""

from __future__ import annotations

from posdevkit.protocols.vocabulary import Command, Effect, Seen, counted, rest, terminated, u8

RENDERED = Effect.RENDERED
SKIPPED = Effect.SKIPPED
REPORTED = Effect.REPORTED
SYMBOL = "1D 28 6B"
PAGE = Seen.PAGE
PEER = Seen.PEER


class SetBarcodeHeight(Command, name="GS h", prefix="1D 68", effect=RENDERED, source="gs_lh", seen=PAGE):
    """Height of the bars."""

    dots: int = u8("dots", low=1)


class SetBarcodeWidth(Command, name="GS w", prefix="1D 77", effect=RENDERED, source="gs_lw", seen=PAGE):
    """Width of the narrow bar."""

    dots: int = u8("dots; 2 to 6 on every model, 1 and 68 to 76 on some", values=(*range(1, 7), *range(68, 77)))


class SetHriPosition(Command, name="GS H", prefix="1D 48", effect=RENDERED, source="gs_ch", seen=PAGE):
    """Where the readable characters stand."""

    mode: int = u8("0 none, 1 above, 2 below, 3 both (48 to 51 the same)", values=(*range(4), *range(48, 52)))


class SetHriFont(Command, name="GS f", prefix="1D 66", effect=RENDERED, source="gs_lf", seen=PAGE):
    """Font of the readable characters."""

    font: int = u8("0 A, 1 B, 2 C, 3 D, 4 E (48 to 52 the same)", values=(*range(5), *range(48, 53), 97, 98))


class BarcodeA(Command, name="GS k A", prefix="1D 6B", effect=RENDERED, source="gs_lk", seen=PAGE):
    """A barcode whose data ends with a NUL: the old form, seven symbologies."""

    symbology: int = u8("0 UPC-A, 1 UPC-E, 2 EAN13, 3 EAN8, 4 CODE39, 5 ITF, 6 CODABAR", high=6, selects=True)
    data: bytes = terminated("characters")


class BarcodeB(Command, name="GS k B", prefix="1D 6B", effect=RENDERED, source="gs_lk", seen=PAGE):
    """A barcode whose data has its length before it."""

    symbology: int = u8(
        "65 UPC-A, 66 UPC-E, 67 EAN13, 68 EAN8, 69 CODE39, 70 ITF, 71 CODABAR, 72 CODE93, 73 CODE128, 74 GS1-128, "
        "75 to 78 DataBar, 79 CODE128 with automatic code sets",
        low=65,
        high=79,
        selects=True,
    )
    data: bytes = counted("characters", low=1)


class QrModel(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="31 41",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_lk_fn165",
    seen=PAGE,
):
    """QR model: function 165."""

    model: int = u8("49 model 1, 50 model 2, 51 micro", values=(49, 50, 51))
    reserved: int = u8("0", high=0, default=0)


class QrModuleSize(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="31 43",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_lk_fn167",
    seen=PAGE,
):
    """Dots per module: function 167."""

    dots: int = u8("1 to 16", low=1, high=16)


class QrCorrection(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="31 45",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_lk_fn169",
    seen=PAGE,
):
    """Error correction level: function 169."""

    level: int = u8("48 L, 49 M, 50 Q, 51 H", values=(48, 49, 50, 51))


class QrStore(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="31 50 30",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_lk_fn180",
    seen=PAGE,
):
    """Put data into the symbol buffer: function 180."""

    data: bytes = rest("1 to 7089 bytes", low=1)


class QrPrint(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="31 51 30",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_lk_fn181",
    seen=PAGE,
):
    """Print the symbol in the buffer: function 181."""


class QrAskSize(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="31 52 30",
    envelope=2,
    effect=Effect.REPORTED,
    source="gs_lparen_lk_fn182",
    seen=PAGE,
):
    """Ask for the size of the symbol in the buffer: function 182."""


class OtherSymbol(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="",
    envelope=2,
    effect=SKIPPED,
    source="gs_lparen_lk",
    seen=Seen.FACTS,
):
    """Symbols and functions that no table knows: in step, not drawn and not answered."""

    data: bytes = rest("symbol, function and arguments", low=2)
