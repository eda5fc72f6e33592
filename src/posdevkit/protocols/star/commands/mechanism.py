"""Cutter, drawers, buzzer, lamps, presenter."""

from __future__ import annotations

from posdevkit.protocols.vocabulary import Command, Effect, Seen, u8

RENDERED = Effect.RENDERED
SKIPPED = Effect.SKIPPED
PAGE = Seen.PAGE

_FIRST_OR_SECOND = (1, 2, 49, 50)


class Cut(Command, name="ESC d", prefix="1B 64", effect=RENDERED, source="Line: ESC d", seen=PAGE):
    """Print the line and cut."""

    mode: int = u8(
        "0 full here, 1 partial here, 2 feed to the cutter and full, 3 feed and partial (48 to 51 the same)",
        values=(*range(4), *range(48, 52)),
    )

    @property
    def partial(self) -> bool:
        """Whether a hinge is left."""
        return bool(self.mode & 1)

    @property
    def feeds(self) -> bool:
        """Whether the paper is fed to the cutter first."""
        return bool(self.mode & 2)


class SetPulse(Command, name="ESC BEL", prefix="1B 07", effect=RENDERED, source="Line: ESC BEL", seen=PAGE):
    """How long the first drawer is driven. Outlives initialization."""

    on: int = u8("10 ms units on", low=1, high=127)
    off: int = u8("10 ms units off", low=1, high=127)


class OpenFirst(Command, name="BEL", prefix="07", effect=RENDERED, source="Line: BEL", seen=PAGE):
    """Open the first drawer."""


class OpenFirstAtOnce(Command, name="FS", prefix="1C", effect=RENDERED, realtime=True, source="Line: FS", seen=PAGE):
    """Open the first drawer as soon as this comes."""


class OpenSecond(Command, name="SUB", prefix="1A", effect=RENDERED, source="Graphic: SUB", seen=PAGE):
    """Open the second drawer: 200 ms on, 200 ms off."""


class OpenSecondAtOnce(
    Command, name="EM", prefix="19", effect=RENDERED, realtime=True, source="Graphic: EM", seen=PAGE
):
    """Open the second drawer as soon as this comes."""


class Buzzer(Command, name="ESC GS BEL", prefix="1B 1D 07", source="Graphic: ESC GS BEL", seen=PAGE):
    """Sound."""

    terminal: int = u8("1 or 2, 49 or 50", values=_FIRST_OR_SECOND)
    on: int = u8("20 ms units on", low=1)
    off: int = u8("20 ms units off", low=1)


class SetBuzzer(Command, name="ESC GS EM DC1", prefix="1B 1D 19 11", source="Graphic: ESC GS EM DC1", seen=PAGE):
    """How the external buzzer sounds."""

    terminal: int = u8("1 or 2, 49 or 50", values=_FIRST_OR_SECOND)
    on: int = u8("20 ms units on")
    off: int = u8("20 ms units off")


class SoundBuzzer(Command, name="ESC GS EM DC2", prefix="1B 1D 19 12", source="Graphic: ESC GS EM DC2", seen=PAGE):
    """Sound the external buzzer."""

    terminal: int = u8("1 or 2, 49 or 50", values=_FIRST_OR_SECOND)
    times: int = u8("1 to 20", low=1, high=20)
    reserved: int = u8("0", high=0, default=0)


class SetLamp(Command, name="ESC GS L DC1", prefix="1B 1D 4C 11", source="Graphic: ESC GS L DC1", seen=PAGE):
    """How a lamp blinks."""

    lamp: int = u8("1 error, 2 ready, 49 or 50", values=_FIRST_OR_SECOND)
    on: int = u8("20 ms units on")
    off: int = u8("20 ms units off")


class BlinkLamp(Command, name="ESC GS L DC2", prefix="1B 1D 4C 12", source="Graphic: ESC GS L DC2", seen=PAGE):
    """Let lamps blink."""

    lamp: int = u8("1 error, 2 ready, 3 both (49 to 51 the same)", values=(1, 2, 3, 49, 50, 51))
    times: int = u8("1 to 20", low=1, high=20)
    reserved: int = u8("0", high=0, default=0)


class Presenter(Command, name="ESC SYN", prefix="1B 16", effect=SKIPPED, source="Line: ESC SYN 0 to 4", seen=PAGE):
    """Presenter: take the paper back, its timer, its counters."""

    function: int = u8("0 to 4, 48 to 52", values=(*range(5), *range(48, 53)))
    value: int = u8("argument")
