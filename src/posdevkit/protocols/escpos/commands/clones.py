"""Commands that other people's software sends, though Epson's reference for receipt printers does not have them."""

from __future__ import annotations

from posdevkit.protocols.vocabulary import Command, Effect, Seen, u8

COMMON = "no page of Epson's; known from encoders"
PEER = Seen.PEER


class SetItalic(Command, name="ESC 4", prefix="1B 34", source=COMMON, seen=PEER):
    """Italic characters; Epson's receipt printers print on upright."""

    on: int = u8("0 off, 1 on", values=(0, 1, 48, 49))


class SoundBuzzer(Command, name="ESC B", prefix="1B 42", effect=Effect.RENDERED, source=COMMON, seen=PEER):
    """Sound of many 58 and 80 mm printers."""

    times: int = u8("times")
    duration: int = u8("length of one, in units of the model")


class SetLineSpacing60(Command, name="ESC A", prefix="1B 41", source=COMMON, seen=PEER):
    """Line spacing in 1/60 inch."""

    units: int = u8("1/60 inch")


class SetLineSpacing360(Command, name="ESC +", prefix="1B 2B", source=COMMON, seen=PEER):
    """Line spacing in 1/360 inch."""

    units: int = u8("1/360 inch")


class SetDensity(Command, name="GS |", prefix="1D 7C", source=COMMON, seen=PEER):
    """Print density, 0 light to 8 dark."""

    density: int = u8("0 to 8", high=8)
