"""A ticket that came out of an emulated printer: its paper, the commands that made it, and its three files."""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from posdevkit.errors import OutputFailed
from posdevkit.paper import DrawerKick, Ticket
from posdevkit.protocols.vocabulary import Command, Text

__all__ = ["OBJECT_BYTES", "PrintedTicket", "TicketTray", "append_line", "prepared_directory"]

Json = str | int | bool | None | dict[str, "Json"] | list["Json"]

OBJECT_BYTES: Final = 500
"""About what a command, or something that stands on the paper, takes in memory."""
_SHOWN_BYTES: Final = 64


@dataclass(frozen=True, slots=True)
class PrintedTicket:
    """Everything between two cuts."""

    number: int
    """From 1, over the life of the emulator."""
    profile: str
    paper: Ticket
    commands: tuple[Command, ...]
    """In the order in which the printer executed them, the cut included."""
    commands_left_out: int
    """How many came after the log was full."""
    size: int
    """Bytes of all commands."""
    sha256: str
    """Of the bytes of all commands."""
    troubles: tuple[str, ...]
    """What went wrong while it was printed: paper out, cover, faults of the cable."""

    @property
    def text(self) -> str:
        """The printed characters line by line."""
        return self.paper.text()

    @property
    def kicks(self) -> tuple[DrawerKick, ...]:
        """The drawer pulses while it was printed."""
        return self.paper.drawer_kicks

    @property
    def cut(self) -> bool:
        """Whether the cutter ended it; otherwise it was torn off."""
        return self.paper.cut is not None

    @property
    def weight(self) -> int:
        """About how many bytes of memory it takes."""
        return self.size + OBJECT_BYTES * (len(self.commands) + len(self.paper.items))

    def png(self) -> bytes:
        """The dots as a PNG file."""
        return self.paper.png()

    def facts(self) -> dict[str, Json]:
        """What its JSON file holds."""
        cut = self.paper.cut
        return {
            "ticket": self.number,
            "profile": self.profile,
            "dots": [self.paper.width, self.paper.height],
            "dpi": self.paper.dpi,
            "bytes": self.size,
            "sha256": self.sha256,
            "cut": None if cut is None else {"partial": cut.partial, "through": cut.through},
            "drawer": [{"pin": kick.pin, "on_ms": kick.on_ms, "off_ms": kick.off_ms} for kick in self.kicks],
            "faults": list(self.troubles),
            "commands": [_described(command) for command in self.commands],
            "commands_left_out": self.commands_left_out,
        }

    def save(self, folder: Path) -> Path:
        """Write `0001.png`, `.txt` and `.json`; returns the picture's path. Raises OutputFailed."""
        name = folder / f"{self.number:04d}"
        picture = name.with_suffix(".png")
        try:
            picture.write_bytes(self.png())
            name.with_suffix(".txt").write_text(self.text, encoding="utf-8", newline="\n")
            facts = json.dumps(self.facts(), ensure_ascii=False, indent=1)
            name.with_suffix(".json").write_text(facts + "\n", encoding="utf-8", newline="\n")
        except OSError as error:
            raise OutputFailed(f"{name}.*: {error.strerror or error}") from None
        return picture


def _described(command: Command) -> dict[str, Json]:
    told: dict[str, Json] = {"name": command.spec.name, "command": type(command).__name__}
    if isinstance(command, Text):
        told["text"] = command.data.decode("ascii", "backslashreplace")
        return told
    for name, value in command.arguments():
        told[name] = _bytes_shown(value) if isinstance(value, bytes) else value
    return told


def _bytes_shown(value: bytes) -> Json:
    if len(value) <= _SHOWN_BYTES:
        return value.hex(" ")
    return {"bytes": len(value), "sha256": hashlib.sha256(value).hexdigest()}


def append_line(path: Path, facts: Mapping[str, str | int | None]) -> None:
    """Add a line of JSON to a file. Raises OSError."""
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(facts, ensure_ascii=False) + "\n")


def prepared_directory(folder: str | Path) -> Path:
    """The directory, made if need be and tried out. Raises OutputFailed where nothing can be written."""
    path = Path(folder)
    trial = path / ".posdevkit-trial"
    try:
        path.mkdir(parents=True, exist_ok=True)
        trial.write_bytes(b"")
        trial.unlink()
    except OSError as error:
        raise OutputFailed(f"{path}: {error.strerror or error}") from None
    return path


class TicketTray:
    """The tickets that came out: the latest `most`, fewer where those take more than about `limit` bytes together."""

    def __init__(self, limit: int = 64 * 1024 * 1024, most: int = 1_000) -> None:
        self._limit = limit
        self._most = most
        self._weight = 0
        self._tickets: deque[PrintedTicket] = deque()
        self.count = 0
        """How many ever came out."""

    def put(self, ticket: PrintedTicket) -> None:
        """Another ticket came out."""
        self._tickets.append(ticket)
        self._weight += ticket.weight
        self.count += 1
        while len(self._tickets) > 1 and (self._weight > self._limit or len(self._tickets) > self._most):
            self._weight -= self._tickets.popleft().weight

    def clear(self) -> None:
        """Throw away what came out; the numbers go on."""
        self._tickets.clear()
        self._weight = 0

    @property
    def tickets(self) -> tuple[PrintedTicket, ...]:
        """Those that are still there, oldest first."""
        return tuple(self._tickets)

    def get(self, number: int) -> PrintedTicket | None:
        """The ticket of that number (from 1), or None if it is not there (yet, or any more)."""
        first = self.count - len(self._tickets) + 1
        return self._tickets[number - first] if first <= number <= self.count else None
