"""Takes apart what a printer sends: status bytes, automatic status, texts and ids, mixed on one stream.

Every kind shows by its bits (Epson dle_eot, gs_la, gs_lr, gs_ci, gs_lparen_ch; Citizen CT-D150 manual 5.3): real-time
status 0xx1xx10, the first byte of automatic status 0xx1xx00 and its other three 0xx0xxxx, flow control 11 and 13, and
blocks
from 5F, 3D, 37 or 3B to a NUL. Flow control may stand inside automatic status and blocks, nothing else may.

Seiko's printers have a dialect of their own: automatic status in eight bytes, of which the first is C0 to CF and the
second D0 to DF, and after it 80 to 8F in answer to `GS r` (receiptio `lib/receiptio.js`, whose facts these are).
"""

from __future__ import annotations

from dataclasses import dataclass

from .status import ASB_SIZE, SEIKO_ASB_SIZE

__all__ = ["Asb", "Block", "FlowControl", "InOrderByte", "RealtimeByte", "Reply", "ReplyDecoder", "SeikoAsb", "Stray"]

_MARK = 0x93
_XON, _XOFF = 0x11, 0x13
_BLOCK_STARTS = b"\x5f\x3d\x37\x3b"
BLOCK_LIMIT = 256
_SEIKO_FIRST, _SEIKO_SECOND, _SEIKO_IN_ORDER, _SEIKO_MARK = 0xC0, 0xD0, 0x80, 0xF0


@dataclass(frozen=True, slots=True)
class RealtimeByte:
    """The answer to a `DLE EOT`; which one it answers only the asker knows."""

    byte: int


@dataclass(frozen=True, slots=True)
class Asb:
    """Four bytes of automatic status."""

    frame: bytes


@dataclass(frozen=True, slots=True)
class SeikoAsb:
    """Eight bytes of automatic status, of Seiko's dialect."""

    frame: bytes


@dataclass(frozen=True, slots=True)
class InOrderByte:
    """The answer to a `GS r`, or a one-byte `GS I`."""

    byte: int


@dataclass(frozen=True, slots=True)
class Block:
    """`header` (5F, 3D, 37; 3B for power on and off) and what stood before the NUL."""

    header: int
    data: bytes

    def encode(self) -> bytes:
        """As a printer sends it."""
        return bytes([self.header]) + self.data + b"\0"


@dataclass(frozen=True, slots=True)
class FlowControl:
    """XON or XOFF."""

    go: bool


@dataclass(frozen=True, slots=True)
class Stray:
    """A byte that is none of the above: noise on the line."""

    byte: int


Reply = RealtimeByte | Asb | SeikoAsb | InOrderByte | Block | FlowControl | Stray


class ReplyDecoder:
    """Total and incremental: any bytes, cut anywhere, give replies and never an exception."""

    def __init__(self) -> None:
        self._unit = bytearray()  # the beginning of a block or of automatic status
        self._seiko = False  # it has told automatic status in Seiko's dialect

    def feed(self, data: bytes) -> list[Reply]:
        """The replies that `data` completes."""
        replies: list[Reply] = []
        for byte in data:
            if byte in (_XON, _XOFF):
                replies.append(FlowControl(byte == _XON))
            elif not self._unit:
                self._begin(byte, replies)
            elif self._unit[0] in _BLOCK_STARTS:
                self._block(byte, replies)
            elif self._unit[0] & _SEIKO_MARK == _SEIKO_FIRST:
                self._seiko_asb(byte, replies)
            else:
                self._asb(byte, replies)
        return replies

    def _begin(self, byte: int, replies: list[Reply]) -> None:
        if byte in _BLOCK_STARTS or byte & _MARK == 0x10 or byte & _SEIKO_MARK == _SEIKO_FIRST:
            self._unit.append(byte)
        elif byte & _MARK == 0x12:
            replies.append(RealtimeByte(byte))
        elif byte & 0x90 == 0:
            replies.append(InOrderByte(byte))
        elif self._seiko and byte & _SEIKO_MARK == _SEIKO_IN_ORDER:
            replies.append(InOrderByte(byte & 0x0F))
        else:
            replies.append(Stray(byte))

    def _block(self, byte: int, replies: list[Reply]) -> None:
        unit = self._unit
        if byte == 0:
            replies.append(Block(unit[0], bytes(unit[1:])))
            unit.clear()
        elif byte >= 0x20 and len(unit) < BLOCK_LIMIT - 1:
            unit.append(byte)
        else:
            # No block has such a byte or is that long: it was noise, and this byte may begin something real.
            self._give_up(byte, replies)

    def _asb(self, byte: int, replies: list[Reply]) -> None:
        unit = self._unit
        if byte & 0x90:
            self._give_up(byte, replies)
            return
        unit.append(byte)
        if len(unit) == ASB_SIZE:
            replies.append(Asb(bytes(unit)))
            unit.clear()

    def _seiko_asb(self, byte: int, replies: list[Reply]) -> None:
        unit = self._unit
        if len(unit) == 1 and byte & _SEIKO_MARK != _SEIKO_SECOND:
            self._give_up(byte, replies)
            return
        unit.append(byte)
        if len(unit) == SEIKO_ASB_SIZE:
            self._seiko = True
            replies.append(SeikoAsb(bytes(unit)))
            unit.clear()

    def _give_up(self, byte: int, replies: list[Reply]) -> None:
        replies.extend(map(Stray, self._unit))
        self._unit.clear()
        self._begin(byte, replies)
