"""Settings that are kept in the printer, and macros: known so that the stream stays in step; never sent by a job."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from posdevkit.protocols.vocabulary import Command, Effect, Seen, rest, sized, u8, u16, u32, walked
from posdevkit.protocols.vocabulary.fields import NO_FIT, Value

SKIPPED = Effect.SKIPPED
PAGE = Seen.PAGE
PEER = Seen.PEER


class UserSetup(
    Command,
    name="GS ( E",
    prefix="1D 28 45",
    function="",
    envelope=2,
    effect=Effect.REPORTED,
    source="gs_lparen_ce",
    seen=PAGE,
):
    """Memory switches, custom values and interface settings."""

    data: bytes = rest("function and arguments", low=1)


class PaperLayout(
    Command, name="FS ( L", prefix="1C 28 4C", function="", envelope=2, effect=SKIPPED, source="fs_lparen_cl", seen=PEER
):
    """Label and black-mark paper."""

    data: bytes = rest("function and arguments", low=1)


class BatchPrint(
    Command,
    name="ESC ( Y",
    prefix="1B 28 59",
    function="",
    envelope=2,
    effect=SKIPPED,
    source="esc_lparen_cy",
    seen=PEER,
):
    """Batch printing."""

    data: bytes = rest("arguments", low=2)


class UserMemory(
    Command,
    name="GS ( C",
    prefix="1D 28 43",
    function="",
    envelope=2,
    effect=Effect.REPORTED,
    source="gs_lparen_cc",
    seen=PAGE,
):
    """Records kept in the printer by a key: functions 0 to 6."""

    data: bytes = rest("0, function, 0, then key and data", low=3)


class WriteUserMemory(Command, name="FS g 1", prefix="1C 67 31", effect=Effect.RENDERED, source="fs_lg_1", seen=PAGE):
    """Write bytes to the user memory (obsolete)."""

    reserved: int = u8("0", high=0)
    address: int = u32("where")
    size: int = u16("bytes that follow")
    data: bytes = sized("the bytes", lambda before: cast(int, before[2]))


class ReadUserMemory(Command, name="FS g 2", prefix="1C 67 32", effect=Effect.REPORTED, source="fs_lg_2", seen=PAGE):
    """Ask for bytes of the user memory (obsolete)."""

    reserved: int = u8("0", high=0)
    address: int = u32("where")
    size: int = u16("bytes asked for")


class CustomizeDefaults(
    Command,
    name="GS ( M",
    prefix="1D 28 4D",
    function="",
    envelope=2,
    effect=Effect.RENDERED,
    source="gs_lparen_cm",
    seen=PAGE,
):
    """Keep the present settings, load them, or load them at every start."""

    function: int = u8("1 keep, 2 load, 3 at start (49 to 51 the same)", values=(1, 2, 3, 49, 50, 51))
    value: int = u8("0 or 1 (48, 49), 2 (50)")


class MacroDefinition(Command, name="GS :", prefix="1D 3A", effect=Effect.RENDERED, source="gs_colon", seen=Seen.PAGE):
    """Start or end the definition of a macro."""


class ExecuteMacro(Command, name="GS ^", prefix="1D 5E", effect=Effect.RENDERED, source="gs_caret", seen=PAGE):
    """Run the macro."""

    times: int = u8("times; 0 does nothing")
    wait: int = u8("100 ms units between two runs")
    mode: int = u8("0 at once, 1 after the feed button", values=(0, 1))


class SetCounterMode(
    Command, name="GS C 0", prefix="1D 43 30", effect=Effect.RENDERED, source="gs_cc_0", seen=Seen.PAGE
):
    """Digits and alignment of the counter print."""

    digits: int = u8("0 to 5")
    align: int = u8("0 right with blanks, 1 right with zeros, 2 left")


class SetCounterRange(Command, name="GS C 1", prefix="1D 43 31", effect=Effect.RENDERED, source="gs_cc_1", seen=PEER):
    """Range and step of the counter print."""

    first: int = u16("from")
    last: int = u16("to")
    step: int = u8("step")
    repeat: int = u8("times each")


class SetCounter(Command, name="GS C 2", prefix="1D 43 32", effect=Effect.RENDERED, source="gs_cc_2", seen=PEER):
    """Value of the counter print."""

    value: int = u16("value")


def _five_numbers(data: bytes | bytearray, at: int, before: Sequence[Value], limit: int) -> int:
    # Digits and semicolons; the fifth semicolon is the end.
    ends = 0
    for place in range(at, len(data)):
        if data[place] == 0x3B:
            ends += 1
            if ends == 5:
                return place + 1 - at
        elif not 0x30 <= data[place] <= 0x39 or place - at >= 40:
            return NO_FIT
    return len(data) - at + 1


class SetCounterByText(
    Command, name="GS C ;", prefix="1D 43 3B", effect=Effect.RENDERED, source="gs_cc_semicolon", seen=Seen.PAGE
):
    """Range, step, repetition and value of the counter print as five decimal numbers (obsolete)."""

    data: bytes = walked("a;b;c;d;e; where a number may be left out", _five_numbers)


class PrintCounter(Command, name="GS c", prefix="1D 63", effect=Effect.RENDERED, source="gs_lc", seen=Seen.PAGE):
    """Print the counter."""
