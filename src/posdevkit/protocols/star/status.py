"""The status that Star printers tell: one table of bits, read by the driver and written by emulators.

Automatic status is a frame that tells its own length in its first byte and the printer's generation in its second
(Line Mode specifications, appendix 2; Graphic Mode, appendix 1): bits 1 to 3, 5 and 6 of a byte hold a number of five
bits, since bit 0 marks the first byte, and bits 4 and 7 are fixed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from posdevkit.events import Fault, Paper, PrinterStatus

__all__ = ["COUNTS", "HAS_LENGTH", "asb_bytes", "five_bits", "read_asb", "spread"]

COUNTS: Final = 32
"""The counter of ETB goes from 0 to 31 and begins anew."""
HAS_LENGTH: Final = 0x80
"""Of the second byte: over a network, two bytes of length and so much data stand behind the frame."""

_FAULTS: Final[Mapping[Fault, int]] = {
    Fault.UNRECOVERABLE: 0x20,
    Fault.CUTTER: 0x08,
    Fault.RECOVERABLE: 0x04,
    Fault.AUTO_RECOVERABLE: 0x40,
}
"""The gravest first: where several bits are set it decides what a person has to do."""
_PRINTER, _ERROR, _PAPER, _COUNTER = 2, 3, 5, 7


def five_bits(byte: int) -> int:
    """The number that stands in a byte of a frame."""
    return byte >> 2 & 0x18 | byte >> 1 & 0x07


def spread(number: int) -> int:
    """A number of five bits as it stands in a byte of a frame."""
    return (number & 0x18) << 2 | (number & 0x07) << 1


def asb_bytes(status: PrinterStatus, counter: int, *, size: int, version: int) -> bytes:
    """A frame of `size` bytes (8 to 31) from a printer of that generation; `counter` is what ETB has counted."""
    frame = bytearray(size)
    frame[0] = 0x01 | spread(size)
    frame[1] = spread(version)
    frame[_PRINTER] = (
        0x08 * (status.online is False)
        | 0x20 * bool(status.cover_open)
        | 0x04 * bool(status.drawer_pin_high)
        | 0x40 * bool(status.feed_button)
    )
    frame[_ERROR] = _FAULTS.get(status.fault, 0)
    frame[_PAPER] = {Paper.NEAR_END: 0x04, Paper.OUT: 0x0C}.get(status.paper, 0)
    frame[_COUNTER] = spread(counter)
    return bytes(frame)


def read_asb(frame: bytes) -> tuple[PrinterStatus, int | None]:
    """What a frame of six bytes or more tells, and the counter of ETB; None where it is too short to hold one."""
    printer, error, paper = frame[_PRINTER], frame[_ERROR], frame[_PAPER]
    status = PrinterStatus(
        online=not printer & 0x08,
        cover_open=bool(printer & 0x20),
        paper=Paper.OUT if paper & 0x08 else Paper.NEAR_END if paper & 0x06 else Paper.OK,
        fault=next((fault for fault, bit in _FAULTS.items() if error & bit), Fault.NONE),
        drawer_pin_high=bool(printer & 0x04),
        feed_button=bool(printer & 0x40),
        waiting_for_recovery=False,
    )
    return status, five_bits(frame[_COUNTER]) if len(frame) > _COUNTER else None
