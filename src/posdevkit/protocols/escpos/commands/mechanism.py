"""Cutter, drawer, buzzer, head."""

from __future__ import annotations

from posdevkit.protocols.vocabulary import Command, Effect, Seen, flag, rest, u8

RENDERED = Effect.RENDERED
PAGE = Seen.PAGE
PEER = Seen.PEER


class Cut(Command, name="GS V", prefix="1D 56", effect=RENDERED, source="gs_cv", seen=PAGE):
    """Cut here."""

    mode: int = u8("0, 48 full; 1, 49 partial", values=(0, 1, 48, 49), selects=True)

    @property
    def partial(self) -> bool:
        """Whether a hinge is left."""
        return self.mode in (1, 49)


class FeedAndCut(Command, name="GS V", prefix="1D 56", effect=RENDERED, source="gs_cv", seen=PAGE):
    """Feed to the cutting place and by `units` more, then cut."""

    mode: int = u8(
        "65 full, 66 partial; 97, 98 cut later; 103, 104 cut and go back",
        values=(65, 66, 97, 98, 103, 104),
        selects=True,
    )
    units: int = u8("vertical motion units beyond the cutting place")

    @property
    def partial(self) -> bool:
        """Whether a hinge is left."""
        return self.mode in (66, 98, 104)


class OldFullCut(Command, name="ESC i", prefix="1B 69", effect=RENDERED, source="esc_li", seen=PEER):
    """Cut (obsolete; leaves one point)."""


class OldPartialCut(Command, name="ESC m", prefix="1B 6D", effect=RENDERED, source="esc_lm", seen=PEER):
    """Cut (obsolete; leaves three points)."""


class DrawerPulse(Command, name="ESC p", prefix="1B 70", effect=RENDERED, source="esc_lp", seen=PAGE):
    """A pulse on the drawer kick connector, in order with the data."""

    pin: int = u8("0, 48: pin 2; 1, 49: pin 5", values=(0, 1, 48, 49))
    on: int = u8("2 ms units on")
    off: int = u8("2 ms units off; not shorter than on")


class Buzzer(
    Command,
    name="ESC ( A",
    prefix="1B 28 41",
    function="",
    envelope=2,
    effect=Effect.RENDERED,
    source="esc_lparen_ca",
    seen=PAGE,
):
    """Sound and its settings: functions 48, 97 to 99."""

    data: bytes = rest("function and arguments", low=1)


class SelectSensors(Command, name="ESC c 3", prefix="1B 63 33", source="esc_lc3", seen=PAGE):
    """Which paper sensors raise the paper-end signal (parallel interface)."""

    sensors: int = u8("bits")


class SelectStopSensors(Command, name="ESC c 4", prefix="1B 63 34", source="esc_lc4", seen=PEER):
    """Which paper sensors stop printing."""

    sensors: int = u8("bits")


class SetButtons(Command, name="ESC c 5", prefix="1B 63 35", source="esc_lc5", seen=PAGE):
    """Disable or enable the feed button."""

    disabled: int = u8("lowest bit: 1 disabled")


class ControlPrint(
    Command, name="GS ( K", prefix="1D 28 4B", function="", envelope=2, source="gs_lparen_ck", seen=PAGE
):
    """Print control mode, density, speed, thermal head parts: functions 48 to 50, 61, 97."""

    data: bytes = rest("function and value", low=1)


class SetUnidirectional(Command, name="ESC U", prefix="1B 55", source="esc_cu", seen=PAGE):
    """Print from left to right only (impact printers)."""

    on: bool = flag("on or off")


class ReturnHome(Command, name="ESC <", prefix="1B 3C", source="esc_lessthan", seen=PEER):
    """Move the print head home (impact printers)."""


class SelectHeadControl(Command, name="GS E", prefix="1D 45", effect=Effect.PARSED, source="gs_ce", seen=PAGE):
    """Speed and head energy (obsolete)."""

    mode: int = u8("bits: 01 copy or normal, 04 and 10 speed")


class SetRecoveryTime(Command, name="GS z 0", prefix="1D 7A 30", effect=Effect.PARSED, source="gs_lz_0", seen=PAGE):
    """How long after new paper the printer goes online again."""

    loading: int = u8("500 ms units of waiting after the paper was put in")
    confirming: int = u8("500 ms units until online")


class SelectPeripheral(Command, name="ESC =", prefix="1B 3D", source="esc_equals", seen=PEER):
    """Whether the printer or a customer display listens."""

    devices: int = u8("01 printer, 02 display")


class TestPrint(Command, name="GS ( A", prefix="1D 28 41", function="", envelope=2, source="gs_lparen_ca", seen=PAGE):
    """Print a test pattern."""

    paper: int = u8("0, 48 basic sheet; 1, 2, 49, 50 roll; 3 to 5, 51 to 53 others")
    pattern: int = u8("1, 49 hex dump; 2, 50 status; 3, 51 rolling pattern; 64 memory switches")
