"""How characters look and which character set they come from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from posdevkit.protocols.vocabulary import Command, Effect, Seen, flag, u8, walked
from posdevkit.protocols.vocabulary.fields import NO_FIT, Value

RENDERED = Effect.RENDERED
PAGE = Seen.PAGE
PEER = Seen.PEER


class Initialize(Command, name="ESC @", prefix="1B 40", effect=RENDERED, source="esc_atsign", seen=PAGE):
    """Clear the print buffer and set every mode back to its default. A half-set line is dropped."""


class SelectPrintMode(Command, name="ESC !", prefix="1B 21", effect=RENDERED, source="esc_exclamation", seen=PAGE):
    """Font, bold, size and underline in one byte."""

    mode: int = u8("01 font B, 08 bold, 10 double height, 20 double width, 80 underline")


class SelectCharacterSize(Command, name="GS !", prefix="1D 21", effect=RENDERED, source="gs_exclamation", seen=PEER):
    """Multiples of the cell: (width - 1) * 16 + (height - 1), each 0 to 7."""

    size: int = u8(
        "width - 1 in the upper half, height - 1 in the lower", values=[w << 4 | h for w in range(8) for h in range(8)]
    )

    @classmethod
    def of(cls, width: int, height: int) -> SelectCharacterSize:
        """From multiples, 1 to 8 each."""
        return cls((width - 1) << 4 | (height - 1))

    @property
    def width(self) -> int:
        """Multiple of the cell's width, 1 to 8."""
        return (self.size >> 4) + 1

    @property
    def height(self) -> int:
        """Multiple of the cell's height, 1 to 8."""
        return (self.size & 7) + 1


class SetBold(Command, name="ESC E", prefix="1B 45", effect=RENDERED, source="esc_ce", seen=PAGE):
    """Emphasised characters."""

    on: bool = flag("on or off")


class SetDoubleStrike(Command, name="ESC G", prefix="1B 47", effect=RENDERED, source="esc_cg", seen=PAGE):
    """Double strike; on thermal printers it looks like bold."""

    on: bool = flag("on or off")


class SetUnderline(Command, name="ESC -", prefix="1B 2D", effect=RENDERED, source="esc_minus", seen=PEER):
    """Underline one or two dots thick; digits as characters mean the same."""

    thickness: int = u8("0 off, 1 one dot, 2 two dots (48 to 50 mean the same)", values=(0, 1, 2, 48, 49, 50))


class SetReverse(Command, name="GS B", prefix="1D 42", effect=RENDERED, source="gs_cb", seen=PEER):
    """White on black."""

    on: bool = flag("on or off")


class SetUpsideDown(Command, name="ESC {", prefix="1B 7B", effect=RENDERED, source="esc_lbrace", seen=PEER):
    """Lines turned by 180 degrees; takes effect at the start of a line."""

    on: bool = flag("on or off")


class SetRotation(Command, name="ESC V", prefix="1B 56", effect=RENDERED, source="esc_cv", seen=PEER):
    """Characters turned by 90 degrees clockwise."""

    mode: int = u8("0 off, 1 on with 1-dot spacing, 2 on with 1.5-dot spacing", values=(0, 1, 2, 48, 49, 50))


class SelectFont(Command, name="ESC M", prefix="1B 4D", effect=RENDERED, source="esc_cm", seen=PEER):
    """Resident font."""

    font: int = u8(
        "0 A, 1 B, 2 C, 3 D, 4 E (48 to 52 the same), 97 and 98 special", values=(*range(5), *range(48, 53), 97, 98)
    )


class SetSmoothing(Command, name="GS b", prefix="1D 62", source="gs_sb", seen=PAGE):
    """Smoothed edges of enlarged characters."""

    on: bool = flag("on or off")


class SetRightSpacing(Command, name="ESC SP", prefix="1B 20", effect=RENDERED, source="esc_sp", seen=PAGE):
    """Blank dots to the right of every character, in horizontal motion units."""

    units: int = u8("motion units")


class SelectColor(Command, name="ESC r", prefix="1B 72", effect=RENDERED, source="esc_sr", seen=PEER):
    """Print colour of two-colour paper."""

    color: int = u8("0 black, 1 second colour", values=(0, 1, 48, 49))


class SetJustification(Command, name="ESC a", prefix="1B 61", effect=RENDERED, source="esc_sa", seen=PAGE):
    """Left, centred or right; takes effect at the start of a line."""

    mode: int = u8("0 left, 1 centre, 2 right (48 to 50 the same)", values=(0, 1, 2, 48, 49, 50))


class SelectCodePage(Command, name="ESC t", prefix="1B 74", effect=RENDERED, source="esc_lt", seen=PEER):
    """Which characters the bytes 80 to FF are. Numbers differ between makers."""

    page: int = u8("the model's own number of the code page")


class SelectInternationalSet(Command, name="ESC R", prefix="1B 52", effect=RENDERED, source="esc_cr", seen=PEER):
    """Which characters stand in twelve places of ASCII."""

    country: int = u8(
        "0 USA, 1 France, 2 Germany, 3 UK, 4 Denmark I, 5 Sweden, 6 Italy, 7 Spain I, 8 Japan, 9 Norway, ..."
    )


class SelectUserCharacters(Command, name="ESC %", prefix="1B 25", effect=RENDERED, source="esc_percent", seen=PAGE):
    """Characters defined by `ESC &` instead of the resident ones."""

    on: bool = flag("on or off")


def _user_character_bytes(data: bytes | bytearray, at: int, before: Sequence[Value], limit: int) -> int:
    # Each character brings its own width, so the bytes can only be counted from character to character. With an
    # argument out of range the printer takes what follows as ordinary data (TM-T90 programming guide, p. 114).
    height, first, last = cast(tuple[int, int, int], tuple(before))
    if not (1 <= height <= 6 and 32 <= first <= last <= 126):
        return NO_FIT
    place = at
    for _ in range(first, last + 1):
        if place + 1 - at > limit or place >= len(data):
            return place + 1 - at
        place += 1 + height * data[place]
    return place - at


class DefineUserCharacters(Command, name="ESC &", prefix="1B 26", effect=RENDERED, source="esc_amp", seen=PAGE):
    """Dots of the characters `first` to `last`: each a byte for its columns, then `y` bytes per column, top first."""

    y: int = u8("bytes per column, 3 for font A and B of most models", low=1, high=6)
    first: int = u8("first character code", low=32, high=126)
    last: int = u8("last character code", low=32, high=126)
    data: bytes = walked("per character: columns, then y bytes per column", _user_character_bytes)


class CancelUserCharacter(Command, name="ESC ?", prefix="1B 3F", effect=RENDERED, source="esc_question", seen=PAGE):
    """Forget one user character."""

    code: int = u8("character code", low=32, high=126)


class SelectCharacterEffect(
    Command,
    name="GS ( N",
    prefix="1D 28 4E",
    function="30",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_cn",
    seen=PEER,
):
    """Colour of characters: function 48."""

    color: int = u8("48 none, 49 to 51 colours")


class SelectBackground(
    Command, name="GS ( N", prefix="1D 28 4E", function="31", envelope=2, source="gs_lparen_cn", seen=PEER
):
    """Colour behind characters: function 49."""

    color: int = u8("48 none, 49 to 51 colours")


class SelectShading(
    Command, name="GS ( N", prefix="1D 28 4E", function="32", envelope=2, source="gs_lparen_cn", seen=PEER
):
    """Shadow of characters: function 50."""

    on: int = u8("0 off, 1 on", values=(0, 1, 48, 49))
    color: int = u8("48 none, 49 to 51 colours")


class SelectEncoding(
    Command, name="FS ( C", prefix="1C 28 43", function="30", envelope=2, source="fs_lparen_cc", seen=PEER
):
    """One byte per character or UTF-8 (newer TM models)."""

    mode: int = u8("1 one byte, 2 UTF-8 (49, 50 the same)", values=(1, 2, 49, 50))


class SetFontPriority(
    Command, name="FS ( C", prefix="1C 28 43", function="3C", envelope=2, source="fs_lparen_cc", seen=PEER
):
    """Which script's glyphs win in UTF-8."""

    rank: int = u8("0 first, 1 second", values=(0, 1))
    script: int = u8("0 ANK, 11 Japanese, 20 simplified Chinese, 30 traditional Chinese, 41 Korean")
