"""Density, speed, print area, memory switches."""

from __future__ import annotations

from typing import cast

from posdevkit.protocols.vocabulary import Command, Effect, Seen, sized, terminated, u8, u16

SKIPPED = Effect.SKIPPED
PAGE = Seen.PAGE
PEER = Seen.PEER


class SetPrintArea(Command, name="ESC RS A", prefix="1B 1E 41", effect=SKIPPED, source="Graphic: ESC RS A", seen=PAGE):
    """Width of the print area, as the memory switch numbers them."""

    area: int = u8("0 to 4, 48 to 52")


class SetDensity(Command, name="ESC RS d", prefix="1B 1E 64", source="Graphic: ESC RS d", seen=PAGE):
    """How dark dots are."""

    density: int = u8("0 darkest to 6 lightest; 48 to 57 the same", values=(*range(7), *range(48, 58)))


class SetSpeed(Command, name="ESC RS r", prefix="1B 1E 72", source="Graphic: ESC RS r", seen=PAGE):
    """How fast the paper moves."""

    speed: int = u8("0 fast, 1 middle, 2 slow (48 to 50 the same)", values=(0, 1, 2, 48, 49, 50))


class SetReduction(Command, name="ESC GS c", prefix="1B 1D 63", effect=SKIPPED, source="Graphic: ESC GS c", seen=PAGE):
    """Print smaller."""

    across: int = u8("0")
    down: int = u8("0 whole, 1 half, 2 three quarters")


class SetPrintMode(Command, name="ESC RS C", prefix="1B 1E 43", effect=SKIPPED, source="Graphic: ESC RS C", seen=PAGE):
    """One colour, two colours, tones."""

    mode: int = u8("0 one, 1 two, 8 tones (48 more the same)", values=(0, 1, 8, 48, 49, 56))


class SetMemorySwitch(
    Command, name="ESC GS #", prefix="1B 1D 23", effect=SKIPPED, source="Graphic: ESC GS #", seen=PAGE
):
    """Define memory switches, or write what was defined and restart."""

    data: bytes = terminated("m N n1 n2 n3 n4 and a line feed", limit=16)


class Reset(Command, name="ESC ?", prefix="1B 3F 0A 00", effect=SKIPPED, source="Graphic: ESC ? LF NUL", seen=PAGE):
    """Restart and print the self test."""


class SetUtf8(
    Command, name="ESC GS ) U", prefix="1B 1D 29 55", effect=SKIPPED, source="StarPRNT: ESC GS ) U", seen=PEER
):
    """UTF-8: on or off, and which country's characters come first."""

    size: int = u16("bytes that follow", low=1)
    data: bytes = sized("function and arguments", lambda before: cast(int, before[0]))


class Extension(Command, name="ESC GS (", prefix="1B 1D 28", effect=SKIPPED, source="Graphic: ESC GS ( S"):
    """Settings that tell their own length."""

    letter: int = u8("which", low=65, high=122)
    size: int = u16("bytes that follow")
    data: bytes = sized("function and arguments", lambda before: cast(int, before[1]))
