"""From what a printer tells to the error that a cashier can act on."""

from __future__ import annotations

from posdevkit.errors import (
    CoverOpen,
    CutterJam,
    DeviceError,
    NoAnswer,
    Offline,
    PaperOut,
    Paused,
    PrinterFault,
    RibbonOut,
)
from posdevkit.events import Fault, Paper, PrinterStatus

__all__ = ["trouble_of"]


def trouble_of(status: PrinterStatus) -> type[DeviceError] | None:
    """The error that keeps the printer from printing, None while it can or has not told.

    The cover comes before the paper: a printer whose cover is open cannot see its paper.
    """
    if status.silent:
        return NoAnswer
    if status.cover_open:
        return CoverOpen
    if status.paper is Paper.OUT:
        return PaperOut
    if status.ribbon_out:
        return RibbonOut
    if status.paused:
        return Paused
    if status.fault is Fault.CUTTER:
        return CutterJam
    if status.fault in (Fault.RECOVERABLE, Fault.UNRECOVERABLE, Fault.AUTO_RECOVERABLE):
        return PrinterFault
    return Offline if status.online is False else None
