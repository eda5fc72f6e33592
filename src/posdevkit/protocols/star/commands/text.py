"""Characters: font, size, weight, code page."""

from __future__ import annotations

from posdevkit.protocols.vocabulary import Command, Effect, Seen, sized, u8

RENDERED = Effect.RENDERED
SKIPPED = Effect.SKIPPED
PAGE = Seen.PAGE
PEER = Seen.PEER

_SWITCH = (0, 1, 48, 49)


class Initialize(Command, name="ESC @", prefix="1B 40", effect=RENDERED, source="Line: ESC @", seen=PEER):
    """Command initialization: every mode to its default, a half-set line dropped."""


class Cancel(Command, name="CAN", prefix="18", effect=RENDERED, source="Line: CAN", seen=PAGE):
    """Drop the line that is being set and initialize; the ETB counter goes to 0."""


class SelectFont(Command, name="ESC RS F", prefix="1B 1E 46", effect=RENDERED, source="Line: ESC RS F", seen=PEER):
    """Font."""

    font: int = u8("0 A (12 x 24), 1 B (9 x 24), 2 C (9 x 17 on some models), 16 OCR-B; 48 to 50 as 0 to 2")


class SelectCodePage(Command, name="ESC GS t", prefix="1B 1D 74", effect=RENDERED, source="Line: ESC GS t", seen=PEER):
    """Code page."""

    page: int = u8("1 437, 2 katakana, 4 858, 5 852, 6 860 ... 32 1252, 33 1250, 34 1251")


class SelectInternationalSet(Command, name="ESC R", prefix="1B 52", effect=RENDERED, source="Line: ESC R", seen=PAGE):
    """Country whose letters stand in twelve places of ASCII."""

    country: int = u8("0 USA, 1 France, 2 Germany, 3 UK, 4 Denmark, 5 Sweden, 6 Italy, 7 Spain, 8 Japan ...")


class SetSlashedZero(Command, name="ESC /", prefix="1B 2F", source="Line: ESC /", seen=PAGE):
    """A slash through the zero, or none."""

    on: int = u8("0 or 48 none, 1 or 49 slashed", values=_SWITCH)


class SetRightSpacing(Command, name="ESC SP", prefix="1B 20", effect=RENDERED, source="Line: ESC SP", seen=PAGE):
    """Space behind every character."""

    dots: int = u8("dots; 48 to 57 as 0 to 9")


class Select12DotPitch(Command, name="ESC M", prefix="1B 4D", effect=SKIPPED, source="Line: ESC M", seen=PAGE):
    """Characters 12 dots apart."""


class Select15DotPitch(Command, name="ESC P", prefix="1B 50", effect=SKIPPED, source="Line: ESC P", seen=PAGE):
    """Characters 15 dots apart."""


class Select16DotPitch(Command, name="ESC :", prefix="1B 3A", effect=SKIPPED, source="Line: ESC :", seen=PAGE):
    """Characters 16 dots apart."""


class Select14DotPitch(Command, name="ESC g", prefix="1B 67", effect=SKIPPED, source="Line: ESC g", seen=PEER):
    """Characters 14 dots apart."""


class SetSize(Command, name="ESC i", prefix="1B 69", effect=RENDERED, source="Line: ESC i", seen=PEER):
    """Multiples of the font's cell, less one."""

    taller: int = u8("0 to 5: times 1 to 6 in height; 48 to 53 the same", values=(*range(6), *range(48, 54)))
    wider: int = u8("0 to 5: times 1 to 6 in width; 48 to 53 the same", values=(*range(6), *range(48, 54)))


class SetWidth(Command, name="ESC W", prefix="1B 57", effect=RENDERED, source="Line: ESC W", seen=PAGE):
    """Width as a multiple, less one."""

    wider: int = u8("0 to 5, 48 to 53", values=(*range(6), *range(48, 54)))


class SetHeight(Command, name="ESC h", prefix="1B 68", effect=RENDERED, source="Line: ESC h", seen=PAGE):
    """Height as a multiple, less one."""

    taller: int = u8("0 to 5, 48 to 53", values=(*range(6), *range(48, 54)))


class DoubleWidth(Command, name="SO", prefix="0E", effect=RENDERED, source="Line: SO", seen=PAGE):
    """Twice as wide from here on."""


class SingleWidth(Command, name="DC4", prefix="14", effect=RENDERED, source="Line: DC4", seen=PAGE):
    """As wide as the font from here on."""


class DoubleHeight(Command, name="ESC SO", prefix="1B 0E", effect=RENDERED, source="Line: ESC SO", seen=PAGE):
    """Twice as high from here on."""


class SingleHeight(Command, name="ESC DC4", prefix="1B 14", effect=RENDERED, source="Line: ESC DC4", seen=PAGE):
    """As high as the font from here on."""


class BoldOn(Command, name="ESC E", prefix="1B 45", effect=RENDERED, source="Line: ESC E", seen=PAGE):
    """Emphasized from here on."""


class BoldOff(Command, name="ESC F", prefix="1B 46", effect=RENDERED, source="Line: ESC F", seen=PAGE):
    """Not emphasized from here on."""


class SetUnderline(Command, name="ESC -", prefix="1B 2D", effect=RENDERED, source="Line: ESC -", seen=PAGE):
    """A line below the characters."""

    on: int = u8("0 or 48 off, 1 or 49 on", values=_SWITCH)


class SetUpperline(Command, name="ESC _", prefix="1B 5F", effect=SKIPPED, source="Line: ESC _", seen=PAGE):
    """A line above the characters."""

    on: int = u8("0 or 48 off, 1 or 49 on", values=_SWITCH)


class ReverseOn(Command, name="ESC 4", prefix="1B 34", effect=RENDERED, source="Line: ESC 4", seen=PAGE):
    """White on black from here on."""


class ReverseOff(Command, name="ESC 5", prefix="1B 35", effect=RENDERED, source="Line: ESC 5", seen=PAGE):
    """Black on white from here on."""


class UpsideDownOn(Command, name="SI", prefix="0F", effect=RENDERED, source="Line: SI", seen=PAGE):
    """Turned by 180 degrees from the next line on."""


class UpsideDownOff(Command, name="DC2", prefix="12", effect=RENDERED, source="Line: DC2", seen=PAGE):
    """Upright from the next line on."""


class SetRotation(
    Command, name="ESC RS R", prefix="1B 1E 52", effect=SKIPPED, source="receiptline: ESC RS R", seen=PEER
):
    """Characters of Thai set one above the other, or not."""

    mode: int = u8("0 or 1")


class DefineUserCharacter(
    Command, name="ESC & 1", prefix="1B 26 01 / 1B 26 31", effect=RENDERED, source="StarPRNT: ESC & c1 c2 n d1 ... d48"
):
    """Define a character of 12 x 24 dots."""

    size: int = u8("1 or 49", values=(1, 49))
    code: int = u8("place in the code page", low=32)
    data: bytes = sized("48 bytes, row by row", lambda before: 48)


class DeleteUserCharacter(
    Command, name="ESC & 0", prefix="1B 26 00 / 1B 26 30", effect=RENDERED, source="StarPRNT: ESC & c1 c2 n"
):
    """Forget a character that was defined."""

    size: int = u8("0 or 48", values=(0, 48))
    code: int = u8("place in the code page", low=32)


class SelectUserCharacters(
    Command, name="ESC %", prefix="1B 25", effect=RENDERED, source="StarPRNT: ESC % n", seen=PAGE
):
    """Print the defined characters, or the resident ones."""

    on: int = u8("0 or 48 resident, 1 or 49 defined", values=_SWITCH)
