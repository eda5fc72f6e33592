"""The hands at devices that a conformance suite is run on: what a person would do there. In the emulators' process.

Faults come as text, and what was printed goes as text, since the suite itself runs in another process (`rigs.py`).
"""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Protocol, cast, get_args

from posdevkit_emulators.bench import ReceiptPrinterBench
from posdevkit_emulators.faults import CableFault, parse_fault
from posdevkit_emulators.printers.effects import What
from posdevkit_emulators.readers.hid import MSR_DESCRIPTOR, swipe_report
from posdevkit_emulators.readers.stripe import swiped
from posdevkit_emulators.scanners.hid import DESCRIPTOR_A
from posdevkit_emulators.scanners.model import NOISE, ScannerModel
from posdevkit_emulators.wires.disturbance import Disturbance
from posdevkit_emulators.wires.uhid import UhidDevice
from posdevkit_emulators.wires.usb_descriptors import Device
from posdevkit_emulators.wires.usb_device import UsbDevice
from posdevkit_emulators.wires.usb_functions import REPORTS, AcmPort, HidFunction, hid_interface
from posdevkit_emulators.wires.usb_plug import Carrier
from tests.stacks.lab.keyboard import KEYBOARD, typed

if TYPE_CHECKING:
    from tests.stacks.lab.air import GattScanner

__all__ = ["BleHands", "Hands", "HidHands", "KeyHands", "PortHands", "PrinterHands"]

_PATIENCE: Final = 60.0
_AIM: Final = "E0"
_LAYOUT_A_REPORT: Final = 64
_HALF_A_NUMBER: Final = 12
"""Bytes: two lengths, and what track 1 begins with."""
_KEY_SECONDS: Final = 0.025
"""Between two reports of a keyboard: the kernel keeps 21 of them for a program that an emulated processor holds up, and
0.8 seconds without a key would end a code."""


class Hands(Protocol):
    """What every device here has: what the rig does not ask for by these names, its own class has."""

    async def close(self) -> None: ...


class Cable(Protocol):
    """What a printer's wire has."""

    async def unplug(self) -> None: ...

    async def plug(self) -> None: ...


class PrinterHands:
    """At a receipt printer."""

    def __init__(self, bench: ReceiptPrinterBench) -> None:
        self._bench = bench
        self._cable = cast(Cable, bench.wire)
        self._stalls = 0

    def printed(self) -> list[str]:
        papers = [*(ticket.text for ticket in self._bench.tickets), self._bench.printer.uncut().text()]
        return [line.strip() for paper in papers for line in paper.splitlines()]

    async def unplug(self) -> None:
        await self._cable.unplug()

    async def plug(self) -> None:
        await self._cable.plug()

    def disturb(self, fault: str) -> None:
        self._stalls = self._bench.count(What.CABLE_FAULT)
        self._bench.disturb(_cable_fault(fault))

    async def held_up(self) -> None:
        await self._bench.happened(What.CABLE_FAULT, self._stalls + 1, _PATIENCE)

    def resume(self) -> None:
        self._bench.printer.resume()

    def calm(self) -> None:
        self._bench.calm()

    async def close(self) -> None:
        await self._bench.close()


class _Sending(ABC):
    """At a device that only sends."""

    def __init__(self) -> None:
        self._disturbance = Disturbance()

    def disturb(self, fault: str) -> None:
        self._disturbance.add(_cable_fault(fault))

    def calm(self) -> None:
        self._disturbance.calm()

    @abstractmethod
    async def unplug(self) -> None: ...

    async def close(self) -> None:
        await self.unplug()


class HidHands(_Sending):
    """At a scanner or a stripe reader that the kernel's HID layer has by uhid."""

    def __init__(self, kind: str, serial: str) -> None:
        super().__init__()
        numbers = {"scanner": (0x05E0, 0x1300, DESCRIPTOR_A), "reader": (0x0801, 0x0002, MSR_DESCRIPTOR)}
        self._vendor, self._product, self._descriptor = numbers[kind]
        self._serial = serial
        self._device = self._plugged_in()

    @property
    def url(self) -> str:
        return f"hid://{self._vendor:04x}:{self._product:04x}?serial={self._serial}"

    async def heard(self) -> None:
        """Return once a program has it open."""
        assert await asyncio.to_thread(self._device.opened, _PATIENCE), "nobody opened it"

    def scan(self, code: str) -> None:
        self._report(*ScannerModel().reports(code.encode(), _AIM))

    def half_code(self, code: str) -> None:
        """Of one that is too long for a report, the first."""
        self._report(ScannerModel().reports(code.encode() * 8, "C0")[0])

    def noise(self) -> None:
        self._report(b"\x02".ljust(_LAYOUT_A_REPORT, b"\xff"))

    def swipe(self, track1: str, track2: str) -> None:
        self._report(swipe_report(track1, track2))

    def half_swipe(self, track1: str, track2: str) -> None:
        """Half a number. The kernel drops what is shorter than a report, so the rest of it is there, and empty."""
        whole = swipe_report(track1, track2)
        self._report(whole[:_HALF_A_NUMBER].ljust(len(whole), b"\0"))

    async def unplug(self) -> None:
        await asyncio.to_thread(self._device.unplug)

    def plug(self) -> None:
        self._device = self._plugged_in()

    def _plugged_in(self) -> UhidDevice:
        return UhidDevice(self._descriptor, self._vendor, self._product, name=self._serial, serial=self._serial)

    def _report(self, *reports: bytes) -> None:
        for report in reports:
            self._device.send(self._disturbance.leaving(report))


class KeyHands(_Sending):
    """At a scanner that types: a boot keyboard on USB."""

    def __init__(self, serial: str, carrier: Carrier) -> None:
        super().__init__()
        self._serial, self._carrier = serial, carrier
        self._usb = self._plugged_in()

    async def scan(self, code: str) -> None:
        await asyncio.to_thread(self._type, [*typed(f"]{_AIM}{code}\n")])

    async def half_code(self, code: str) -> None:
        await asyncio.to_thread(self._type, [*typed(f"]{_AIM}{code}"[:8])])

    def noise(self) -> None:
        """F1, which is no character."""
        self._type([bytes((0, 0, 58, 0, 0, 0, 0, 0)), bytes(8)])

    async def unplug(self) -> None:
        await asyncio.to_thread(self._usb.unplugged)

    def plug(self) -> None:
        self._usb = self._plugged_in()

    def _plugged_in(self) -> UsbDevice:
        keyboard = hid_interface(KEYBOARD, boot_keyboard=True)
        device = Device(0x05E0, 0x1200, strings=("Symbol", "keyboard", self._serial), interfaces=(keyboard,))
        usb = UsbDevice(device, HidFunction({0: KEYBOARD}).request)
        self._carrier(usb)
        return usb

    def _type(self, reports: Sequence[bytes]) -> None:
        """Return once the kernel has every key."""
        for report in reports:
            self._usb.send(REPORTS, self._disturbance.leaving(report))
            time.sleep(_KEY_SECONDS)
        end = time.monotonic() + _PATIENCE
        while self._usb.unread(REPORTS):
            assert time.monotonic() < end, "the kernel does not fetch the keys"
            time.sleep(0.005)


class PortHands(_Sending):
    """At a scanner or a stripe reader on a serial port that the kernel has by CDC-ACM."""

    def __init__(self, serial: str, carrier: Carrier) -> None:
        super().__init__()
        self._serial, self._carrier = serial, carrier
        self._port = self._plugged_in()

    def scan(self, code: str) -> None:
        self._say(b"".join(ScannerModel().stream(code.encode(), _AIM)))

    def half_code(self, code: str) -> None:
        whole = b"".join(ScannerModel().stream(code.encode(), _AIM))
        self._say(whole[: len(whole) // 2])

    def noise(self) -> None:
        self._say(NOISE + b"\r")

    def swipe(self, track1: str, track2: str) -> None:
        self._say(swiped(track1, track2))

    def half_swipe(self, track1: str, track2: str) -> None:
        whole = swiped(track1, track2)
        self._say(whole[: len(whole) // 2])

    async def unplug(self) -> None:
        await asyncio.to_thread(self._port.usb.unplugged)

    def plug(self) -> None:
        self._port = self._plugged_in()

    def _plugged_in(self) -> AcmPort:
        port = AcmPort(("Star", "serial scanner", self._serial), lambda _: None)
        self._carrier(port.usb)
        return port

    def _say(self, data: bytes) -> None:
        for piece in self._disturbance.pieces(data):
            self._port.say(piece)


class BleHands(_Sending):
    """At a scanner whose codes come as notifications."""

    def __init__(self, scanner: GattScanner) -> None:
        super().__init__()
        self._scanner = scanner

    async def heard(self) -> None:
        """Return once a program listens."""
        await self._scanner.listened_to()

    async def scan(self, code: str) -> None:
        await self._say(b"".join(ScannerModel().stream(code.encode(), _AIM)))

    async def half_code(self, code: str) -> None:
        whole = b"".join(ScannerModel().stream(code.encode(), _AIM))
        await self._say(whole[: len(whole) // 2])

    async def noise(self) -> None:
        await self._say(NOISE + b"\r")

    async def unplug(self) -> None:
        """Out of reach."""
        await self._scanner.fall_silent()

    async def plug(self) -> None:
        await self._scanner.advertise()

    async def close(self) -> None:
        """It belongs to the air, which switches it off."""

    async def _say(self, data: bytes) -> None:
        for piece in self._disturbance.pieces(data):
            await self._scanner.say(piece)


def _cable_fault(text: str) -> CableFault:
    fault = parse_fault(text)
    assert isinstance(fault, get_args(CableFault)), text
    return cast(CableFault, fault)
