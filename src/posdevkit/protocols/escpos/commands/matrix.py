"""Two-dimensional symbols other than QR: PDF417, MaxiCode, Aztec and Data Matrix, all in the envelope `GS ( k`."""

from __future__ import annotations

from posdevkit.protocols.vocabulary import Command, Effect, Seen, rest, u8

RENDERED = Effect.RENDERED
PARSED = Effect.PARSED
SYMBOL = "1D 28 6B"
PAGE = Seen.PAGE
PEER = Seen.PEER


class Pdf417Columns(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="30 41",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_lk_fn065",
    seen=PEER,
):
    """Data columns of a PDF417: function 65."""

    columns: int = u8("0 automatic, or 1 to 30", high=30)


class Pdf417Rows(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="30 42",
    envelope=2,
    effect=PARSED,
    source="gs_lparen_lk_fn066",
    seen=PEER,
):
    """Rows of a PDF417: function 66."""

    rows: int = u8("0 automatic, or 3 to 90", values=(0, *range(3, 91)))


class Pdf417ModuleWidth(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="30 43",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_lk_fn067",
    seen=PEER,
):
    """Dots per module of a PDF417: function 67."""

    dots: int = u8("1 to 8; 2 to 8 on most models", low=1, high=8)


class Pdf417RowHeight(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="30 44",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_lk_fn068",
    seen=PEER,
):
    """Height of a PDF417's row in module widths: function 68."""

    modules: int = u8("2 to 8", low=2, high=8)


class Pdf417Correction(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="30 45",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_lk_fn069",
    seen=PEER,
):
    """Error correction of a PDF417: function 69."""

    mode: int = u8("48 by level, 49 by ratio", values=(48, 49))
    level: int = u8("level: 48 to 56 for 0 to 8; ratio: tenths, 1 to 40", high=56)


class Pdf417Options(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="30 46",
    envelope=2,
    effect=PARSED,
    source="gs_lparen_lk_fn070",
    seen=PEER,
):
    """Standard or truncated PDF417: function 70."""

    truncated: int = u8("0 standard, 1 truncated", values=(0, 1))


class Pdf417Store(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="30 50 30",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_lk_fn080",
    seen=PAGE,
):
    """Put data into the PDF417's buffer: function 80."""

    data: bytes = rest("the data", low=1)


class Pdf417Print(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="30 51 30",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_lk_fn081",
    seen=PEER,
):
    """Print the PDF417 in the buffer: function 81."""


class MaxiCodeMode(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="32 41",
    envelope=2,
    effect=PARSED,
    source="gs_lparen_lk_fn265",
    seen=PEER,
):
    """Mode of a MaxiCode: function 265."""

    mode: int = u8("50 to 54 for modes 2 to 6; 4 is the standard symbol", low=50, high=54)


class MaxiCodeStore(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="32 50 30",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_lk_fn280",
    seen=PEER,
):
    """Put data into the MaxiCode's buffer: function 280."""

    data: bytes = rest("1 to 138 bytes", low=1)


class MaxiCodePrint(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="32 51 30",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_lk_fn281",
    seen=PEER,
):
    """Print the MaxiCode in the buffer: function 281."""


class AztecType(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="35 42",
    envelope=2,
    effect=PARSED,
    source="gs_lparen_lk_fn566",
    seen=PEER,
):
    """Kind and layers of an Aztec code: function 566."""

    mode: int = u8("0 full range, 1 compact (48, 49 the same)", values=(0, 1, 48, 49))
    layers: int = u8("0 automatic, or 4 to 32 (compact: 1 to 4)", high=32)


class AztecModuleSize(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="35 43",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_lk_fn567",
    seen=PEER,
):
    """Dots per module of an Aztec code: function 567."""

    dots: int = u8("2 to 16", low=2, high=16)


class AztecCorrection(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="35 45",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_lk_fn569",
    seen=PEER,
):
    """Error correction of an Aztec code: function 569."""

    percent: int = u8("5 to 95", low=5, high=95)


class AztecStore(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="35 50 30",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_lk_fn580",
    seen=PEER,
):
    """Put data into the Aztec code's buffer: function 580."""

    data: bytes = rest("1 to 3832 bytes", low=1)


class AztecPrint(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="35 51 30",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_lk_fn581",
    seen=PEER,
):
    """Print the Aztec code in the buffer: function 581."""


class DataMatrixType(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="36 42",
    envelope=2,
    effect=PARSED,
    source="gs_lparen_lk_fn666",
    seen=PEER,
):
    """Shape and size of a Data Matrix: function 666."""

    shape: int = u8("0 square, 1 rectangle (48, 49 the same)", values=(0, 1, 48, 49))
    columns: int = u8("0 automatic, or modules across", high=144)
    rows: int = u8("0 automatic, or modules along", high=144)


class DataMatrixModuleSize(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="36 43",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_lk_fn667",
    seen=PEER,
):
    """Dots per module of a Data Matrix: function 667."""

    dots: int = u8("2 to 16", low=2, high=16)


class DataMatrixStore(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="36 50 30",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_lk_fn680",
    seen=PEER,
):
    """Put data into the Data Matrix's buffer: function 680."""

    data: bytes = rest("1 to 3116 bytes", low=1)


class DataMatrixPrint(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="36 51 30",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_lk_fn681",
    seen=PEER,
):
    """Print the Data Matrix in the buffer: function 681."""
