"""The emulators of this distribution as rigs, on every wire they have."""

from __future__ import annotations

import sys
from typing import Any, Final

from posdevkit_emulators.conformance.card_reader import CARD_READER
from posdevkit_emulators.conformance.display import DISPLAY
from posdevkit_emulators.conformance.label_printer import LABEL_PRINTER
from posdevkit_emulators.conformance.payment_terminal import PAYMENT_TERMINAL
from posdevkit_emulators.conformance.receipt_printer import RECEIPT_PRINTER
from posdevkit_emulators.conformance.scale import SCALE
from posdevkit_emulators.conformance.scanner import SCANNER
from posdevkit_emulators.conformance.suite import Suite, Wire

from .card_readers import CARD_READER_WIRES
from .gadgets import DISPLAY_WIRES, SCALE_WIRES
from .payment_terminals import PAYMENT_TERMINAL_WIRES
from .printers import LABEL_PRINTER_WIRES, RECEIPT_PRINTER_WIRES
from .scanners import SCANNER_WIRES

__all__ = ["EVERYTHING", "runs_here"]

EVERYTHING: Final[tuple[tuple[Suite[Any], tuple[Wire[Any], ...]], ...]] = (
    (RECEIPT_PRINTER, RECEIPT_PRINTER_WIRES),
    (LABEL_PRINTER, LABEL_PRINTER_WIRES),
    (SCANNER, SCANNER_WIRES),
    (CARD_READER, CARD_READER_WIRES),
    (PAYMENT_TERMINAL, PAYMENT_TERMINAL_WIRES),
    (DISPLAY, DISPLAY_WIRES),
    (SCALE, SCALE_WIRES),
)
"""Each suite with the wires of our emulators."""
_POSIX: Final = ("pty", "keys")


def runs_here(wire: Wire[Any]) -> bool:
    """Whether this system has what the wire is made of: Windows has no pseudo terminals and named pipes."""
    return sys.platform != "win32" or wire.name.split()[0] not in _POSIX
