"""The frame of a label: where it begins and ends, its size, how often it is printed."""

from __future__ import annotations

from posdevkit.protocols.vocabulary import Command, Effect, Seen, number, word

RENDERED = Effect.RENDERED
PEER = Seen.PEER


class StartFormat(Command, name="^XA", prefix="5E 58 41", effect=RENDERED, source="^XA", seen=PEER):
    """A label begins."""


class EndFormat(Command, name="^XZ", prefix="5E 58 5A", effect=RENDERED, source="^XZ", seen=PEER):
    """The label is complete: print it."""


class SetEncoding(Command, name="^CI", prefix="5E 43 49", delimiter=",", effect=RENDERED, source="^CI"):
    """How the bytes of texts are read."""

    table: int = number("0 to 36; 28 is UTF-8", high=36)


class SetPrintWidth(Command, name="^PW", prefix="5E 50 57", delimiter=",", effect=RENDERED, source="^PW", seen=PEER):
    """Width of the label."""

    dots: int = number("dots", low=2, high=65535)


class SetLabelLength(Command, name="^LL", prefix="5E 4C 4C", delimiter=",", effect=RENDERED, source="^LL", seen=PEER):
    """Length of the label."""

    dots: int = number("dots", low=1)


class SetHome(Command, name="^LH", prefix="5E 4C 48", delimiter=",", effect=RENDERED, source="^LH"):
    """Where places are counted from."""

    x: int = number("dots from the left")
    y: int = number("dots from the top")


class SetQuantity(Command, name="^PQ", prefix="5E 50 51", delimiter=",", effect=RENDERED, source="^PQ"):
    """How many of this label."""

    quantity: int = number("labels", low=1, high=99_999_999, default=1)
    pause: int = number("labels between pauses, 0 for none", high=99_999_999, default=0)
    replicates: int = number("copies of each serial number", high=99_999_999, default=0)
    override: bytes = word("whether the pauses are left out", b"Y", b"N", default=b"N")
