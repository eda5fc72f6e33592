"""The serial counter that `GS c` prints, and the macro that `GS ^` runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from posdevkit.protocols.vocabulary import Command

__all__ = ["Counter", "Macro"]

_MACRO_BYTES: Final = 2048


@dataclass(slots=True)
class Counter:
    """From `first` to `last`, each number `repeat` times; a step or a repetition of 0 stops it."""

    first: int = 1
    last: int = 65_535
    step: int = 1
    repeat: int = 1
    value: int = 1
    digits: int = 0
    """How many are printed, 1 to 5; 0: as many as it has."""
    align: int = 0
    """0 right with blanks, 1 right with zeros, 2 left."""
    _printed: int = 0
    """How often the present value was printed."""

    def count(self, first: int, last: int, step: int, repeat: int) -> None:
        """Count like that from now on."""
        self.first, self.last, self.step, self.repeat = first, last, step, repeat
        self._printed = 0

    def printed(self) -> bytes:
        """The characters of the present value; then it is counted on."""
        low, high = sorted((self.first, self.last))
        goes = low != high and self.step > 0 and self.repeat > 0
        if goes and not low <= self.value <= high:
            self.value = self.first
        found = b"%d" % self.value
        if self.digits:
            found = found[-self.digits :]
            filler = b"0" if self.align == 1 else b" "
            found = found.ljust(self.digits) if self.align == 2 else found.rjust(self.digits, filler)
        if goes:
            self._printed += 1
            if self._printed >= self.repeat:
                self._printed = 0
                value = self.value + (self.step if self.first < self.last else -self.step)
                self.value = value if low <= value <= high else self.first
        return found


class Macro:
    """Commands that are remembered while they are executed, at most 2,048 bytes of them."""

    def __init__(self) -> None:
        self._commands: list[Command] = []
        self._size = 0

    @property
    def commands(self) -> tuple[Command, ...]:
        """What is run."""
        return tuple(self._commands)

    def clear(self) -> None:
        """There is no macro."""
        self._commands.clear()
        self._size = 0

    def record(self, command: Command) -> None:
        """One more command of the definition; from the first one on that is too much, none is remembered."""
        self._size += len(command.encode())
        if self._size <= _MACRO_BYTES:
            self._commands.append(command)
