"""What a driver says to a display, in either language: two lines, clear, brightness. Text is data in both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from posdevkit.errors import BadText, Unsupported, UsageError
from posdevkit.layout.lookalikes import BLANKS, LOOKALIKES
from posdevkit.profiles.codepages import encode_table
from posdevkit.protocols.vocabulary import Language

from .commands import cd5220, dmd

__all__ = ["CD5220", "COLUMNS", "DIALECTS", "DMD", "Dialect", "dialect_named", "line_bytes"]

COLUMNS: Final = 20

CD5220: Final = Language("CD5220", (f"{__package__}.commands.cd5220",))
DMD: Final = Language("Epson DM-D", (f"{__package__}.commands.dmd",))


@dataclass(frozen=True, slots=True)
class Dialect:
    """One language, in the words that a driver needs."""

    name: str
    language: Language
    pages: Mapping[str, int | None]
    """Code page to the number that selects it; None where it is the only one."""
    begin: Callable[[int | None], bytes]
    """What to send first, with the code page's number."""
    show: Callable[[bytes, bytes], bytes]
    clear: Callable[[], bytes]
    brightness: Callable[[int], bytes]
    """A level of 1 to 4. What was shown has to be shown again behind it."""

    def page(self, name: object) -> int | None:
        """The number of a code page. Raises Unsupported."""
        if not isinstance(name, str) or name not in self.pages:
            known = ", ".join(self.pages)
            raise Unsupported(f"{self.name} has no code page {name!r}", remedy=f"Use one of {known}.")
        return self.pages[name]


def line_bytes(text: str, page: str) -> bytes:
    """Exactly 20 bytes that set `text`, cut or filled up; what the page lacks looks alike or is a question mark.

    Raises BadText for control characters: they would be commands.
    """
    if any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 for char in text):
        raise BadText(f"{text!r} holds control characters", remedy="Give each line of the display by itself.")
    table = encode_table(page)
    found = bytearray()
    for char in text.translate(BLANKS).replace("\u00a0", " "):
        if char in table:
            found.append(table[char])
        else:
            found += LOOKALIKES.get(char, "?").encode("ascii")
    return bytes(found[:COLUMNS].ljust(COLUMNS))


def dialect_named(name: object) -> Dialect:
    """The dialect of that name. Raises UsageError."""
    if not isinstance(name, str) or name not in DIALECTS:
        raise UsageError(f"no display speaks {name!r}", remedy=f"Use one of {', '.join(DIALECTS)}.")
    return DIALECTS[name]


def _cd5220_begin(page: int | None) -> bytes:
    return cd5220.Clear().encode() + cd5220.Initialize().encode() + cd5220.ShowCursor(0).encode()


def _cd5220_show(upper: bytes, lower: bytes) -> bytes:
    return cd5220.WriteUpper(upper + b"\r").encode() + cd5220.WriteLower(lower + b"\r").encode()


def _cd5220_brightness(level: int) -> bytes:
    # In string mode the display takes no such command; CLR ends that.
    return cd5220.Clear().encode() + cd5220.SetBrightness(level).encode()


def _dmd_begin(page: int | None) -> bytes:
    parts = [
        dmd.SelectDevice(2),
        dmd.Initialize(),
        dmd.OverwriteMode(),
        dmd.ShowCursor(0),
        dmd.SelectCodePage(page or 0),
    ]
    return b"".join(part.encode() for part in parts)


def _dmd_show(upper: bytes, lower: bytes) -> bytes:
    return dmd.MoveTo(1, 1).encode() + upper + dmd.MoveTo(1, 2).encode() + lower


DIALECTS: Final[Mapping[str, Dialect]] = {
    "cd5220": Dialect(
        "cd5220",
        CD5220,
        {"cp437": None},
        _cd5220_begin,
        _cd5220_show,
        cd5220.Clear().encode,
        _cd5220_brightness,
    ),
    "epson-dm-d": Dialect(
        "epson-dm-d",
        DMD,
        # The numbers of ESC t as Epson's printers have them; not read in a manual of the displays.
        {"cp858": 19, "cp437": 0, "cp850": 2, "cp865": 5, "cp1252": 16, "cp866": 17, "cp852": 18},
        _dmd_begin,
        _dmd_show,
        dmd.Clear().encode,
        lambda level: dmd.SetBrightness(level).encode(),
    ),
}
"""Every language; the first code page of each is the usual one."""
