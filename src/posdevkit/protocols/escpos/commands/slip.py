"""Slips, cheques, MICR and scanners of hybrid printers: known so that the stream stays in step."""

from __future__ import annotations

from posdevkit.protocols.vocabulary import Command, Effect, Seen, flag, rest, u8

SKIPPED = Effect.SKIPPED
PAGE = Seen.PAGE
PEER = Seen.PEER


class SetSlipEjectLength(Command, name="ESC C", prefix="1B 43", effect=SKIPPED, source="esc_cc", seen=PEER):
    """How far a cut sheet is ejected, in lines."""

    lines: int = u8("lines")


class SetSlipReverseEject(Command, name="ESC F", prefix="1B 46", effect=SKIPPED, source="esc_cf", seen=PEER):
    """Eject cut sheets backwards."""

    on: bool = flag("on or off")


class SetSlipWaitTime(Command, name="ESC f", prefix="1B 66", effect=SKIPPED, source="esc_lf", seen=PEER):
    """How long to wait for a cut sheet."""

    minutes: int = u8("minutes until the printer gives up, 0 for ever", high=15)
    tenths: int = u8("100 ms units until printing starts after insertion", high=64)


class ReleaseSlip(Command, name="ESC q", prefix="1B 71", effect=SKIPPED, source="esc_lq", seen=PEER):
    """Let go of the cut sheet."""


class SelectPaperForPrinting(Command, name="ESC c 0", prefix="1B 63 30", effect=SKIPPED, source="esc_lc0", seen=PEER):
    """Which paper is printed on."""

    papers: int = u8("bits: 01 journal, 02 receipt, 04 slip, 08 validation")


class SelectPaperForSettings(Command, name="ESC c 1", prefix="1B 63 31", effect=SKIPPED, source="esc_lc1", seen=PEER):
    """Which paper settings are for."""

    papers: int = u8("bits: 01 journal, 02 receipt, 04 slip, 08 validation, 40 back of the slip")


class DoubleDensityPageMode(Command, name="FS L", prefix="1C 4C", effect=SKIPPED, source="fs_cl", seen=PEER):
    """Page mode in double density on slips."""


class ReadCheck(Command, name="FS a 0", prefix="1C 61 30", effect=SKIPPED, source="fs_la_0", seen=PEER):
    """Read the magnetic line of a cheque (obsolete)."""

    font: int = u8("0 E13B, 1 CMC7")


class LoadCheck(Command, name="FS a 1", prefix="1C 61 31", effect=SKIPPED, source="fs_la_1", seen=PAGE):
    """Take the cheque to where printing starts (obsolete)."""


class EjectCheck(Command, name="FS a 2", prefix="1C 61 32", effect=SKIPPED, source="fs_la_2", seen=PAGE):
    """Eject the cheque (obsolete)."""


class AskCheckAgain(Command, name="FS b", prefix="1C 62", effect=SKIPPED, source="fs_lb", seen=PAGE):
    """Send the last reading of a cheque again (obsolete)."""


class CleanMicr(Command, name="FS c", prefix="1C 63", effect=SKIPPED, source="fs_lc", seen=PAGE):
    """Clean the MICR head."""


class SelectMicrData(
    Command, name="FS ( f", prefix="1C 28 66", function="", envelope=2, effect=SKIPPED, source="fs_lparen_lf", seen=PEER
):
    """What is done with MICR readings."""

    data: bytes = rest("pairs of setting and value", low=2)


class ImageScanner(
    Command, name="FS ( g", prefix="1C 28 67", function="", envelope=2, effect=SKIPPED, source="fs_lparen_lg", seen=PEER
):
    """Settings of the image scanner: functions 32 to 100."""

    data: bytes = rest("function and arguments", low=2)


class ControlSlip(
    Command, name="GS ( G", prefix="1D 28 47", function="", envelope=2, effect=SKIPPED, source="gs_lparen_cg", seen=PEER
):
    """Cut sheets, MICR and scanner: functions 32 to 85."""

    data: bytes = rest("function and arguments", low=2)


class SetCheckReading(
    Command, name="GS ( z", prefix="1D 28 7A", function="", envelope=2, effect=SKIPPED, source="gs_lparen_lz", seen=PEER
):
    """How cheques are read and their backs printed: functions 42, 48, 62, 63."""

    data: bytes = rest("function and arguments", low=2)
