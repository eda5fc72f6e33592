"""PDF417, MaxiCode, Aztec and Data Matrix as the printer draws them: what was set for each, and the symbol on paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar, cast

from posdevkit.documents import Raster, SymbolKind
from posdevkit.errors import BadDocument
from posdevkit.imaging import scale, symbol_matrix
from posdevkit.protocols.escpos.commands import matrix
from posdevkit.protocols.vocabulary import Command

from .display import Item
from .marks import placed_symbol
from .state import MatrixModes, Modes

__all__ = ["MATRIX_PRINTS", "MATRIX_SETTINGS", "matrix_picture", "place_matrix"]

_ROW = 3  # dots of a PDF417's row as it is drawn


C = TypeVar("C", bound=Command)
_Setting = Callable[[Modes, Command], None]


def _wanted(modes: Modes, kind: SymbolKind) -> MatrixModes:
    return modes.matrices.setdefault(kind, MatrixModes())


def _sets(
    command: type[C], kind: SymbolKind, change: Callable[[C], tuple[str, object]]
) -> tuple[type[Command], _Setting]:
    def setting(modes: Modes, given: Command) -> None:
        name, value = change(cast(C, given))
        setattr(_wanted(modes, kind), name, value)

    return command, setting


def _level(command: matrix.Pdf417Correction) -> int | None:
    # By ratio the printer chooses the level itself; the drawing's own choice stands for it.
    return command.level - 48 if command.mode == 48 and 48 <= command.level <= 56 else None


MATRIX_SETTINGS: Mapping[type[Command], _Setting] = dict(
    (
        _sets(matrix.Pdf417Columns, "PDF417", lambda c: ("columns", c.columns or None)),
        _sets(matrix.Pdf417ModuleWidth, "PDF417", lambda c: ("module", c.dots)),
        _sets(matrix.Pdf417RowHeight, "PDF417", lambda c: ("row_height", c.modules)),
        _sets(matrix.Pdf417Correction, "PDF417", lambda c: ("correction", _level(c))),
        _sets(matrix.Pdf417Store, "PDF417", lambda c: ("data", c.data)),
        _sets(matrix.MaxiCodeStore, "MAXICODE", lambda c: ("data", c.data)),
        _sets(matrix.AztecModuleSize, "AZTEC", lambda c: ("module", c.dots)),
        _sets(matrix.AztecCorrection, "AZTEC", lambda c: ("correction", c.percent)),
        _sets(matrix.AztecStore, "AZTEC", lambda c: ("data", c.data)),
        _sets(matrix.DataMatrixModuleSize, "DATAMATRIX", lambda c: ("module", c.dots)),
        _sets(matrix.DataMatrixStore, "DATAMATRIX", lambda c: ("data", c.data)),
    )
)
"""By command class. Fixed rows, layers and shapes, MaxiCode's modes and the truncated PDF417 are taken as automatic."""

MATRIX_PRINTS: Mapping[type[Command], SymbolKind] = {
    matrix.Pdf417Print: "PDF417",
    matrix.MaxiCodePrint: "MAXICODE",
    matrix.AztecPrint: "AZTEC",
    matrix.DataMatrixPrint: "DATAMATRIX",
}


def matrix_picture(kind: SymbolKind, modes: Modes) -> Raster | None:
    """The dots of the symbol in its buffer; None where there is none or its data is too much."""
    wanted = _wanted(modes, kind)
    return _drawn(kind, wanted) if wanted.data else None


def place_matrix(kind: SymbolKind, modes: Modes, y: int) -> tuple[list[Item], int]:
    """The symbol in its buffer and its height; nothing where there is none or it does not fit the area."""
    text = _wanted(modes, kind).data.decode("utf-8", "replace")
    return placed_symbol(matrix_picture(kind, modes), modes, y, kind, text)


def _drawn(kind: SymbolKind, wanted: MatrixModes) -> Raster | None:
    try:
        found = symbol_matrix(kind, wanted.data, correction=wanted.correction, columns=wanted.columns)
    except BadDocument:
        return None
    if kind == "MAXICODE":
        return found  # its size is fixed
    if kind == "PDF417":
        stride = found.stride
        rows = [found.data[at : at + stride] for at in range(0, len(found.data), stride * _ROW)]
        found = scale(Raster(found.width, len(rows), b"".join(rows)), 1, wanted.row_height)
    return scale(found, wanted.module, wanted.module)
