"""The reports of HID POS scanners (USB usage page 8C, HID Point of Sale Usage Tables 1.02).

The report descriptor says where things stand; where it cannot be read, the two layouts that makers use are the
fallback: A (Access-IS ATR110 and LSR118 manuals, Honeywell Voyager captures) and B (ID TECH FX100, Newland).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from posdevkit.protocols.report_descriptor import Field, input_fields
from posdevkit.protocols.vocabulary import Command, Seen, sized, u8

__all__ = ["LAYOUT_A", "LAYOUT_B", "Layout", "ScannedData", "ScannedDataPlain", "layout_of"]

_PAGE: Final = 0x8C
_SCANNED_DATA: Final = 0x12
_SYMBOLOGY: Final = (0xFB, 0xFC, 0xFD)
_DATA: Final = 0xFE
_CONTINUED: Final = 0xFF
_ABSENT: Final = -1


class ScannedData(Command, name="scanned data A", prefix="02", source="ATR110 manual", seen=Seen.FACTS):
    """64 bytes with the AIM identifier in front of the data."""

    length: int = u8("bytes of data in this report", high=56)
    aim: bytes = sized("`]cm`, or zeros", lambda _: 3)
    data: bytes = sized("the data, filled up with zeros", lambda _: 56)
    vendor: int = u8("the maker's letter for the symbology", default=0)
    reserved: int = u8("0", default=0)
    continued: int = u8("bit 0: more follows in the next report", default=0)


class ScannedDataPlain(Command, name="scanned data B", prefix="02", source="FX100 manual", seen=Seen.FACTS):
    """64 bytes without an AIM identifier."""

    length: int = u8("bytes of data in this report", high=56)
    data: bytes = sized("the data, filled up with zeros", lambda _: 56)
    reserved: bytes = sized("zeros", lambda _: 4)
    vendor: int = u8("the maker's letter for the symbology, or 0", default=0)
    continued: int = u8("bit 0: more follows in the next report", default=0)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand in a report, counted in bytes from its id; -1 for what it lacks."""

    report: int
    """The report's id."""
    length: int
    """The byte that tells how much data there is."""
    data: int
    size: int
    """Bytes of data that fit."""
    aim: int = _ABSENT
    """The first of three bytes `]cm`."""
    vendor: int = _ABSENT
    continued: int = _ABSENT
    mask: int = 0x01


LAYOUT_A: Final = Layout(report=2, length=1, aim=2, data=5, size=56, vendor=61, continued=63)
LAYOUT_B: Final = Layout(report=2, length=1, data=2, size=56, vendor=62, continued=63)


def layout_of(descriptor: bytes) -> Layout | None:
    """The layout of the scanned-data report that a report descriptor declares; None where it declares none.

    Total: a descriptor that is cut or bent gives what it has.
    """
    reports: dict[int, list[Field]] = {}
    for report, field in input_fields(descriptor):
        reports.setdefault(report, []).append(field)
    for report, fields in reports.items():
        places = {usage: (field, nth) for field in fields for nth, usage in enumerate(field.usages)}
        if (_PAGE, _DATA) in places:
            return _layout(report, fields, places)
    return None


def _layout(report: int, fields: list[Field], places: dict[tuple[int, int], tuple[Field, int]]) -> Layout | None:
    head = 8 if report else 0  # the id itself is a byte only where ids are used

    def byte(usage: int) -> int:
        if (_PAGE, usage) not in places:
            return _ABSENT
        field, nth = places[_PAGE, usage]
        return (head + field.bit + nth * field.size) // 8

    data, _ = places[_PAGE, _DATA]
    ours = {
        field for usage, (field, _) in places.items() if usage[0] == _PAGE and usage[1] in (*_SYMBOLOGY, 0xFE, 0xFF)
    }
    # The length has no usage of its own: it is the first whole byte in front that is none of the others.
    length = next((one for one in fields if one.size == 8 and one.bit < data.bit and one not in ours), None)
    if data.size != 8 or length is None:
        return None
    after = [one for one in fields if one.size == 8 and one.bit >= data.bit + 8 * data.count and one not in ours]
    mask = 0
    if (_PAGE, _CONTINUED) in places:
        field, nth = places[_PAGE, _CONTINUED]
        mask = 1 << ((field.bit + nth * field.size) % 8)
    aims = [byte(usage) for usage in _SYMBOLOGY]
    return Layout(
        report=report,
        length=(head + length.bit) // 8,
        data=byte(_DATA),
        size=data.count,
        aim=aims[0] if _ABSENT not in aims and aims == [aims[0], aims[0] + 1, aims[0] + 2] else _ABSENT,
        vendor=(head + after[0].bit) // 8 if after else _ABSENT,
        continued=byte(_CONTINUED),
        mask=mask,
    )
