"""Two-byte characters: their modes, sizes and definitions."""

from __future__ import annotations

from posdevkit.protocols.vocabulary import Command, Effect, Seen, flag, sized, u8

RENDERED = Effect.RENDERED
PAGE = Seen.PAGE
PEER = Seen.PEER


class KanjiMode(Command, name="FS &", prefix="1C 26", effect=RENDERED, source="fs_amp", seen=PEER):
    """Bytes come in pairs from here."""


class CancelKanjiMode(Command, name="FS .", prefix="1C 2E", effect=RENDERED, source="fs_period", seen=PAGE):
    """Bytes are single characters from here."""


class SelectKanjiCode(Command, name="FS C", prefix="1C 43", effect=RENDERED, source="fs_cc", seen=PEER):
    """Code system of Japanese models."""

    system: int = u8("0 JIS, 1 Shift JIS, 2 JIS X 0213", values=(0, 1, 2, 48, 49, 50))


class SelectKanjiPrintMode(Command, name="FS !", prefix="1C 21", effect=RENDERED, source="fs_exclamation", seen=PEER):
    """Size and underline of two-byte characters."""

    mode: int = u8("04 double width, 08 double height, 80 underline")


class SetKanjiUnderline(Command, name="FS -", prefix="1C 2D", effect=RENDERED, source="fs_minus", seen=PAGE):
    """Underline of two-byte characters."""

    thickness: int = u8("0 off, 1 one dot, 2 two dots", values=(0, 1, 2, 48, 49, 50))


class SetKanjiSpacing(Command, name="FS S", prefix="1C 53", effect=RENDERED, source="fs_cs", seen=PAGE):
    """Blank dots on both sides of two-byte characters."""

    left: int = u8("motion units")
    right: int = u8("motion units")


class SetKanjiQuad(Command, name="FS W", prefix="1C 57", effect=RENDERED, source="fs_cw", seen=PAGE):
    """Two-byte characters twice as wide and high."""

    on: bool = flag("on or off")


class SelectKanjiFont(
    Command,
    name="FS ( A",
    prefix="1C 28 41",
    function="30",
    envelope=2,
    effect=RENDERED,
    source="fs_lparen_ca",
    seen=PEER,
):
    """Font of two-byte characters."""

    font: int = u8("0 A, 1 B, 2 C", values=(0, 1, 2, 48, 49, 50))


class DefineKanji(Command, name="FS 2", prefix="1C 32", effect=RENDERED, source="fs_2", seen=PEER):
    """Dots of a user-defined two-byte character, 24 by 24."""

    first: int = u8("first byte of the code")
    second: int = u8("second byte of the code")
    data: bytes = sized("72 bytes, column by column", lambda before: 72)


class CancelKanji(Command, name="FS ?", prefix="1C 3F", effect=RENDERED, source="fs_question", seen=PEER):
    """Forget a user-defined two-byte character."""

    first: int = u8("first byte of the code")
    second: int = u8("second byte of the code")
