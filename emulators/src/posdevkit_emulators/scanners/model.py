"""What a scanner sends for a code, by how it is set up: bytes with a suffix, reports, or keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from posdevkit.errors import UsageError
from posdevkit.protocols.keys import type_text
from posdevkit.protocols.scan.reports import ScannedData, ScannedDataPlain

__all__ = ["FAULTS", "NOISE", "ScannerModel", "parse_scanner_faults"]

NOISE = b"\x00\x8f\xff\x07\x00"
"""What a line with the wrong speed brings."""
FAULTS = ("split", "garble", "drop-suffix", "no-aim")


@dataclass(frozen=True, slots=True)
class ScannerModel:
    """A scanner's settings."""

    suffix: bytes = b"\r"
    prefix: bytes = b""
    aim: bool = True
    """Whether it sends AIM identifiers."""
    layout: str = "us"
    """The keyboard that it plays."""
    split: int = 0
    """Bytes per write on a stream, 0 for all at once."""
    garble: bool = False
    """Noise in front of every code."""

    @classmethod
    def with_faults(cls, faults: Iterable[str], *, layout: str = "us") -> ScannerModel:
        """A scanner with these faults: `split=N`, `garble`, `drop-suffix`, `no-aim`. Raises UsageError."""
        found = parse_scanner_faults(faults)
        return cls(
            suffix=b"" if "drop-suffix" in found else b"\r",
            aim="no-aim" not in found,
            layout=layout,
            split=found.get("split", 0),
            garble="garble" in found,
        )

    def stream(self, data: bytes, aim: str) -> list[bytes]:
        """The pieces that go over a stream."""
        noise = NOISE + self.suffix if self.garble else b""
        whole = noise + self.prefix + self._identifier(aim) + data + self.suffix
        size = self.split or len(whole)
        return [whole[place : place + size] for place in range(0, len(whole), size)]

    def reports(self, data: bytes, aim: str, vendor: str = "") -> list[bytes]:
        """The reports of a HID POS scanner in layout A; B where it sends no AIM identifiers."""
        pieces = [data[place : place + 56] for place in range(0, len(data), 56)] or [b""]
        letter = ord(vendor) if vendor else 0
        out = []
        for number, piece in enumerate(pieces, 1):
            more = int(number < len(pieces))
            full = piece.ljust(56, b"\0")
            report: ScannedData | ScannedDataPlain
            if self.aim:
                identifier = self._identifier(aim).ljust(3, b"\0")
                report = ScannedData(len(piece), identifier, full, vendor=letter, continued=more)
            else:
                report = ScannedDataPlain(len(piece), full, bytes(4), vendor=letter, continued=more)
            out.append(report.encode())
        return out

    def keys(self, data: bytes, aim: str) -> bytes:
        """The key events."""
        text = self._identifier(aim).decode("ascii") + data.decode("utf-8")
        return type_text(text, self.layout, enter=bool(self.suffix))

    def _identifier(self, aim: str) -> bytes:
        return f"]{aim}".encode("ascii") if aim and self.aim else b""


def parse_scanner_faults(faults: Iterable[str]) -> dict[str, int]:
    """Names and numbers. Raises UsageError for what a scanner has not."""
    found: dict[str, int] = {}
    for fault in faults:
        name, _, number = fault.partition("=")
        good = name in FAULTS and (number.isdecimal() and 0 < int(number) < 10_000 if name == "split" else not number)
        if not good:
            raise UsageError(f"a scanner has no fault {fault!r}", remedy=f"Use one of {', '.join(FAULTS)} (split=3).")
        found[name] = int(number or 0)
    return found
