"""What a model does not know, by its profile: commands that it swallows without a trace.

A real printer may print their letters instead; which, no manual says, so the emulator keeps the paper clean.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from posdevkit.profiles import GraphicsCommand, Profile
from posdevkit.protocols.escpos.bars import SYMBOLOGIES
from posdevkit.protocols.escpos.commands import graphics, matrix, mechanism, stacked, symbols
from posdevkit.protocols.vocabulary import Command

__all__ = ["lacks"]

_CUTS: Final = (mechanism.Cut, mechanism.FeedAndCut, mechanism.OldFullCut, mechanism.OldPartialCut)
_MATRICES: Final[Mapping[type[Command], str]] = {
    matrix.Pdf417Print: "PDF417",
    matrix.DataMatrixPrint: "DATAMATRIX",
    matrix.AztecPrint: "AZTEC",
    matrix.MaxiCodePrint: "MAXICODE",
    stacked.AskPdf417Size: "PDF417",
    stacked.AskMaxiCodeSize: "MAXICODE",
}
_STACKED: Final = (stacked.StackedPrint, stacked.AskStackedSize, stacked.CompositePrint, stacked.AskCompositeSize)
# What prints pictures, and the profiles' words for models that know it: each knows the older ways too.
_PICTURES: Final[Mapping[type[Command], frozenset[GraphicsCommand]]] = {
    graphics.BitImage: frozenset(("esc_star", "gs_v_0", "gs_paren_l")),
    graphics.RasterImage: frozenset(("gs_v_0", "gs_paren_l")),
    graphics.PrintGraphics: frozenset(("gs_paren_l",)),
}
_FIRST_FORM: Final = 65  # GS k: 0 to 6 are the same as 65 to 71
_NAMES: Final = {number: symbology for symbology, number in SYMBOLOGIES.items()}

_LACKED_BY_SOME: Final = frozenset(
    (
        *(symbols.BarcodeA, symbols.BarcodeB, symbols.QrPrint, symbols.QrAskSize),
        *(*_STACKED, *_CUTS, *_MATRICES, *_PICTURES),
    )
)


def lacks(command: Command, profile: Profile) -> bool:
    """Whether the model does not know `command`."""
    if type(command) not in _LACKED_BY_SOME:  # nearly every command
        return False
    if isinstance(command, symbols.BarcodeA | symbols.BarcodeB):
        number = command.symbology
        return _NAMES.get(number + _FIRST_FORM if number < _FIRST_FORM else number) not in profile.barcodes
    if isinstance(command, symbols.QrPrint | symbols.QrAskSize):
        return not profile.qr
    if isinstance(command, _STACKED):  # a model that draws one of them draws the others, and composites of them
        return not any(kind.startswith("DATABAR") for kind in profile.symbols)
    if isinstance(command, _CUTS):
        return profile.cutter is None
    kind = type(command)
    if kind in _MATRICES:
        return _MATRICES[kind] not in profile.symbols
    return kind in _PICTURES and profile.graphics not in _PICTURES[kind]
