"""What a printer may still wait for: the rest of a command or a question that a lost connection cut in two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from posdevkit.protocols.conversation import Conversation

__all__ = ["Unfinished"]

_LONGEST_QUESTION: Final = 16
"""No command of a greeting or a question is longer."""


@dataclass(slots=True)
class Unfinished:
    """It would swallow what comes next, so the next connection first sees to it."""

    command: int = 0
    """Bytes that a command of a job may still ask for, at most."""
    question: bool = False
    """Whether a question may; that is no reason to drop what the printer still has to print."""

    def begin(self, longest: int) -> None:
        """Something is being sent: commands of a job, each of at most `longest` bytes, or for 0 questions."""
        self.command = max(self.command, longest)
        self.question = self.question or not longest

    def end(self) -> None:
        """All of it was taken."""
        self.command, self.question = 0, False

    def mend(self, session: Conversation) -> bytes:
        """What a greeting has to begin with."""
        if self.command:
            return session.mend(self.command)
        # As many NULs complete a question: the printer may hold a job whose proof is awaited.
        return bytes(_LONGEST_QUESTION) if self.question else b""
