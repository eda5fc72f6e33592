"""A stripe reader that sends HID reports, inside this process: drivers find it on the system's HID bus."""

from __future__ import annotations

from typing import Final, Self

from posdevkit_emulators.scanners import EmulatedHidScanner
from posdevkit_emulators.wires.disturbance import Disturbance

from .stripe import swiped

__all__ = ["MSR_DESCRIPTOR", "EmulatedHidStripeReader"]

_LONGEST: Final = 110
# Usage page 8E, usage 01; no report id: the lengths of tracks 1 and 2 (11, 12), then 110 bytes of each (21, 22).
MSR_DESCRIPTOR: Final = bytes.fromhex(
    "058E0901A101 150026FF007508 091109129502 8102 0921956E 820201 0922956E 820201 C0".replace(" ", "")
)
"""Ours, by the HID Point of Sale Usage Tables 1.02; no maker's own was at hand."""
_MAGTEK_LENGTH: Final = 337


class EmulatedHidStripeReader:
    """A reader on a HID bus of this process; `with` or `async with` plugs it in. Thread-safe.

    `magtek`: it has a page of its maker's own instead of the standard's, and MagTek's 337 bytes.
    """

    def __init__(self, *, magtek: bool = False, serial: str = "EMU0000001") -> None:
        descriptor = b"" if magtek else MSR_DESCRIPTOR
        self._magtek = magtek
        self._device = EmulatedHidScanner(vendor=0x0801, product=0x0002, serial=serial, descriptor=descriptor)

    @property
    def url(self) -> str:
        """What a driver opens."""
        return self._device.url

    @property
    def heard(self) -> bool:
        """Whether somebody reads its reports."""
        return bool(self._device.handles)

    @property
    def disturbance(self) -> Disturbance:
        """What happens to reports on their way; faults can be added while it is in use."""
        return self._device.disturbance

    def swipe(self, track1: str, track2: str, *faults: str) -> None:
        """Swipe a card; `faults` as in `swiped`. Raises UsageError."""
        self.report(self.swiped(track1, track2, *faults))

    def swiped(self, track1: str, track2: str, *faults: str) -> bytes:
        """The report of a swipe; `faults` as in `swiped`. Raises UsageError."""
        return swipe_report(track1, track2, *faults, magtek=self._magtek)

    def report(self, data: bytes) -> None:
        """Send a report as it is."""
        self._device.report(data)

    def plug(self) -> None:
        """Be there."""
        self._device.plug()

    def unplug(self) -> None:
        """Be gone: whoever reads gets an error."""
        self._device.unplug()

    def __enter__(self) -> Self:
        self._device.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._device.__exit__()

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(self, *_: object) -> None:
        self.__exit__()


def swipe_report(track1: str, track2: str, *faults: str, magtek: bool = False) -> bytes:
    """The report of a swiped card; `faults` as in `swiped`. Raises UsageError."""
    text = swiped(track1, track2, *faults).decode("ascii").rstrip("\r")
    tracks = [piece + "?" for piece in text.split("?") if piece]
    one = next((track for track in tracks if track[0] == "%"), "")
    two = next((track for track in tracks if track[0] == ";"), "")
    return _magtek_report(one, two) if magtek else _report(one, two)


def _report(one: str, two: str) -> bytes:
    return bytes([len(one), len(two)]) + _filled(one) + _filled(two)


def _magtek_report(one: str, two: str) -> bytes:
    failed = bytes(track[1:] == "E?" for track in (one, two))
    sent = ["" if bad else track for bad, track in zip(failed, (one, two), strict=True)]
    head = failed + b"\0" + bytes(map(len, sent)) + b"\0" + b"\0"
    return (head + b"".join(map(_filled, sent))).ljust(_MAGTEK_LENGTH, b"\0")


def _filled(track: str) -> bytes:
    return track.encode("ascii").ljust(_LONGEST, b"\0")
