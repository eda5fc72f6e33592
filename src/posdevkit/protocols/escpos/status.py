"""Status bits of ESC/POS printers: one table of bits, read by the driver and written by emulators.

Bits as in Epson's pages dle_eot, gs_la and gs_lr; every state in the tests was worked out from those tables by hand.
"""

from __future__ import annotations

from dataclasses import replace

from posdevkit.events import Fault, Paper, PrinterStatus

__all__ = [
    "ASB_ALL",
    "ASB_SIZE",
    "SEIKO_ASB_SIZE",
    "asb_bytes",
    "in_order_drawer_byte",
    "in_order_paper_byte",
    "read_asb",
    "read_in_order_paper",
    "read_realtime",
    "read_seiko_asb",
    "realtime_byte",
]

ASB_SIZE = 4
SEIKO_ASB_SIZE = 8
ASB_ALL = 0x0F
"""`GS a` bits: drawer 01, online 02, error 04, roll paper 08."""

_FAULT_BITS = {
    Fault.RECOVERABLE: 0x04,
    Fault.CUTTER: 0x08,
    Fault.UNRECOVERABLE: 0x20,
    Fault.AUTO_RECOVERABLE: 0x40,
}


def _fault(bits: int) -> Fault:
    # The gravest wins where several are set: it decides what a person has to do.
    for fault in (Fault.UNRECOVERABLE, Fault.CUTTER, Fault.RECOVERABLE, Fault.AUTO_RECOVERABLE):
        if bits & _FAULT_BITS[fault]:
            return fault
    return Fault.NONE


def realtime_byte(kind: int, status: PrinterStatus) -> int:
    """The answer to `DLE EOT kind` (1 printer, 2 offline cause, 3 error, 4 paper): always 0xx1xx10."""
    bits = 0x12
    if kind == 1:
        bits |= 0x04 * bool(status.drawer_pin_high) | 0x08 * (status.online is False)
        bits |= 0x20 * bool(status.waiting_for_recovery) | 0x40 * bool(status.feed_button)
    elif kind == 2:
        bits |= 0x04 * bool(status.cover_open) | 0x08 * bool(status.feed_button)
        bits |= 0x20 * (status.paper is Paper.OUT) | 0x40 * (status.fault in _FAULT_BITS)
    elif kind == 3:
        bits |= _FAULT_BITS.get(status.fault, 0)
    elif kind == 4:
        bits |= {Paper.NEAR_END: 0x0C, Paper.OUT: 0x6C}.get(status.paper, 0)
    return bits


def read_realtime(kind: int, byte: int, status: PrinterStatus) -> PrinterStatus:
    """`status` with what the answer to `DLE EOT kind` tells."""
    if kind == 1:
        return replace(
            status,
            online=not byte & 0x08,
            drawer_pin_high=bool(byte & 0x04),
            waiting_for_recovery=bool(byte & 0x20),
            feed_button=bool(byte & 0x40),
        )
    if kind == 2:
        # The paper bit here says "printing stopped for want of paper"; the paper's own state comes with kind 4.
        paper = Paper.OUT if byte & 0x20 else status.paper
        feeding = status.feed_button or bool(byte & 0x08)
        return replace(status, cover_open=bool(byte & 0x04), paper=paper, feed_button=feeding)
    if kind == 3:
        return replace(status, fault=_fault(byte))
    if kind == 4:
        return replace(status, paper=_paper(bool(byte & 0x60), bool(byte & 0x0C)))
    return status


def _paper(out: bool, near: bool) -> Paper:
    return Paper.OUT if out else Paper.NEAR_END if near else Paper.OK


def asb_bytes(status: PrinterStatus) -> bytes:
    """The four bytes of automatic status back: 0xx1xx00, then three bytes 0xx0xxxx."""
    first = 0x10 | 0x04 * bool(status.drawer_pin_high) | 0x08 * (status.online is False)
    first |= 0x20 * bool(status.cover_open) | 0x40 * bool(status.feed_button)
    second = 0x01 * bool(status.waiting_for_recovery) | _FAULT_BITS.get(status.fault, 0)
    third = {Paper.NEAR_END: 0x03, Paper.OUT: 0x0F}.get(status.paper, 0)
    return bytes([first, second, third, 0])


def read_asb(frame: bytes) -> PrinterStatus:
    """What four bytes of automatic status back tell: everything."""
    first, second, third, _ = frame
    return PrinterStatus(
        online=not first & 0x08,
        cover_open=bool(first & 0x20),
        paper=_paper(bool(third & 0x0C), bool(third & 0x03)),
        fault=_fault(second),
        drawer_pin_high=bool(first & 0x04),
        # "Paper is fed by the button", and "a panel button is on", which some models tell alone.
        feed_button=bool(first & 0x40 or second & 0x02),
        waiting_for_recovery=bool(second & 0x01),
    )


def read_seiko_asb(frame: bytes) -> PrinterStatus:
    """What eight bytes of Seiko's automatic status tell, as far as receiptio reads them (`lib/receiptio.js`).

    Its first byte has the bits 01, 02 and 08 for errors, which one is not known: the printer is off line then.
    """
    cover, out = bool(frame[1] & 0x08), bool(frame[1] & 0x01)
    return PrinterStatus(
        online=not (cover or out or frame[0] & 0x0B),
        cover_open=cover,
        paper=_paper(out, near=False),
        drawer_pin_high=bool(frame[3] & 0x08),
    )


def in_order_paper_byte(status: PrinterStatus) -> int:
    """The answer to `GS r 1`."""
    return {Paper.NEAR_END: 0x03, Paper.OUT: 0x0F}.get(status.paper, 0)


def in_order_drawer_byte(status: PrinterStatus) -> int:
    """The answer to `GS r 2`."""
    return int(bool(status.drawer_pin_high))


def read_in_order_paper(byte: int, status: PrinterStatus) -> PrinterStatus:
    """`status` with what the answer to `GS r 1` tells."""
    return replace(status, paper=_paper(bool(byte & 0x0C), bool(byte & 0x03)))
