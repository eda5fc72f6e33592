"""Barcodes."""

from __future__ import annotations

from posdevkit.protocols.vocabulary import Command, Effect, Seen, number, word

RENDERED = Effect.RENDERED
PEER = Seen.PEER
_TURNS = (b"N", b"R", b"I", b"B")
_YES_NO = (b"Y", b"N")


class BarcodeDefaults(Command, name="^BY", prefix="5E 42 59", delimiter=",", effect=RENDERED, source="^BY"):
    """Module width and height of the symbols that follow."""

    module: int = number("dots of the narrowest bar, 0 as told before", low=1, high=10)
    ratio: bytes = word(
        "wide to narrow, for symbologies of two widths", *(f"{n / 10:.1f}".encode() for n in range(20, 31)), b"2", b"3"
    )
    height: int = number("dots, 0 as told before", low=1)


class Code128(Command, name="^BC", prefix="5E 42 43", delimiter=",", effect=RENDERED, source="^BC"):
    """The next data is a Code 128 barcode."""

    turn: bytes = word("orientation", *_TURNS)
    height: int = number("dots, 0 as ^BY has it", low=1)
    text: bytes = word("print the text below", *_YES_NO, default=b"Y")
    above: bytes = word("print it above instead", *_YES_NO, default=b"N")
    ucc_check: bytes = word("UCC check digit", *_YES_NO, default=b"N")
    mode: bytes = word("none, UCC case, automatic, GS1", b"N", b"U", b"A", b"D", default=b"N")


class Ean13(Command, name="^BE", prefix="5E 42 45", delimiter=",", effect=RENDERED, source="^BE", seen=PEER):
    """The next data is an EAN-13 barcode; the printer works out the check digit."""

    turn: bytes = word("orientation", *_TURNS)
    height: int = number("dots, 0 as ^BY has it", low=1)
    text: bytes = word("print the text below", *_YES_NO, default=b"Y")
    above: bytes = word("print it above instead", *_YES_NO, default=b"N")


class Qr(Command, name="^BQ", prefix="5E 42 51", delimiter=",", effect=RENDERED, source="^BQ", seen=PEER):
    """The next data is a QR code: `{level}{A|M},{data}`."""

    turn: bytes = word("orientation, always N", *_TURNS)
    model: int = number("1 or 2", low=1, high=2, default=2)
    module: int = number("dots of one square, 0 as the resolution has it", low=1, high=100, default=0)
    level: bytes = word("unless the data tells", b"H", b"Q", b"M", b"L", default=b"Q")
    mask: int = number("mask", high=7, default=7)
