"""Cutter, drawer, buzzer, head."""

from __future__ import annotations

from posdevkit.protocols.vocabulary import Command, Effect, Seen, rest, u8

RENDERED = Effect.RENDERED
PEER = Seen.PEER


class Cut(Command, name="GS V", prefix="1D 56", effect=RENDERED, source="gs_cv", seen=PEER):
    """Cut here."""

    mode: int = u8("0, 48 full; 1, 49 partial", values=(0, 1, 48, 49), selects=True)

    @property
    def partial(self) -> bool:
        """Whether a hinge is left."""
        return self.mode in (1, 49)


class FeedAndCut(Command, name="GS V", prefix="1D 56", effect=RENDERED, source="gs_cv", seen=PEER):
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


class OldFullCut(Command, name="ESC i", prefix="1B 69", effect=RENDERED, source="esc_li"):
    """Cut (obsolete; leaves one point)."""


class OldPartialCut(Command, name="ESC m", prefix="1B 6D", effect=RENDERED, source="esc_lm"):
    """Cut (obsolete; leaves three points)."""


class DrawerPulse(Command, name="ESC p", prefix="1B 70", effect=RENDERED, source="esc_lp", seen=PEER):
    """A pulse on the drawer kick connector, in order with the data."""

    pin: int = u8("0, 48: pin 2; 1, 49: pin 5", values=(0, 1, 48, 49))
    on: int = u8("2 ms units on")
    off: int = u8("2 ms units off; not shorter than on")


class Buzzer(Command, name="ESC ( A", prefix="1B 28 41", function="", envelope=2, source="esc_lparen_ca"):
    """Sound and its settings: functions 48, 97 to 99."""

    data: bytes = rest("function and arguments", low=1)


class SelectSensors(Command, name="ESC c 3", prefix="1B 63 33", source="esc_lc3"):
    """Which paper sensors raise the paper-end signal (parallel interface)."""

    sensors: int = u8("bits")


class SelectStopSensors(Command, name="ESC c 4", prefix="1B 63 34", source="esc_lc4"):
    """Which paper sensors stop printing."""

    sensors: int = u8("bits")


class SetButtons(Command, name="ESC c 5", prefix="1B 63 35", source="esc_lc5"):
    """Disable or enable the feed button."""

    disabled: int = u8("lowest bit: 1 disabled")


class ControlPrint(Command, name="GS ( K", prefix="1D 28 4B", function="", envelope=2, source="gs_lparen_ck"):
    """Print control mode, density, speed, thermal head parts: functions 48 to 50, 61, 97."""

    data: bytes = rest("function and value", low=1)


class SelectPeripheral(Command, name="ESC =", prefix="1B 3D", source="esc_equals"):
    """Whether the printer or a customer display listens."""

    devices: int = u8("01 printer, 02 display")


class TestPrint(Command, name="GS ( A", prefix="1D 28 41", function="", envelope=2, source="gs_lparen_ca"):
    """Print a test pattern."""

    paper: int = u8("0, 48 basic sheet; 1, 2, 49, 50 roll")
    pattern: int = u8("1, 49 hex dump; 2, 50 status; 3, 51 rolling pattern; 64 memory switches")
