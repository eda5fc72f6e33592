"""Settings that are kept in the printer, and macros: known so that the stream stays in step; never sent by a job."""

from __future__ import annotations

from posdevkit.protocols.vocabulary import Command, Effect, rest, u8, u16

SKIPPED = Effect.SKIPPED


class UserSetup(
    Command, name="GS ( E", prefix="1D 28 45", function="", envelope=2, effect=SKIPPED, source="gs_lparen_ce"
):
    """Memory switches, custom values and interface settings."""

    data: bytes = rest("function and arguments", low=1)


class PaperLayout(
    Command, name="FS ( L", prefix="1C 28 4C", function="", envelope=2, effect=SKIPPED, source="fs_lparen_cl"
):
    """Label and black-mark paper."""

    data: bytes = rest("function and arguments", low=1)


class BatchPrint(
    Command, name="ESC ( Y", prefix="1B 28 59", function="", envelope=2, effect=SKIPPED, source="esc_lparen_cy"
):
    """Batch printing."""

    data: bytes = rest("arguments", low=2)


class MacroDefinition(Command, name="GS :", prefix="1D 3A", effect=SKIPPED, source="gs_colon"):
    """Start or end the definition of a macro."""


class ExecuteMacro(Command, name="GS ^", prefix="1D 5E", effect=SKIPPED, source="gs_caret"):
    """Run the macro."""

    times: int = u8("times")
    wait: int = u8("100 ms units between two runs")
    mode: int = u8("0 at once, 1 after the feed button", values=(0, 1))


class SetCounterMode(Command, name="GS C 0", prefix="1D 43 30", effect=SKIPPED, source="gs_cc_0"):
    """Digits and alignment of the counter print."""

    digits: int = u8("0 to 5")
    align: int = u8("0 right with blanks, 1 right with zeros, 2 left")


class SetCounterRange(Command, name="GS C 1", prefix="1D 43 31", effect=SKIPPED, source="gs_cc_1"):
    """Range and step of the counter print."""

    first: int = u16("from")
    last: int = u16("to")
    step: int = u8("step")
    repeat: int = u8("times each")


class SetCounter(Command, name="GS C 2", prefix="1D 43 32", effect=SKIPPED, source="gs_cc_2"):
    """Value of the counter print."""

    value: int = u16("value")


class PrintCounter(Command, name="GS c", prefix="1D 63", effect=SKIPPED, source="gs_lc"):
    """Print the counter."""
