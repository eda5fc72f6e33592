"""Stacked GS1 DataBar and composite symbols, and how large a symbol would be."""

from __future__ import annotations

from posdevkit.protocols.vocabulary import Command, Effect, Seen, rest, u8, u16

SYMBOL = "1D 28 6B"
PEER = Seen.PEER
_STACKED = "72 Stacked, 73 Stacked Omnidirectional, 76 Expanded Stacked"


class StackedModuleSize(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="33 43",
    envelope=2,
    effect=Effect.RENDERED,
    source="gs_lparen_lk_fn367",
    seen=PEER,
):
    """Dots per module of a stacked GS1 DataBar: function 367."""

    dots: int = u8("2 to 8", low=2, high=8)


class StackedWidth(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="33 47",
    envelope=2,
    effect=Effect.RENDERED,
    source="gs_lparen_lk_fn371",
    seen=PEER,
):
    """Greatest width of a GS1 DataBar Expanded Stacked: function 371."""

    dots: int = u16("0 automatic, or 106 to 3952")


class StackedStore(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="33 50 30",
    envelope=2,
    effect=Effect.RENDERED,
    source="gs_lparen_lk_fn380",
    seen=PEER,
):
    """Data of a stacked GS1 DataBar: function 380."""

    kind: int = u8(_STACKED, values=(72, 73, 76))
    data: bytes = rest("digits; in the expanded one elements", low=1)


class StackedPrint(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="33 51 30",
    envelope=2,
    effect=Effect.RENDERED,
    source="gs_lparen_lk_fn381",
    seen=PEER,
):
    """Print the stacked GS1 DataBar: function 381."""


class CompositeModuleSize(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="34 43",
    envelope=2,
    effect=Effect.RENDERED,
    source="gs_lparen_lk_fn467",
    seen=PEER,
):
    """Dots per module of a composite symbol: function 467."""

    dots: int = u8("2 to 8", low=2, high=8)


class CompositeWidth(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="34 47",
    envelope=2,
    effect=Effect.RENDERED,
    source="gs_lparen_lk_fn471",
    seen=PEER,
):
    """Greatest width of the GS1 DataBar Expanded Stacked of a composite symbol: function 471."""

    dots: int = u16("0 automatic, or 106 to 3952")


class CompositeReadableFont(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="34 48",
    envelope=2,
    effect=Effect.RENDERED,
    source="gs_lparen_lk_fn472",
    seen=PEER,
):
    """Font of what people read below a composite symbol: function 472."""

    font: int = u8("0 none, 1 font A, ... (48 to 53 the same), 97, 98")


class CompositeStore(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="34 50 30",
    envelope=2,
    effect=Effect.RENDERED,
    source="gs_lparen_lk_fn480",
    seen=Seen.PAGE,
):
    """Data of a composite symbol, its linear or its two-dimensional part: function 480."""

    data: bytes = rest("which part, which symbol, then its data", low=3)


class CompositePrint(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="34 51 30",
    envelope=2,
    effect=Effect.RENDERED,
    source="gs_lparen_lk_fn481",
    seen=PEER,
):
    """Print the composite symbol: function 481."""


class AskPdf417Size(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="30 52 30",
    envelope=2,
    effect=Effect.REPORTED,
    source="gs_lparen_lk_fn082",
    seen=Seen.PAGE,
):
    """How large the PDF417 in the buffer would be: function 82."""


class AskMaxiCodeSize(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="32 52 30",
    envelope=2,
    effect=Effect.REPORTED,
    source="gs_lparen_lk_fn282",
    seen=Seen.PAGE,
):
    """How large the MaxiCode in the buffer would be: function 282."""


class AskStackedSize(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="33 52 30",
    envelope=2,
    effect=Effect.REPORTED,
    source="gs_lparen_lk_fn382",
    seen=PEER,
):
    """How large the stacked GS1 DataBar in the buffer would be: function 382."""


class AskAztecSize(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="35 52 30",
    envelope=2,
    effect=Effect.SKIPPED,
    source="gs_lparen_lk_fn582",
    seen=Seen.FACTS,
):
    """How large the Aztec code in the buffer would be: function 582. What an answer begins with is on no page at hand."""


class AskDataMatrixSize(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="36 52 30",
    envelope=2,
    effect=Effect.SKIPPED,
    source="gs_lparen_lk_fn682",
    seen=PEER,
):
    """How large the Data Matrix in the buffer would be: function 682. As for the Aztec code."""


class AskCompositeSize(
    Command,
    name="GS ( k",
    prefix=SYMBOL,
    function="34 52 30",
    envelope=2,
    effect=Effect.REPORTED,
    source="gs_lparen_lk_fn482",
    seen=Seen.PAGE,
):
    """How large the composite symbol in the buffer would be: function 482."""
