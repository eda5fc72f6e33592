"""Questions and what keeps or clears data; the real-time ones act on receipt, whatever stands before them."""

from __future__ import annotations

from posdevkit.protocols.vocabulary import Command, Effect, Seen, rest, sized, u8, u16

REPORTED = Effect.REPORTED
RENDERED = Effect.RENDERED
PAGE = Seen.PAGE
PEER = Seen.PEER


class RealtimeStatusRequest(
    Command, name="DLE EOT", prefix="10 04", effect=REPORTED, realtime=True, source="dle_eot", seen=PAGE
):
    """One status byte at once, also while offline."""

    kind: int = u8("1 printer, 2 cause of offline, 3 error, 4 roll paper", low=1, high=4, selects=True)


class RealtimeStatusRequestLong(
    Command, name="DLE EOT", prefix="10 04", effect=Effect.PARSED, realtime=True, source="dle_eot", seen=PAGE
):
    """One status byte at once, of ink (7), interface (8) or card reader (18)."""

    kind: int = u8("7 ink, 8 MICR, 18 others", values=(7, 8, 18), selects=True)
    part: int = u8("part asked for", low=1, high=3)


class RealtimeRequest(
    Command, name="DLE ENQ", prefix="10 05", effect=RENDERED, realtime=True, source="dle_enq", seen=PEER
):
    """Recover from an error: 1 print the line again, 2 clear the buffers; 0 as if the feed button were pressed."""

    kind: int = u8("0, 1 or 2", high=2, selects=True)


class RealtimePulse(
    Command, name="DLE DC4 1", prefix="10 14 01", effect=RENDERED, realtime=True, source="dle_dc4_fn1", seen=PAGE
):
    """A drawer pulse at once. `GS ( D` can disable it."""

    pin: int = u8("0 pin 2, 1 pin 5", values=(0, 1))
    length: int = u8("100 ms units", low=1, high=8)


class RealtimePowerOff(
    Command, name="DLE DC4 2", prefix="10 14 02", effect=Effect.RENDERED, realtime=True, source="dle_dc4_fn2", seen=PAGE
):
    """Prepare to be switched off. Disabled unless `GS ( D` enables it."""

    a: int = u8("1", values=(1,))
    b: int = u8("8", values=(8,))


class RealtimeBuzzer(
    Command, name="DLE DC4 3", prefix="10 14 03", effect=Effect.RENDERED, realtime=True, source="dle_dc4_fn3", seen=PAGE
):
    """Sound at once."""

    data: bytes = sized("five arguments", lambda before: 5)


class RealtimeStatusTransmit(
    Command, name="DLE DC4 7", prefix="10 14 07", effect=Effect.REPORTED, realtime=True, source="dle_dc4_fn7", seen=PEER
):
    """Transmit a set of status bytes at once."""

    kind: int = u8("1 ASB, 2 extended, 4 and 5 others", values=(1, 2, 4, 5))


class RealtimeClear(
    Command,
    name="DLE DC4 8",
    prefix="10 14 08 01 03 14 01 06 02 08",
    effect=REPORTED,
    realtime=True,
    source="dle_dc4_fn8",
    seen=PAGE,
):
    """Clear the receive and print buffers at once; answered by `37 25 00`."""


class SetStatusBack(Command, name="GS a", prefix="1D 61", effect=REPORTED, source="gs_la", seen=PAGE):
    """Automatic status back: told now and at every change."""

    bits: int = u8("01 drawer, 02 online, 04 error, 08 roll paper, 40 panel switch; 0 off")


class AskStatus(Command, name="GS r", prefix="1D 72", effect=REPORTED, source="gs_lr", seen=PEER):
    """One status byte in order with the data: it tells that all before was processed, not that it was printed."""

    kind: int = u8("1 paper, 2 drawer, 4 ink (49, 50, 52 the same)", values=(1, 2, 4, 49, 50, 52))


class AskIdentity(Command, name="GS I", prefix="1D 49", effect=REPORTED, source="gs_ci", seen=PAGE):
    """Model, type, version or a text about the printer."""

    kind: int = u8("1 model, 2 type, 3 version (one byte); 65 firmware, 66 maker, 67 model, 68 serial, 69 fonts (text)")


class RequestProcessId(
    Command,
    name="GS ( H",
    prefix="1D 28 48",
    function="30 30",
    envelope=2,
    effect=REPORTED,
    source="gs_lparen_ch_fn48",
    seen=PAGE,
):
    """Answered by `37 22 id 00` when the printing of all data before it has completed: function 48."""

    id: bytes = sized("four characters, 20 to 7E each", lambda before: 4)


class SetOfflineResponse(
    Command,
    name="GS ( H",
    prefix="1D 28 48",
    function="31 30",
    envelope=2,
    effect=Effect.REPORTED,
    source="gs_lparen_ch_fn49",
    seen=PAGE,
):
    """Whether the printer tells when it goes offline: function 49."""

    mode: int = u8("0 no, 1 yes, 2 with the cause (48 to 50 the same)", values=(0, 1, 2, 48, 49, 50))


class EnableRealtime(
    Command,
    name="GS ( D",
    prefix="1D 28 44",
    function="14",
    envelope=2,
    effect=RENDERED,
    source="gs_lparen_cd",
    seen=PAGE,
):
    """Enable or disable `DLE DC4` functions 1 (pulse) and 2 (power off), as pairs of function and 0 or 1."""

    pairs: bytes = rest("function, 0 or 1, ...", low=2)


class AskCounter(Command, name="GS g 2", prefix="1D 67 32", effect=REPORTED, source="gs_lg_2", seen=PAGE):
    """A maintenance counter as text."""

    reserved: int = u8("0", high=0)
    number: int = u16("20 lines fed, 21 head energised, 50 cuts, 70 hours; 128 more: since manufacture")


class ResetCounter(Command, name="GS g 0", prefix="1D 67 30", effect=Effect.RENDERED, source="gs_lg_0", seen=PAGE):
    """Set a maintenance counter back."""

    reserved: int = u8("0", high=0)
    number: int = u16("20 lines fed, 21 head energised, 50 cuts, 70 hours; 128 more: since manufacture")


class SetInkStatusBack(Command, name="GS j", prefix="1D 6A", effect=Effect.PARSED, source="gs_lj", seen=PEER):
    """Automatic status back of ink."""

    bits: int = u8("01 ink, 02 online")


class SetOptionalStatusBack(
    Command,
    name="FS ( e",
    prefix="1C 28 65",
    function="33",
    envelope=2,
    effect=Effect.PARSED,
    source="fs_lparen_le",
    seen=PEER,
):
    """Automatic status back of optional equipment."""

    bits: int = u8("08 and others")


class CustomizeStatusBack(
    Command,
    name="GS ( B",
    prefix="1D 28 42",
    function="61",
    envelope=2,
    effect=Effect.PARSED,
    source="gs_lparen_cb",
    seen=PEER,
):
    """Which bits automatic status back uses for what."""

    data: bytes = rest("0, or pairs of bit and meaning", low=1)


class OldAskPaper(Command, name="ESC v", prefix="1B 76", effect=Effect.REPORTED, source="esc_lv", seen=Seen.PAGE):
    """Paper status (obsolete)."""


class OldAskDrawer(Command, name="ESC u", prefix="1B 75", effect=Effect.REPORTED, source="esc_lu", seen=Seen.PAGE):
    """Drawer status (obsolete)."""

    connector: int = u8("0", values=(0, 48))
