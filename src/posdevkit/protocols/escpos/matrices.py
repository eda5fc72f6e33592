"""Two-dimensional symbols to `GS ( k`: how each kind is set up, stored and printed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from posdevkit.documents import Symbol, SymbolKind
from posdevkit.layout.gs1 import spelt_for_printer
from posdevkit.protocols.vocabulary import Command

from .commands.matrix import (
    AztecCorrection,
    AztecModuleSize,
    AztecPrint,
    AztecStore,
    AztecType,
    DataMatrixModuleSize,
    DataMatrixPrint,
    DataMatrixStore,
    DataMatrixType,
    MaxiCodeMode,
    MaxiCodePrint,
    MaxiCodeStore,
    Pdf417Columns,
    Pdf417Correction,
    Pdf417ModuleWidth,
    Pdf417Options,
    Pdf417Print,
    Pdf417RowHeight,
    Pdf417Rows,
    Pdf417Store,
)
from .commands.stacked import StackedModuleSize, StackedPrint, StackedStore, StackedWidth
from .commands.symbols import QrCorrection, QrModel, QrModuleSize, QrPrint, QrStore

__all__ = ["symbol_commands"]

_STANDARD_MODE = 52  # MaxiCode mode 4
_MICRO = 51
_FLAT, _OMNI, _EXPANDED = 72, 73, 76
_EXPANDED_MODULES = 102


def symbol_commands(symbol: Symbol) -> list[Command]:
    """The commands that print a checked symbol; everything is set, since another host may have left anything."""
    return _MADE[symbol.kind](symbol, symbol.data.encode())


def _pdf417(symbol: Symbol, data: bytes) -> list[Command]:
    return [
        Pdf417Columns(symbol.columns or 0),
        Pdf417Rows(0),
        Pdf417ModuleWidth(symbol.module),
        Pdf417RowHeight(3),
        Pdf417Correction(48, 48 + (symbol.correction or 0)),
        Pdf417Options(0),
        Pdf417Store(data),
        Pdf417Print(),
    ]


def _datamatrix(symbol: Symbol, data: bytes) -> list[Command]:
    return [DataMatrixType(0, 0, 0), DataMatrixModuleSize(symbol.module), DataMatrixStore(data), DataMatrixPrint()]


def _aztec(symbol: Symbol, data: bytes) -> list[Command]:
    return [
        AztecType(0, 0),
        AztecModuleSize(symbol.module),
        AztecCorrection(symbol.correction or 23),
        AztecStore(data),
        AztecPrint(),
    ]


def _maxicode(symbol: Symbol, data: bytes) -> list[Command]:
    return [MaxiCodeMode(_STANDARD_MODE), MaxiCodeStore(data), MaxiCodePrint()]


def _micro_qr(symbol: Symbol, data: bytes) -> list[Command]:
    return [
        QrModel(_MICRO, 0),
        QrModuleSize(symbol.module),
        QrCorrection(48 + (symbol.correction or 0)),
        QrStore(data),
        QrPrint(),
    ]


def _stacked(kind: int) -> Callable[[Symbol, bytes], list[Command]]:
    def made(symbol: Symbol, data: bytes) -> list[Command]:
        # The printer adds identifier and check digit.
        spelt = spelt_for_printer(symbol.data) if kind == _EXPANDED else data[:13]
        return [
            StackedModuleSize(symbol.module),
            StackedWidth(_EXPANDED_MODULES * symbol.module),
            StackedStore(kind, spelt),
            StackedPrint(),
        ]

    return made


_MADE: Mapping[SymbolKind, Callable[[Symbol, bytes], list[Command]]] = {
    "PDF417": _pdf417,
    "DATAMATRIX": _datamatrix,
    "AZTEC": _aztec,
    "MAXICODE": _maxicode,
    "MICRO-QR": _micro_qr,
    "DATABAR-STACKED": _stacked(_FLAT),
    "DATABAR-STACKED-OMNI": _stacked(_OMNI),
    "DATABAR-EXPANDED-STACKED": _stacked(_EXPANDED),
}
