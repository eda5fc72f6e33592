"""Pictures that come with the job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from posdevkit.protocols.vocabulary import Command, Effect, Seen, sized, u8, u16
from posdevkit.protocols.vocabulary.fields import Value

RENDERED = Effect.RENDERED
SKIPPED = Effect.SKIPPED
PEER = Seen.PEER


def _times(size: int) -> Callable[[Sequence[Value]], int]:
    return lambda before: size * cast(int, before[0])


class ColumnImage(Command, name="ESC X", prefix="1B 58", effect=RENDERED, source="Line: ESC X", seen=PEER):
    """A band of 24 dots high, column by column, into the line."""

    columns: int = u16("columns")
    data: bytes = sized("three bytes per column, top bit first", _times(3))


class FineImage(Command, name="ESC L", prefix="1B 4C", effect=SKIPPED, source="Line: ESC L", seen=PEER):
    """A band of 8 dots high, column by column, at full density."""

    columns: int = u16("columns")
    data: bytes = sized("a byte per column, top bit first", _times(1))


class NormalImage(Command, name="ESC K", prefix="1B 4B", effect=SKIPPED, source="Line: ESC K", seen=PEER):
    """A band of 8 dots high, column by column, at half density."""

    columns: int = u16("columns")
    data: bytes = sized("a byte per column, top bit first", _times(1))


class BandImage(Command, name="ESC k", prefix="1B 6B", effect=RENDERED, source="Line: ESC k", seen=PEER):
    """A band of 24 rows into the line."""

    width_bytes: int = u16("bytes per row")
    data: bytes = sized("24 rows, most significant bit left, 1 is black", _times(24))


class RasterImage(Command, name="ESC GS S", prefix="1B 1D 53", effect=RENDERED, source="StarPRNT: ESC GS S", seen=PEER):
    """Packed dots, row by row, printed at once."""

    mode: int = u8("1 or 49: one tone", values=(1, 49))
    width_bytes: int = u16("bytes per row")
    rows: int = u16("rows")
    tone: int = u8("0")
    data: bytes = sized(
        "width_bytes * rows bytes, most significant bit left, 1 is black",
        lambda before: cast(int, before[1]) * cast(int, before[2]),
    )
