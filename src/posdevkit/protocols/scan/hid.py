"""The conversation with a HID POS scanner: reports in, codes out."""

from __future__ import annotations

from typing import Final

from .decoded import Code, Garbled, code_of
from .reports import LAYOUT_A, LAYOUT_B, Layout, layout_of

__all__ = ["HidSession"]

_LONGEST: Final = 8_192
_PATIENCE: Final = 1.0
# Honeywell's code letters, where no AIM identifier is sent.
_VENDOR: Final = {
    "d": "EAN-13",
    "D": "EAN-8",
    "c": "UPC-A",
    "E": "UPC-E",
    "j": "Code 128",
    "I": "GS1-128",
    "|": "GS1-128",
    "b": "Code 39",
    "s": "QR Code",
    "w": "Data Matrix",
    "z": "Aztec",
    "y": "GS1 DataBar",
    "{": "GS1 DataBar",
    "}": "GS1 DataBar",
    "r": "PDF417",
}


class HidSession:
    """A ScanSession over reports, each taken whole and with its id in front."""

    def __init__(self, descriptor: bytes = b"") -> None:
        """`descriptor`: the device's report descriptor, empty where it cannot be read."""
        self._layout = layout_of(descriptor)
        self._data = b""
        self._aim = ""
        self._vendor = ""

    @property
    def patience(self) -> float | None:
        return _PATIENCE if self._data else None

    def receive(self, data: bytes) -> list[Code | Garbled]:
        layout = self._layout or _fallback(data)
        if not data or (layout.report and data[0] != layout.report):
            return []  # the trigger's report, or one that a maker added
        if len(data) <= max(layout.length, layout.data):
            return self._broken("a report that was cut off", len(data))
        length = data[layout.length]
        body = data[layout.data : layout.data + layout.size]
        if length > len(body):
            return self._broken("a report that tells more than it holds", len(data))
        if not self._data:
            self._aim = _aim(data, layout)
            self._vendor = chr(_byte(data, layout.vendor))
        self._data += body[:length]
        if _byte(data, layout.continued) & layout.mask and len(self._data) <= _LONGEST:
            return []
        if len(self._data) > _LONGEST:
            return self._broken("longer than any code", 0)
        whole, self._data = self._data, b""
        if not whole:
            return []
        return [code_of(whole, aim=self._aim, symbology=_VENDOR.get(self._vendor, ""))]

    def quiet(self) -> list[Code | Garbled]:
        return self._broken("the rest of a long code never came", 0) if self._data else []

    def _broken(self, reason: str, length: int) -> list[Code | Garbled]:
        length += len(self._data)
        self._data = b""
        return [Garbled(reason, length)]


def _fallback(data: bytes) -> Layout:
    """Layout A where its place for the AIM identifier holds one, or holds zeros before data; else B."""
    aim = data[LAYOUT_A.aim : LAYOUT_A.data]
    return LAYOUT_A if aim[:1] == b"]" or aim == b"\0\0\0" else LAYOUT_B


def _aim(data: bytes, layout: Layout) -> str:
    text = data[layout.aim : layout.aim + 3] if layout.aim >= 0 else b""
    return text[1:].decode("ascii", "replace") if text[:1] == b"]" and len(text) == 3 and text[1:].isalnum() else ""


def _byte(data: bytes, place: int) -> int:
    return data[place] if 0 <= place < len(data) else 0
