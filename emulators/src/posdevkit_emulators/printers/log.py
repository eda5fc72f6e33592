"""What went into the ticket that is being printed: its commands, its bytes, its troubles."""

from __future__ import annotations

import hashlib
from typing import Final

from posdevkit.paper import Ticket
from posdevkit.protocols.vocabulary import Command, Text
from posdevkit_emulators.tickets import OBJECT_BYTES, PrintedTicket

__all__ = ["TicketLog"]

_LIMIT: Final = 100_000
"""Commands that a ticket keeps; the others are counted."""
_JOINED: Final = 4096
"""Up to this length, characters that came in pieces are logged as the one text that they are."""
_HASHED: Final = 16_384
"""Bytes that are hashed at once: it costs less than to do so command by command."""


class TicketLog:
    """Grows until the ticket is out."""

    def __init__(self) -> None:
        self.size = 0
        """Bytes of all commands."""
        self.weight = 0
        """About the bytes of memory that the ticket takes by now."""
        self._commands: list[Command] = []
        self._left_out = 0
        self._hash = hashlib.sha256()
        self._unhashed = bytearray()
        self._troubles: list[str] = []

    def add(self, command: Command, raw: bytes) -> None:
        """A command is executed."""
        self.size += len(raw)
        self.weight += len(raw) + OBJECT_BYTES
        self._unhashed += raw
        if len(self._unhashed) > _HASHED:
            self._hash.update(self._unhashed)
            self._unhashed.clear()
        log = self._commands
        before = log[-1] if log else None
        if isinstance(before, Text) and isinstance(command, Text) and len(before.data) < _JOINED:
            log[-1] = Text.from_values((before.data + command.data,))
        elif len(log) < _LIMIT:
            log.append(command)
        else:
            self._left_out += 1

    def trouble(self, what: str) -> None:
        """Something went wrong."""
        self._troubles.append(what)

    def ticket(self, number: int, profile: str, paper: Ticket) -> PrintedTicket:
        """The ticket that this log belongs to."""
        self._hash.update(self._unhashed)
        self._unhashed.clear()
        return PrintedTicket(
            number=number,
            profile=profile,
            paper=paper,
            commands=tuple(self._commands),
            commands_left_out=self._left_out,
            size=self.size,
            sha256=self._hash.hexdigest(),
            troubles=tuple(self._troubles),
        )
