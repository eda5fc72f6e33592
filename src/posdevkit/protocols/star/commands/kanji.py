"""Characters of two bytes."""

from __future__ import annotations

from posdevkit.protocols.vocabulary import Command, Effect, Seen, sized, u8

RENDERED = Effect.RENDERED
SKIPPED = Effect.SKIPPED
PAGE = Seen.PAGE
PEER = Seen.PEER


class JisOn(Command, name="ESC p", prefix="1B 70", effect=RENDERED, source="Line: ESC p", seen=PAGE):
    """Two bytes are one character of JIS."""


class JisOff(Command, name="ESC q", prefix="1B 71", effect=RENDERED, source="Line: ESC q", seen=PAGE):
    """One byte is one character."""


class SetShiftJis(Command, name="ESC $", prefix="1B 24", effect=RENDERED, source="Line: ESC $", seen=PEER):
    """Shift-JIS (or the country's own two-byte code) on or off."""

    on: int = u8("0 or 48 off, 1 or 49 on", values=(0, 1, 48, 49))


class SetKanjiSpacing(Command, name="ESC s", prefix="1B 73", source="Line: ESC s", seen=PEER):
    """Space left and right of two-byte characters."""

    left: int = u8("dots; 48 to 57 as 0 to 9")
    right: int = u8("dots; 48 to 57 as 0 to 9")


class SetHalfSpacing(Command, name="ESC t", prefix="1B 74", source="Line: ESC t", seen=PAGE):
    """Space left and right of one-byte characters in two-byte mode."""

    left: int = u8("dots; 48 to 57 as 0 to 9")
    right: int = u8("dots; 48 to 57 as 0 to 9")


class DefineKanji(Command, name="ESC r", prefix="1B 72", effect=SKIPPED, source="Line: ESC r"):
    """Define a character of 24 x 24 dots."""

    first: int = u8("first byte of its code")
    second: int = u8("second byte of its code")
    data: bytes = sized("72 bytes, row by row", lambda before: 72)
