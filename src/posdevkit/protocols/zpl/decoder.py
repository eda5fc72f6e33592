"""Takes ZPL apart. Total and incremental: any bytes, cut anywhere, give commands and never an exception.

A command is a caret or tilde, two letters, and arguments up to the next caret or tilde, so one with arguments is known
only when the next begins; those without are known, and carried out, at once. `^CC`, `^CT` and `^CD` exchange the three
characters. The binary forms of ^GF and ~DY are not read as such: a caret in their bytes begins a command.
"""

from __future__ import annotations

from typing import Final

from posdevkit.protocols.vocabulary import Command, Oversize, Unknown

from .language import ZPL

__all__ = ["LIMIT", "ZplDecoder"]

LIMIT: Final = 1 << 20
"""Bytes of one command that are kept."""
_HEAD: Final = 16
_CHANGES: Final = {b"CC": 0, b"CT": 1, b"CD": 2}
_BLANKS: Final = bytes.maketrans(b"", b"")


class ZplDecoder:
    """Bytes in, commands out. What stands between commands is nothing, as in a printer."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._marks = bytearray(b"^~,")
        self._kept = bytearray()
        self._seen = 0  # bytes of `_kept` in which no next command begins
        self._dropped = 0

    def feed(self, data: bytes) -> list[Command]:
        """The commands that `data` completes."""
        self._kept += data
        commands: list[Command] = []
        while (command := self._next()) is not None:
            commands.append(command)
        return commands

    def flush(self) -> list[Command]:
        """What is left when no more bytes come."""
        left, dropped = bytes(self._kept), self._dropped
        self._kept.clear()
        self._seen = self._dropped = 0
        if dropped:
            return [Oversize(dropped + len(left), left[:_HEAD])]
        return [self._made(left)] if len(left) > 1 and left[0] in self._marks[:2] else []

    def _find(self, start: int) -> int:
        places = [place for mark in set(self._marks[:2]) if (place := self._kept.find(mark, start)) >= 0]
        return min(places, default=-1)

    def _next(self) -> Command | None:
        kept = self._kept
        if not self._dropped:
            begin = self._find(0) if kept and kept[0] not in self._marks[:2] else 0
            if begin:
                del kept[: begin if begin > 0 else len(kept)]
                self._seen = 0
            if (early := self._without_arguments()) is not None:
                return early
            if len(kept) < 3:
                return self._cut_short()
        end = self._find(max(self._seen, 0 if self._dropped else 1))
        if end < 0:
            self._seen = len(kept)
            if self._dropped + len(kept) > self._limit:
                del_from = 0 if self._dropped else _HEAD
                self._dropped += len(kept) - del_from
                del kept[del_from:]
                self._seen = len(kept)
            return None
        piece = bytes(kept[:end])
        del kept[:end]
        self._seen = 0
        if self._dropped:
            size, self._dropped = self._dropped + len(piece), 0
            return Oversize(size, piece[:_HEAD])
        if len(piece) > self._limit:
            return Oversize(len(piece), piece[:_HEAD])
        return self._made(piece)

    def _cut_short(self) -> Command | None:
        """A caret or tilde right behind another: the first began nothing."""
        end = self._find(1) if self._kept else -1
        if end < 0:
            return None
        piece = bytes(self._kept[:end])
        del self._kept[:end]
        return Unknown(piece)

    def _without_arguments(self) -> Command | None:
        kept = self._kept
        if len(kept) < 3 or 0 <= self._find(1) < 3:
            return None
        name = bytes(kept[1:3]).upper()
        if name in _CHANGES:
            if len(kept) < 4:
                return None
            # The character may be any, also one that begins commands: it is the fourth byte in any case.
            command = self._made(bytes(kept[:4]))
            self._marks[_CHANGES[name]] = kept[3]
            del kept[:4]
            self._seen = 0
            return command
        found = ZPL.plain.get(self._mark(kept[0]) + name)
        if found is None or found[0].spec.fields:
            return None
        del kept[:3]
        self._seen = 0
        return found[0]()

    def _mark(self, byte: int) -> bytes:
        return b"^" if byte == self._marks[0] else b"~"

    def _made(self, piece: bytes) -> Command:
        mark = self._mark(piece[0])
        name = piece[1:3].upper()
        found = ZPL.plain.get(mark + name) or ZPL.plain.get(mark + name[:1])
        if found is None:
            return Unknown(piece)
        kind, size = found
        body = piece[size:]
        if name not in _CHANGES:
            body = body.translate(_BLANKS, b"\r\n")
            if self._marks[2] != 0x2C and len(kind.spec.fields) > 1:
                body = body.replace(bytes([self._marks[2]]), b",")
        return kind.from_body(body) or Unknown(piece)
