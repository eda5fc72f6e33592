"""What `~HS` answers: three strings between STX and ETX (ZPL II guide 45541L-004, pp. 171-172), read and written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from posdevkit.events import Fault, Paper, PrinterStatus

__all__ = ["HostStatusFacts", "StringDecoder", "string"]

_STX, _ETX = 0x02, 0x03
_LONGEST: Final = 512


def string(text: str) -> bytes:
    """One string as a printer sends it."""
    return b"\x02" + text.encode("ascii", "replace") + b"\x03\r\n"


class StringDecoder:
    """Total and incremental: any bytes, cut anywhere, give the strings between STX and ETX."""

    def __init__(self) -> None:
        self._open: bytearray | None = None

    def feed(self, data: bytes) -> list[str]:
        """The strings that `data` completes."""
        strings: list[str] = []
        for byte in data:
            if byte == _STX:
                self._open = bytearray()
            elif self._open is None:
                continue
            elif byte == _ETX:
                strings.append(self._open.decode("ascii", "replace"))
                self._open = None
            elif len(self._open) < _LONGEST:
                self._open.append(byte)
            else:
                self._open = None  # no string is that long: noise
        return strings


@dataclass(frozen=True, slots=True)
class HostStatusFacts:
    """The fields that tell something about printing; the others are written as a printer at rest has them."""

    paper_out: bool = False
    paused: bool = False
    label_length: int = 0
    formats: int = 0
    """In the receive buffer, not yet printed."""
    buffer_full: bool = False
    partial: bool = False
    """A format has begun and not ended."""
    corrupt_memory: bool = False
    too_cold: bool = False
    too_hot: bool = False
    head_open: bool = False
    ribbon_out: bool = False
    label_waiting: bool = False
    labels_left: int = 0

    @classmethod
    def read(cls, first: str, second: str) -> Self | None:
        """From the first two strings, None where they are none of a status."""
        a, b = first.split(","), second.split(",")
        numbers = [*a[1:5], *a[5:8], *a[9:12], *b[2:4], *b[7:9]]
        if len(a) != 12 or len(b) != 11 or not all(text.isascii() and text.isdigit() for text in numbers):
            return None
        return cls(
            paper_out=a[1] != "0",
            paused=a[2] != "0",
            label_length=int(a[3]),
            formats=int(a[4]),
            buffer_full=a[5] != "0",
            partial=a[7] != "0",
            corrupt_memory=a[9] != "0",
            too_cold=a[10] != "0",
            too_hot=a[11] != "0",
            head_open=b[2] != "0",
            ribbon_out=b[3] != "0",
            label_waiting=b[7] != "0",
            labels_left=int(b[8]),
        )

    def strings(self) -> tuple[str, str, str]:
        """The three strings: 9600 baud 8N1, tear-off, direct thermal, no password."""
        first = (
            f"030,{self.paper_out:d},{self.paused:d},{self.label_length:04d},{self.formats:03d},{self.buffer_full:d},"
            f"0,{self.partial:d},000,{self.corrupt_memory:d},{self.too_cold:d},{self.too_hot:d}"
        )
        second = (
            f"000,0,{self.head_open:d},{self.ribbon_out:d},0,2,0,{self.label_waiting:d},{self.labels_left:08d},1,000"
        )
        return first, second, "1234,0"

    @property
    def idle(self) -> bool:
        """Nothing is left to print."""
        return not (self.formats or self.labels_left or self.partial)

    @property
    def status(self) -> PrinterStatus:
        """The same in the words of all printers."""
        fault = Fault.AUTO_RECOVERABLE if self.too_hot or self.too_cold else Fault.NONE
        return PrinterStatus(
            online=not (self.paper_out or self.paused or self.head_open or self.ribbon_out),
            cover_open=self.head_open,
            paper=Paper.OUT if self.paper_out else Paper.OK,
            fault=Fault.UNRECOVERABLE if self.corrupt_memory else fault,
            paused=self.paused,
            ribbon_out=self.ribbon_out,
        )
