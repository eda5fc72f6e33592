"""Swipes out of HID reports: a report holds all tracks of one swipe, each with its length.

Where things stand is told by the report descriptor, with the usages of page 8E (HID Point of Sale Usage Tables 1.02:
11 and 12 for the lengths of tracks 1 and 2, 21 and 22 for their data). Readers that have only a maker's page are taken
for MagTek's, whose manual of USB HID readers (pages 21 to 23) gives the bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from posdevkit.protocols.report_descriptor import input_fields

from .stream import Swipe, swipe_of

__all__ = ["MAGTEK", "StripeLayout", "SwipeReportSession", "TrackPlace", "stripe_layout"]

_PAGE: Final = 0x8E
_LENGTH: Final = {1: 0x11, 2: 0x12}
_DATA: Final = {1: 0x21, 2: 0x22}
_SENTINEL: Final = {1: "%", 2: ";"}
_END: Final = "?"


@dataclass(frozen=True, slots=True)
class TrackPlace:
    """Where one track stands, counted in bytes from the report's beginning."""

    number: int
    """1 or 2; nothing of a payment card stands on track 3."""
    length: int
    """The byte that tells how long it is."""
    data: int
    size: int
    """Bytes that fit."""
    error: int | None = None
    """The byte whose lowest bit tells that the track could not be read."""


@dataclass(frozen=True, slots=True)
class StripeLayout:
    """Where the tracks stand in the report with this id (0: reports without one)."""

    report: int
    tracks: tuple[TrackPlace, ...]

    @property
    def size(self) -> int:
        """Bytes that a report has at least."""
        return max(track.data + track.size for track in self.tracks)


MAGTEK: Final = StripeLayout(0, (TrackPlace(1, 3, 7, 110, error=0), TrackPlace(2, 4, 117, 110, error=1)))
"""337 bytes: three of decode status, three lengths, the encoding, 110 for each of three tracks."""


def stripe_layout(descriptor: bytes) -> StripeLayout:
    """What a report descriptor says of tracks; MagTek's layout where it says nothing. Total."""
    reports: dict[int, dict[int, tuple[int, int]]] = {}
    for report, field in input_fields(descriptor):
        head = 8 if report else 0  # the id itself is a byte only where ids are used
        for nth, (page, usage) in enumerate(field.usages):
            if page == _PAGE and field.size == 8 and field.bit % 8 == 0:
                # The last usage of a field stands for all that follow.
                count = field.count - nth if nth == len(field.usages) - 1 else 1
                reports.setdefault(report, {}).setdefault(usage, ((head + field.bit) // 8 + nth, count))
    for report, found in reports.items():
        tracks = tuple(
            TrackPlace(number, found[_LENGTH[number]][0], *found[_DATA[number]])
            for number in (1, 2)
            if _LENGTH[number] in found and _DATA[number] in found
        )
        if tracks:
            return StripeLayout(report, tracks)
    return MAGTEK


class SwipeReportSession:
    """Reports in, each taken whole and with its id in front where there is one; swipes out."""

    begun = False
    """Never: a report holds a whole swipe."""

    def __init__(self, descriptor: bytes = b"") -> None:
        """`descriptor`: the reader's report descriptor, empty where it cannot be read."""
        self._layout = stripe_layout(descriptor)

    def receive(self, data: bytes) -> list[Swipe]:
        """The swipe that a report holds; none for reports of another kind and for those without any track."""
        layout = self._layout
        if not data or (layout.report and data[0] != layout.report):
            return []
        if len(data) < layout.size:
            return [Swipe(problems=("a report that was cut off",))]
        text = "".join(_tracks(layout, data))
        return [swipe_of(text)] if text else []

    def end(self) -> Swipe | None:
        """Nothing is ever under way."""
        return None


def _tracks(layout: StripeLayout, data: bytes) -> Iterator[str]:
    """Each track as a reader of text sends it, with its sentinels whether or not the report has them."""
    for track in layout.tracks:
        length = data[track.length]
        sentinel = _SENTINEL[track.number]
        if (track.error is not None and data[track.error] & 1) or length > track.size:
            yield f"{sentinel}E{_END}"
        elif length:
            yield f"{sentinel}{data[track.data : track.data + length].decode('latin-1').strip(sentinel + _END)}{_END}"
