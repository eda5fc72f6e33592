"""Finds real-time commands in a stream as a printer does on receipt: wherever they stand, also inside picture data.

A printer acts on `DLE EOT`, `DLE ENQ` and `DLE DC4` before it has taken apart what came before them. The emulators
scan what they receive; the driver scans what it sends, so that an answer to two picture bytes is no surprise to it.
"""

from __future__ import annotations

import re

from posdevkit.protocols.vocabulary import Command

from .commands import status

__all__ = ["RealtimeScanner"]

# Behind what is whole: what may still become one when more bytes come, every proper beginning at the end of the data.
# It is looked for in the same pass, so that what stands in the arguments of a sound is no command of its own before the
# last of them is there either.
_PATTERN = re.compile(
    rb"\x10(?:"
    rb"\x04(?P<eot>[\x01-\x04])"
    rb"|\x05(?P<enq>[\x00-\x02])"
    rb"|\x14(?:\x01(?P<pulse>[\x00\x01][\x01-\x08])|\x02(?P<off>\x01\x08)"
    rb"|\x03(?P<sound>\x00.{4})|\x07(?P<tell>[\x01\x02\x04\x05])|(?P<clear>\x08\x01\x03\x14\x01\x06\x02\x08))"
    rb"|(?P<begun>|\x04|\x05|\x14(?:|\x01(?:|[\x00\x01])|\x02(?:|\x01)|\x03(?:|\x00.{0,3})|\x07"
    rb"|\x08(?:|\x01(?:|\x03(?:|\x14(?:|\x01(?:|\x06(?:|\x02)))))))?)\Z"
    rb")",
    re.DOTALL,
)


class RealtimeScanner:
    """Feed it the bytes in order; it gives each real-time command with the offset just behind it."""

    def __init__(self) -> None:
        self._tail = b""
        self._seen = 0

    def feed(self, data: bytes) -> list[tuple[int, Command]]:
        """Commands completed by `data`, each with its end counted from the first byte ever fed."""
        if not self._tail and b"\x10" not in data:  # nearly every chunk
            self._seen += len(data)
            return []
        whole = self._tail + data
        start = self._seen - len(self._tail)
        found: list[tuple[int, Command]] = []
        self._tail = b""
        for match in _PATTERN.finditer(whole):
            if match["begun"] is None:
                found.append((start + match.end(), _command(match)))
            else:
                self._tail = match[0]
        self._seen += len(data)
        return found


def _command(match: re.Match[bytes]) -> Command:
    kind = match.lastgroup
    if kind == "eot":
        return status.RealtimeStatusRequest(match["eot"][0])
    if kind == "enq":
        return status.RealtimeRequest(match["enq"][0])
    if kind == "pulse":
        return status.RealtimePulse(*match["pulse"])
    if kind == "off":
        return status.RealtimePowerOff(*match["off"])
    if kind == "sound":
        return status.RealtimeBuzzer(match["sound"])
    if kind == "tell":
        return status.RealtimeStatusTransmit(match["tell"][0])
    return status.RealtimeClear()
