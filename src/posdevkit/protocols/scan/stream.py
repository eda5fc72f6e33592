"""Scanners on a serial port or any other stream: data, then a suffix, sometimes after a prefix.

Factory settings are 9600 8N1 with CR behind each code (Honeywell, Zebra and Datalogic integration guides).
"""

from __future__ import annotations

from typing import Final

from posdevkit.errors import BadUrl

from .decoded import Code, Garbled, code_of

__all__ = ["LONGEST", "NOISE_REASONS", "PREFIXES", "SUFFIXES", "StreamSession"]

SUFFIXES: Final = {"cr": b"\r", "lf": b"\n", "crlf": b"\r\n", "etx": b"\x03", "tab": b"\t", "none": b""}
PREFIXES: Final = {"none": b"", "stx": b"\x02"}
LONGEST: Final = 8_192
"""Bytes: more than the largest symbol holds (QR Code 40-L: 7,089 digits). Without a suffix by then it is noise."""

_PATIENCE: Final = 1.0
"""Within a code bytes follow each other without a pause, so what has not ended by then never will."""
_PAUSE: Final = 0.05
"""Where no suffix is sent this much silence ends a code: fifty characters' time at 9600 baud."""
# What no symbol carries as text and a line with the wrong speed brings in plenty. GS, RS, FS, US, EOT, TAB, CR and LF
# stand inside codes.
_NOISE: Final = bytes(set(range(0x20)) - {0x04, 0x09, 0x0A, 0x0D, 0x1C, 0x1D, 0x1E, 0x1F}) + b"\x7f"

_CONTROLS, _ENDLESS = "control characters that no code has", "no suffix came"
NOISE_REASONS: Final = frozenset({_CONTROLS, _ENDLESS})
"""Reasons of what a line with the wrong speed brings."""


class StreamSession:
    """A ScanSession over bytes in order."""

    def __init__(self, *, suffix: str = "cr", prefix: str = "none") -> None:
        """Names from SUFFIXES and PREFIXES. Raises BadUrl for others, since they come from a URL's options."""
        if suffix not in SUFFIXES:
            raise BadUrl(f"the suffix {suffix!r} is unknown", remedy=f"Use one of {', '.join(SUFFIXES)}.")
        if prefix not in PREFIXES:
            raise BadUrl(f"the prefix {prefix!r} is unknown", remedy=f"Use one of {', '.join(PREFIXES)}.")
        self._suffix = SUFFIXES[suffix]
        self._prefix = PREFIXES[prefix]
        self._buffer = bytearray()
        self._searched = 0
        self._dropped = 0

    @property
    def patience(self) -> float | None:
        if not self._buffer and not self._dropped:
            return None
        return _PATIENCE if self._suffix else _PAUSE

    def receive(self, data: bytes) -> list[Code | Garbled]:
        self._buffer += data
        found: list[Code | Garbled] = []
        suffix = self._suffix
        while suffix:
            # From where the last look ended: a long code in small pieces is searched once.
            end = self._buffer.find(suffix, max(0, self._searched - len(suffix) + 1))
            if end < 0:
                break
            frame = bytes(self._buffer[:end])
            del self._buffer[: end + len(suffix)]
            self._searched = 0
            found += self._ended(frame)
        self._searched = len(self._buffer)
        if len(self._buffer) > LONGEST:
            self._dropped += len(self._buffer)
            self._buffer.clear()
            self._searched = 0
        return found

    def quiet(self) -> list[Code | Garbled]:
        frame = bytes(self._buffer)
        self._buffer.clear()
        self._searched = 0
        if not frame and not self._dropped:
            return []
        if not self._suffix:
            return self._ended(frame)
        length, self._dropped = len(frame) + self._dropped, 0
        return [Garbled(_ENDLESS, length)]

    def _ended(self, frame: bytes) -> list[Code | Garbled]:
        dropped, self._dropped = self._dropped, 0
        if dropped:
            return [Garbled("longer than any code", dropped + len(frame))]
        if self._suffix == b"\r":
            frame = frame.removeprefix(b"\n")  # set to CR LF: the rest of the suffix before
        if not frame:
            return []
        if self._prefix:
            head, found, body = frame.partition(self._prefix)
            if not found:
                return [Garbled("the prefix is missing", len(frame))]
            return ([Garbled("bytes before the prefix", len(head))] if head else []) + _code(body)
        return _code(frame)


def _code(frame: bytes) -> list[Code | Garbled]:
    if not frame:
        return [Garbled("nothing between prefix and suffix", 0)]
    if len(frame.translate(None, _NOISE)) != len(frame):
        return [Garbled(_CONTROLS, len(frame))]
    return [code_of(frame)]
