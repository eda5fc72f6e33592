"""What a trace may keep of a talk with a terminal: kinds and lengths of messages, never passwords or cards."""

from __future__ import annotations

from typing import Final, Literal

__all__ = ["ApduRedactor"]

_KEPT: Final = frozenset({b"\x06\x01", b"\x04\xff", b"\x06\x0f", b"\x06\x1e", b"\x06\xb0", b"\x80\x00"})
"""Messages whose contents are harmless: amounts and result codes."""
_MASK: Final = b"*"


class ApduRedactor:
    """Follows both directions byte by byte, so that no split shows a number. One for each connection."""

    def __init__(self) -> None:
        self._ways = {"send": _Way(), "receive": _Way()}

    def __call__(self, way: Literal["send", "receive"], data: bytes) -> bytes:
        return self._ways[way].redacted(data)


class _Way:
    def __init__(self) -> None:
        self._head = bytearray()
        self._left = 0

    def redacted(self, data: bytes) -> bytes:
        out = bytearray()
        for byte in data:
            if self._left:
                self._left -= 1
                kept = bytes(self._head[:2]) in _KEPT or self._head[0] == 0x84
                out += bytes([byte]) if kept else _MASK
                if not self._left:
                    self._head.clear()
                continue
            self._head.append(byte)
            out.append(byte)
            if len(self._head) == 3 and byte != 0xFF:
                self._left = byte
            elif len(self._head) == 5:
                self._left = int.from_bytes(self._head[3:5], "little")
            else:
                continue
            if not self._left:
                self._head.clear()
        return bytes(out)
