"""A display of two lines, as its language's manual has it: decoded commands in, what stands there out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from posdevkit.paper.glass import glass_png
from posdevkit.profiles.codepages import UNMAPPED, decode_table
from posdevkit.protocols.displays.commands import cd5220, dmd
from posdevkit.protocols.displays.decoder import DisplayDecoder
from posdevkit.protocols.displays.dialects import CD5220, COLUMNS, DMD, dialect_named
from posdevkit.protocols.vocabulary import Command, Text

__all__ = ["DisplayModel"]

_ROWS: Final = 2
_LANGUAGES: Final = {"cd5220": CD5220, "epson-dm-d": DMD}


_PLACES: Final = COLUMNS * _ROWS
_STEPS: Final[Mapping[str, Callable[[int], int]]] = {
    "left": lambda at: (at - 1) % _PLACES,
    "right": lambda at: (at + 1) % _PLACES,
    "other": lambda at: (at + COLUMNS) % _PLACES,
    "start": lambda at: at // COLUMNS * COLUMNS,
    "end": lambda at: at // COLUMNS * COLUMNS + COLUMNS - 1,
    "home": lambda at: 0,
    "bottom": lambda at: _PLACES - 1,
}
_MOVES: Final[Mapping[type[Command], Callable[[int], int]]] = {
    command: _STEPS[step]
    for step, commands in {
        "left": (cd5220.Backspace, cd5220.MoveLeft, dmd.Backspace),
        "right": (cd5220.Tab, cd5220.MoveRight, dmd.MoveRight),
        # With two lines, the one above and the one below is the other; from the upper one up is the lower one.
        "other": (cd5220.LineFeed, cd5220.MoveUp, cd5220.MoveDown, dmd.MoveUp, dmd.MoveDown),
        "start": (cd5220.CarriageReturn, cd5220.MoveToLeftEnd, dmd.MoveToLeftEnd),
        "end": (cd5220.MoveToRightEnd, dmd.MoveToRightEnd),
        "home": (cd5220.Home, cd5220.MoveHome, dmd.Home),
        "bottom": (cd5220.MoveToBottom, dmd.MoveToBottom),
    }.items()
    for command in commands
}
"""Where the cursor goes, by command class."""


class DisplayModel:
    """Two lines of twenty places, a cursor, a brightness. Never answers."""

    kind = "display"

    def __init__(self, language: str = "cd5220") -> None:
        """Raises UsageError for another language."""
        self.dialect = dialect_named(language)
        self._decoder = DisplayDecoder(_LANGUAGES[language])
        self._pages = {number or 0: name for name, number in self.dialect.pages.items()}
        self._switch_on()

    def _switch_on(self) -> None:
        self.brightness = 4
        self._page = decode_table("cp437")
        self._selected = True
        self._string_mode = False
        self._clear()

    def _clear(self) -> None:
        self._cells = [" "] * (COLUMNS * _ROWS)
        self._at = 0
        self._string_mode = False

    @property
    def lines(self) -> tuple[str, str]:
        """What stands on the display, each line 20 characters."""
        return "".join(self._cells[:COLUMNS]), "".join(self._cells[COLUMNS:])

    def connected(self) -> None:
        """A display does not notice its cable."""

    def receive(self, data: bytes) -> bytes:
        """Carry out what came; there is no answer."""
        for command in self._decoder.feed(data):
            self._obey(command)
        return b""

    def _obey(self, command: Command) -> None:
        lines = (cd5220.WriteUpper, cd5220.WriteLower)
        if self._string_mode and not isinstance(command, (*lines, cd5220.Clear, cd5220.ClearLine)):
            return  # in string mode nothing else is taken (Partner CD5220 manual, note below table 6-1)
        match command:
            case Text(data=data):
                if self._selected:
                    self._write(data)
            case cd5220.WriteUpper(text=text):
                self._string(0, text)
            case cd5220.WriteLower(text=text):
                self._string(1, text)
            case cd5220.MoveTo(column=column, row=row) | dmd.MoveTo(column=column, row=row):
                self._at = (row - 1) * COLUMNS + column - 1
            case cd5220.Clear() | dmd.Clear():
                self._clear()
            case cd5220.ClearLine() | dmd.ClearLine():
                row = self._at // COLUMNS
                self._cells[row * COLUMNS : (row + 1) * COLUMNS] = " " * COLUMNS
                self._at, self._string_mode = row * COLUMNS, False
            case dmd.WithPeriod(char=char) | dmd.WithComma(char=char) | dmd.WithSemicolon(char=char):
                if self._selected:
                    self._write(bytes((char,)))  # the sign shares its place
            case cd5220.SetBrightness(level=level) | dmd.SetBrightness(level=level):
                self.brightness = level
            case dmd.SelectCodePage(page=page):
                self._page = decode_table(self._pages.get(page, "cp437"))
            case dmd.SelectDevice(device=device):
                self._selected = bool(device & 2)
            case cd5220.Initialize() | dmd.Initialize() | dmd.SelfTest():
                self._switch_on()
            case _ if type(command) in _MOVES:
                self._at = _MOVES[type(command)](self._at)
            case _:
                pass  # the other modes and the cursor do not change what two whole lines look like

    def _string(self, row: int, text: bytes) -> None:
        shown = [self._char(byte) for byte in text.removesuffix(b"\r")[:COLUMNS]]
        self._cells[row * COLUMNS : (row + 1) * COLUMNS] = shown + [" "] * (COLUMNS - len(shown))
        self._string_mode = True

    def _write(self, data: bytes) -> None:
        for byte in data:
            self._cells[self._at] = self._char(byte)
            self._at = (self._at + 1) % len(self._cells)

    def _char(self, byte: int) -> str:
        char = self._page[byte]
        return " " if char == UNMAPPED else char

    def png(self) -> bytes:
        """The display as a picture."""
        return glass_png(self.lines)
