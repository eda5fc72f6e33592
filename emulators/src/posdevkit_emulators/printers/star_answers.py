"""What a Star printer sends: its status by itself, on request and with each ETB, and who it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from posdevkit.events import PrinterStatus
from posdevkit.profiles import Profile, ReceiptLanguage
from posdevkit.protocols.star.commands import status as asking
from posdevkit.protocols.star.replies import PrintEnded, Told
from posdevkit.protocols.star.status import COUNTS, asb_bytes
from posdevkit.protocols.vocabulary import Command

from .answers import Answers, model_told

__all__ = ["StarAnswers"]

_FIRMWARE: Final = "1.0"
_VERSION: Final = b"\x1b#*,"
_INFORMATION: Final = b"\x1b\x1d)I"
_SERIAL: Final = b"1"
_TELL_NOW: Final = 255
_CLEAR: Final = 2
_ENDS: Final = 256
_ON: Final = (1, 3, 49, 51)
# Bytes of a frame, and the generation it tells (ReceiptPrinterStatus, src/main.js).
_FRAMES: Final[Mapping[ReceiptLanguage, tuple[int, int]]] = {
    "star-prnt": (11, 5),
    "star-line": (9, 3),
    "star-graphic": (9, 3),
}


class StarAnswers(Answers):
    """Collects bytes for the host until `take`. The counter of ETB outlives a connection, and no power cut."""

    def __init__(self, profile: Profile, serial: str) -> None:
        super().__init__(profile, serial)
        self.etb = 0
        self._ends = 0
        self._automatic = False
        self._size, self._version = _FRAMES[profile.language]

    def connected(self) -> None:
        """Another connection: automatic status is off."""
        self._automatic = False
        super().connected()

    def power_cycled(self) -> None:
        """Nothing is remembered."""
        super().power_cycled()
        self.etb = self._ends = 0
        self._automatic = False

    def print_ended(self, asked: bytes) -> bool:
        """All before the `ESC GS ETX` 1 of these bytes is printed. True: it was told."""
        self._ends = (self._ends + 1) % _ENDS
        self._send(PrintEnded(asked[3], asked[4:6], self._ends).encode())
        return self._can_send

    def counted(self, status: PrinterStatus) -> bool:
        """All before an ETB is printed. True: it was told."""
        self.etb = (self.etb + 1) % COUNTS
        if self._automatic:
            self._tell(status)
        return self._automatic and self._can_send

    def realtime(self, kind: int, status: PrinterStatus) -> None:
        """ESC ACK SOH: the only question that is answered at once."""
        if self._profile.realtime_status:
            self._tell(status)

    def changed(self, status: PrinterStatus) -> None:
        """Tell automatically, if anything changed."""
        if self._automatic and self._frame(status) != self._told:
            self._tell(status)

    def in_order(self, command: Command, status: PrinterStatus) -> None:
        """ESC RS a, ESC RS E, ESC GS ETX, ESC # *, ESC GS ) I."""
        if isinstance(command, asking.SetStatusBack):
            if command.mode == _TELL_NOW:
                self._tell(status)
            elif self._profile.asb:
                self._automatic = command.mode in _ON
                self._told = self._frame(status)
        elif isinstance(command, asking.ResetCounter):
            self.etb = 0
        elif isinstance(command, asking.PrintEnd):
            if command.function == _CLEAR:
                self._ends = 0
            elif command.function == 0:
                self._send(PrintEnded(0, bytes([command.low, command.high]), self._ends).encode())
        elif not self._profile.identity:
            return
        elif isinstance(command, asking.System):
            if command.asks_version:
                self._say(_VERSION + f"{model_told(self._profile)}Ver{_FIRMWARE}".encode("ascii", "replace"))
        elif isinstance(command, asking.AskInformation) and command.data == _SERIAL:
            self._say(_INFORMATION + b"\x01\x00" + _SERIAL + f"PrSrN={self._serial},".encode("ascii", "replace"))

    def _say(self, text: bytes) -> None:
        self._send(Told(text).encode())

    def _frame(self, status: PrinterStatus) -> bytes:
        return asb_bytes(status, self.etb, size=self._size, version=self._version)

    def _tell(self, status: PrinterStatus) -> None:
        self._told = self._frame(status)
        self._send(self._told)
