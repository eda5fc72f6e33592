"""Fields: a place, what is set there, and its data; and plain shapes."""

from __future__ import annotations

from posdevkit.protocols.vocabulary import Command, Effect, Seen, number, rest, word

RENDERED = Effect.RENDERED
PEER = Seen.PEER


class FieldOrigin(Command, name="^FO", prefix="5E 46 4F", delimiter=",", effect=RENDERED, source="^FO", seen=PEER):
    """Where the next field's upper left corner stands."""

    x: int = number("dots from home")
    y: int = number("dots from home")


class FieldHex(Command, name="^FH", prefix="5E 46 48", delimiter=",", effect=RENDERED, source="^FH"):
    """In the next data, this character and two hexadecimal digits are one byte."""

    indicator: bytes = word("the character", *(bytes([n]) for n in range(33, 127)), default=b"_")


class FieldData(Command, name="^FD", prefix="5E 46 44", delimiter=",", effect=RENDERED, source="^FD", seen=PEER):
    """The field's data, up to the next command."""

    data: bytes = rest("as it stands, ^FH not yet undone")


class FieldSeparator(Command, name="^FS", prefix="5E 46 53", effect=RENDERED, source="^FS", seen=PEER):
    """The field is complete."""


class FieldBlock(Command, name="^FB", prefix="5E 46 42", delimiter=",", effect=RENDERED, source="^FB"):
    """The next text is set in a column."""

    width: int = number("dots")
    lines: int = number("most lines", low=1, high=9999, default=1)
    spacing: int = number("dots between lines", high=9999, default=0)
    align: bytes = word("left, centre, right, justified", b"L", b"C", b"R", b"J", default=b"L")
    indent: int = number("dots, from the second line on", high=9999, default=0)


class SelectFont(Command, name="^A", prefix="5E 41", delimiter=",", effect=RENDERED, source="^A", seen=PEER):
    """Font and size of the next text."""

    font: bytes = word(
        "font and orientation",
        *(bytes([font]) + turn for font in b"0ABCDEFGHPQRSTUV" for turn in (b"", b"N", b"R", b"I", b"B")),
    )
    height: int = number("dots, 0 as told before", low=1)
    width: int = number("dots, 0 in proportion", low=1)


class GraphicBox(Command, name="^GB", prefix="5E 47 42", delimiter=",", effect=RENDERED, source="^GB", seen=PEER):
    """A frame; a thickness of half the smaller side fills it."""

    width: int = number("dots, at least the thickness")
    height: int = number("dots, at least the thickness")
    thickness: int = number("dots", low=1, default=1)
    color: bytes = word("black or white", b"B", b"W", default=b"B")
    rounding: int = number("of the corners", high=8, default=0)
