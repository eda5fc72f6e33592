"""Takes apart what a printer sends: status bytes, automatic status, texts and ids, mixed on one stream.

Every kind shows by its bits (Epson dle_eot, gs_la, gs_lr, gs_ci, gs_lparen_ch): real-time status 0xx1xx10, the first
byte of automatic status 0xx1xx00 and its other three 0xx0xxxx, blocks 5F, 3D or 37 up to a NUL, flow control 11 and 13.
"""

from __future__ import annotations

from dataclasses import dataclass

from .status import ASB_SIZE

__all__ = ["Asb", "Block", "FlowControl", "InOrderByte", "RealtimeByte", "Reply", "ReplyDecoder", "Stray"]

_MARK = 0x93
_BLOCK_STARTS = b"\x5f\x3d\x37"
BLOCK_LIMIT = 256


@dataclass(frozen=True, slots=True)
class RealtimeByte:
    """The answer to a `DLE EOT`; which one it answers only the asker knows."""

    byte: int


@dataclass(frozen=True, slots=True)
class Asb:
    """Four bytes of automatic status."""

    frame: bytes


@dataclass(frozen=True, slots=True)
class InOrderByte:
    """The answer to a `GS r`, or a one-byte `GS I`."""

    byte: int


@dataclass(frozen=True, slots=True)
class Block:
    """`header` (5F, 3D or 37) and what stood before the NUL."""

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


Reply = RealtimeByte | Asb | InOrderByte | Block | FlowControl | Stray


class ReplyDecoder:
    """Total and incremental: any bytes, cut anywhere, give replies and never an exception."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Reply]:
        """The replies that `data` completes."""
        buffer = self._buffer
        buffer += data
        replies: list[Reply] = []
        at = 0
        while at < len(buffer):
            reply, size = self._next(buffer, at)
            if reply is None:
                break
            replies.append(reply)
            at += size
        del buffer[:at]
        return replies

    @staticmethod
    def _next(buffer: bytearray, at: int) -> tuple[Reply | None, int]:
        byte = buffer[at]
        if byte in _BLOCK_STARTS:
            end = buffer.find(0, at, at + BLOCK_LIMIT)
            if end >= 0:
                return Block(byte, bytes(buffer[at + 1 : end])), end + 1 - at
            if len(buffer) - at < BLOCK_LIMIT:
                return None, 0
            return Stray(byte), 1
        if byte in (0x11, 0x13):
            return FlowControl(byte == 0x11), 1
        if byte & _MARK == 0x12:
            return RealtimeByte(byte), 1
        if byte & _MARK == 0x10:
            frame = bytes(buffer[at : at + ASB_SIZE])
            if any(part & 0x90 for part in frame[1:]):
                return Stray(byte), 1
            return (Asb(frame), ASB_SIZE) if len(frame) == ASB_SIZE else (None, 0)
        if byte & 0x90 == 0:
            return InOrderByte(byte), 1
        return Stray(byte), 1
