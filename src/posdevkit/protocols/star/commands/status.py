"""What the printer is asked, and what it tells by itself."""

from __future__ import annotations

from typing import cast

from posdevkit.protocols.vocabulary import Command, Effect, Seen, sized, terminated, u8, u16

REPORTED = Effect.REPORTED
SKIPPED = Effect.SKIPPED
PAGE = Seen.PAGE
PEER = Seen.PEER


class SetStatusBack(
    Command, name="ESC RS a", prefix="1B 1E 61", effect=REPORTED, source="Graphic: ESC RS a", seen=PAGE
):
    """What is told: automatic status (ASB) and its kin."""

    mode: int = u8(
        "1 or 3 ASB on, 0 or 2 off (48 to 51 the same), 16 as the memory switch says, 255 tell it now",
        values=(*range(4), 16, *range(48, 52), 255),
    )


class AskStatus(
    Command,
    name="ESC ACK SOH",
    prefix="1B 06 01",
    effect=REPORTED,
    realtime=True,
    source="Line: ESC ACK SOH",
    seen=PAGE,
):
    """Tell the status as soon as this comes, in the form of automatic status."""


class AskOne(Command, name="ENQ", prefix="05", effect=SKIPPED, realtime=True, source="Line: ENQ", seen=PAGE):
    """Tell a byte of status. Not for use while ASB is on."""


class AskOther(Command, name="EOT", prefix="04", effect=SKIPPED, realtime=True, source="Line: EOT", seen=PAGE):
    """Tell another byte of status. Not for use while ASB is on."""


class MarkPrinted(Command, name="ETB", prefix="17", effect=REPORTED, source="Line: ETB", seen=PAGE):
    """Wait until all before is printed, then count up by one (0 to 31) and tell the status, where ASB is on."""


class ResetCounter(Command, name="ESC RS E", prefix="1B 1E 45", effect=REPORTED, source="Line: ESC RS E", seen=PAGE):
    """Put the counter of ETB to 0, untold."""

    value: int = u8("0 or 48", values=(0, 48))


class PrintEnd(
    Command, name="ESC GS ETX", prefix="1B 1D 03", effect=REPORTED, source="StarPRNT: ESC GS ETX", seen=PAGE
):
    """Another counter of what is printed, and documents that are dropped whole after an error."""

    function: int = u8("0 tell, 1 wait and count, 2 clear, 3 begin a document, 4 end it, 5 timeout", high=5)
    low: int = u8("a document's number, low byte")
    high: int = u8("a document's number, high byte")


class System(Command, name="ESC #", prefix="1B 23", effect=REPORTED, source="Line: ESC # ... LF NUL", seen=PAGE):
    """Version and memory switches: `*` asks for the version, `@` initializes, `N ,` sets, `N ?` asks, `# W` names."""

    data: bytes = terminated("up to and with the line feed before the NUL", limit=64)

    @property
    def asks_version(self) -> bool:
        """Whether it asks for model and version."""
        return self.data == b"*\n"


class AskInformation(
    Command, name="ESC GS ) I", prefix="1B 1D 29 49", effect=REPORTED, source="Graphic: ESC GS ) I", seen=PEER
):
    """Tell fonts, serial number, interfaces."""

    size: int = u16("bytes that follow", low=1)
    data: bytes = sized("48 fonts, 49 serial number, 51 interfaces; then what each wants", lambda v: cast(int, v[0]))


class AskPeripheral(
    Command, name="ESC GS B", prefix="1B 1D 42", effect=SKIPPED, source="ReceiptPrinterStatus: ESC GS B", seen=PEER
):
    """Scanner and customer display that hang on the printer."""

    function: int = u8(
        "49 scanner there?, 50 what it read, 65 display there?, 66 what it told, 67 clear", values=(49, 50, 65, 66, 67)
    )
