"""The emulators' process: told over its standard input what to play, a line of JSON each, it answers on its output.

    bench.py vhci        USB/IP into this kernel
    bench.py umockdev    a fake of sysfs and usbfs, under the system's Python

Emulator and code under test never share a process: the kernel may wait for the one while that one waits for the other.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from posdevkit_emulators.bench import ReceiptPrinterBench
from posdevkit_emulators.printers.effects import What
from posdevkit_emulators.readers.hid import MSR_DESCRIPTOR, swipe_report
from posdevkit_emulators.scales.model import ScaleModel
from posdevkit_emulators.scanners.hid import DESCRIPTOR_A
from posdevkit_emulators.scanners.model import ScannerModel
from posdevkit_emulators.wires.uhid import UhidDevice
from posdevkit_emulators.wires.usb import UsbWire
from posdevkit_emulators.wires.usb_descriptors import Device, Interface
from posdevkit_emulators.wires.usb_device import UsbDevice
from posdevkit_emulators.wires.usb_functions import REPORTS, AcmPort, HidFunction, hid_interface
from posdevkit_emulators.wires.usb_plug import Carrier
from tests.stacks.lab.gadget import Gadget
from tests.stacks.lab.hands import BleHands, Hands, HidHands, KeyHands, PortHands, PrinterHands
from tests.stacks.lab.keyboard import KEYBOARD, typed

if TYPE_CHECKING:
    from posdevkit_emulators.wires.ble import BleWire
    from tests.stacks.lab.air import Air

PATIENCE = 40.0
LAYOUT_A_REPORT = 64


class Bench:
    """What can be asked for. Every device has a name."""

    def __init__(self, carrier: Carrier, folder: str) -> None:
        self._carrier = carrier
        self._folder = folder
        self._printers: dict[str, ReceiptPrinterBench] = {}
        self._usb: dict[str, UsbDevice] = {}
        self._hid: dict[str, HidFunction] = {}
        self._uhid: dict[str, UhidDevice] = {}
        self._ports: dict[str, AcmPort] = {}
        self._heard: dict[str, bytearray] = {}
        self._gadget: Gadget | None = None
        self._air: Air | None = None
        self._hands: dict[str, Hands] = {}

    def folder(self) -> str:
        """Of the fake machine."""
        return self._folder

    # Printers.

    async def printer(
        self,
        name: str,
        *,
        serial: str | None = None,
        ports: list[int] | None = None,
        faults: list[str] | None = None,
        kind: list[int] | None = None,
        composite: bool = False,
    ) -> str:
        """A receipt printer; gives its URL. `composite`: its printer interface comes after those of a keyboard."""
        strings = ("EPSON", "TM-T88V") if serial is None else ("EPSON", "TM-T88V", serial)
        class_, subclass, protocol = kind or (7, 1, 2)
        own = Interface(class_, subclass, protocol, bInterfaceNumber=int(composite))
        interfaces = (hid_interface(KEYBOARD, endpoint=0x84), own) if composite else (own,)
        device = Device(strings=strings, port_numbers=tuple(ports or (1,)), interfaces=interfaces)
        bench = ReceiptPrinterBench(lambda station: UsbWire(station, device, self._carrier), faults=faults or ())
        await bench.open()
        self._printers[name] = bench
        return bench.url

    async def ticket(self, name: str, number: int) -> str:
        """The text of a ticket, once it is out."""
        return (await self._printers[name].ticket(number)).text

    def tickets(self, name: str) -> list[str]:
        return [ticket.text for ticket in self._printers[name].tickets]

    async def happened(self, name: str, what: str, count: int = 1) -> None:
        await self._printers[name].happened(What(what), count)

    def hand(self, name: str, do: str) -> None:
        """What a person does at the printer: `load_paper`, `run_out`, `open_cover`, ..."""
        getattr(self._printers[name].printer, do)()

    def taken(self, name: str) -> int:
        return self._printers[name].printer.bytes_taken

    async def unplug_printer(self, name: str) -> None:
        await self._wire(name).unplug()

    def replug_printer(self, name: str, ports: list[int] | None = None) -> None:
        self._wire(name).replug(ports=None if ports is None else tuple(ports))

    def stall(self, name: str, to_host: bool = False) -> None:
        self._wire(name).stall(to_host=to_host)

    def say(self, name: str, size: int) -> None:
        """So many bytes for the host, as they are."""
        station = self._printers[name]._station
        connection = station._connection
        assert connection is not None
        connection.send(bytes(index & 0xFF for index in range(size)))

    def _wire(self, name: str) -> UsbWire:
        return cast(UsbWire, self._printers[name].wire)

    # What a conformance suite is run on; `rigs.py` asks.

    async def take(self, name: str, kind: str, number: str) -> str:
        """A device of that kind, with a number that no other has had; gives its URL."""
        match kind:
            case "usb-printer":
                url = await self.printer(name, serial=number)
                self._hands[name] = PrinterHands(self._printers.pop(name))
                return url
            case "ble-printer":
                url = await self.ble_printer(name, number)
                self._hands[name] = PrinterHands(self._printers.pop(name))
                return url
            case "ble-scanner":
                self._hands[name] = BleHands(await self._reach().scanner(name, number))
                return f"ble://{number}?profile=issc"
            case "keys":
                self._hands[name] = KeyHands(number, self._carrier)
                return f"evdev:///dev/input/by-id/usb-Symbol_keyboard_{number}-event-kbd"
            case "port":
                self._hands[name] = PortHands(number, self._carrier)
                return f"serial:///dev/serial/by-id/usb-Star_serial_scanner_{number}-if00"
            case _:
                hands = self._hands[name] = HidHands(kind, number)
                return hands.url

    async def at(self, name: str, do: str, *words: str) -> object:
        """What the hands at a device do."""
        done = getattr(self._hands[name], do)(*words)
        return await done if isinstance(done, Awaitable) else done

    async def put_away(self, name: str) -> None:
        await self._hands.pop(name).close()

    # Scanners, card readers, keyboards.

    def scanner(
        self,
        name: str,
        serial: str | None = None,
        ports: list[int] | None = None,
        keyboard: bool = False,
        reports: bool = True,
    ) -> None:
        """A HID POS scanner; `keyboard`: its first interface types, as that of many scanners does; without `reports`
        it has no other."""
        descriptors = [KEYBOARD] * keyboard + [DESCRIPTOR_A] * reports
        self._plug_hid(
            name,
            numbers=(0x05E0, 0x1300),
            strings=("Symbol", "scanner"),
            serial=serial,
            descriptors=descriptors,
            ports=ports,
        )

    def reader(self, name: str, serial: str | None = None, magtek: bool = False) -> None:
        """A reader of magnetic stripes."""
        descriptor = MAGTEK_DESCRIPTOR if magtek else MSR_DESCRIPTOR
        self._plug_hid(
            name, numbers=(0x0801, 0x0002), strings=("Mag-Tek", "reader"), serial=serial, descriptors=[descriptor]
        )

    def hid(self, name: str, kind: str, serial: str = "") -> None:
        """A `scanner`, a `reader`, a `magtek` or a `keyboard` that the kernel's HID layer has by uhid: no USB, as on
        Bluetooth."""
        vendor, product, descriptor = {
            "scanner": (0x05E0, 0x1300, DESCRIPTOR_A),
            "reader": (0x0801, 0x0002, MSR_DESCRIPTOR),
            "magtek": (0x0801, 0x0002, MAGTEK_DESCRIPTOR),
            "keyboard": (0x05E0, 0x1200, KEYBOARD),
        }[kind]
        self._uhid[name] = UhidDevice(descriptor, vendor, product, name=f"lab {name}", serial=serial)

    def opened(self, name: str) -> None:
        """Return once a program has it open."""
        assert self._uhid[name].opened(PATIENCE), "nobody opened it"

    def scan(self, name: str, text: str, endpoint: int = REPORTS, only: int | None = None) -> None:
        """`only` so many of the reports that the code takes."""
        for report in ScannerModel().reports(text.encode(), "E0")[:only]:
            self._report(name, report, endpoint)

    def type(self, name: str, text: str, endpoint: int = REPORTS) -> None:
        """Return once the kernel has every key."""
        for report in typed(text):
            self._report(name, report, endpoint)
        if name in self._usb:
            end = time.monotonic() + PATIENCE
            while self._usb[name].unread(endpoint):
                assert time.monotonic() < end, "the kernel does not fetch the keys"
                time.sleep(0.005)

    def swipe(self, name: str, track1: str, track2: str, magtek: bool = False) -> None:
        self._report(name, swipe_report(track1, track2, magtek=magtek), REPORTS)

    def _report(self, name: str, report: bytes, endpoint: int) -> None:
        if name in self._uhid:
            self._uhid[name].send(report)
        else:
            self._usb[name].send(endpoint, report)

    def sent(self, name: str) -> list[list[object]]:
        """The reports that the host set: type, id, bytes in hexadecimal."""
        return [[kind, number, data.hex()] for kind, number, data in self._hid[name].sent]

    def unplug(self, name: str) -> None:
        if name in self._uhid:
            self._uhid.pop(name).unplug()
        else:
            self._usb.pop(name).unplugged()

    def _plug_hid(
        self,
        name: str,
        *,
        numbers: tuple[int, int],
        strings: tuple[str, str],
        serial: str | None,
        descriptors: list[bytes],
        ports: list[int] | None = None,
    ) -> None:
        function = HidFunction(dict(enumerate(descriptors)))
        interfaces = tuple(
            hid_interface(one, number=place, endpoint=REPORTS + place, boot_keyboard=one is KEYBOARD)
            for place, one in enumerate(descriptors)
        )
        device = Device(
            *numbers,
            strings=(*strings, serial) if serial else strings,
            interfaces=interfaces,
            port_numbers=tuple(ports or (3,)),
        )
        self._usb[name] = UsbDevice(device, function.request)
        self._hid[name] = function
        self._carrier(self._usb[name])

    # Serial ports.

    def acm(self, name: str, serial: str = "EMU0004") -> None:
        heard = self._heard[name] = bytearray()
        self._plug_port(name, AcmPort(("Star", "serial printer", serial), heard.extend))

    def scale(self, name: str, grams: str) -> None:
        """A scale with that load, on a port whose serial number is its name."""
        model = ScaleModel(Decimal(grams))
        port = AcmPort(("Star", "serial printer", name), lambda data: port.say(model.receive(data)))
        self._plug_port(name, port)

    def _plug_port(self, name: str, port: AcmPort) -> None:
        self._ports[name] = port
        self._usb[name] = port.usb
        self._carrier(port.usb)

    def heard(self, name: str) -> str:
        """What the host wrote, in hexadecimal."""
        return self._heard[name].hex()

    def line(self, name: str) -> list[object]:
        """Line coding, control lines, how many breaks."""
        port = self._ports[name]
        return [list(port.coding), port.lines, port.breaks]

    def tell(self, name: str, data: str) -> None:
        self._ports[name].say(bytes.fromhex(data))

    # Bluetooth.

    async def plug_adapter(self) -> None:
        """The machine's, by vhci; what is within its reach stays there when it is pulled out."""
        from tests.stacks.lab.air import Air

        self._air = self._air or Air()
        await self._air.plug()

    async def unplug_adapter(self) -> None:
        await self._reach().unplug()

    async def ble_printer(
        self, name: str, address: str, gatt: str = "18f0", mtu: int = 517, faults: Sequence[str] = ()
    ) -> str:
        """A receipt printer within reach; gives its URL."""
        bench = self._printers[name] = await self._reach().printer(address, gatt, mtu, faults)
        return bench.url

    def hang_up(self, name: str) -> None:
        """The printer ends the connection."""
        self._radio(name).hang_up()

    async def out_of_reach(self, name: str) -> None:
        await self._radio(name).unplug()

    async def within_reach(self, name: str) -> None:
        await self._radio(name).plug()

    def writes(self, name: str) -> list[int]:
        """The lengths of the writes that came."""
        return self._radio(name).writes

    async def ble_scanner(self, name: str, address: str) -> None:
        await self._reach().scanner(name, address)

    async def notify(self, name: str, data: str) -> None:
        """What the scanner tells in one notification, in hexadecimal."""
        await self._reach()[name].say(bytes.fromhex(data))

    async def scanner_hangs_up(self, name: str) -> None:
        await self._reach()[name].hang_up()

    def _reach(self) -> Air:
        assert self._air is not None, "no adapter is plugged in"
        return self._air

    def _radio(self, name: str) -> BleWire:
        return cast("BleWire", self._printers[name].wire)

    # The kernel's own devices.

    def gadget(self, serial: str) -> None:
        """A printer, a scanner and a serial port in one."""
        self._gadget = Gadget(serial, DESCRIPTOR_A, LAYOUT_A_REPORT)

    def gadget_is(self, do: str, data: str | None = None) -> str:
        """What `Gadget` can do; bytes are in hexadecimal."""
        assert self._gadget is not None
        found = getattr(self._gadget, do)(*() if data is None else (bytes.fromhex(data),))
        return (found or b"").hex()

    def gadget_scans(self, text: str) -> None:
        assert self._gadget is not None
        for report in ScannerModel().reports(text.encode(), "E0"):
            self._gadget.report(report)

    async def close(self) -> None:
        for name in [*self._hands]:
            await self.put_away(name)
        if self._gadget is not None:
            self._gadget.close()
            self._gadget = None
        if self._air is not None:
            await self._air.silence()
        for printer in self._printers.values():
            await printer.close()
        for name in (*self._usb, *self._uhid):
            self.unplug(name)
        self._printers.clear()


MAGTEK_DESCRIPTOR = bytes.fromhex(
    "0600FF0901A101 150026FF007508 0920092109220928 0929092A09389507 8102"
    "0930956E820201 0931956E820201 0932956E820201 0920 9518 B102 C0".replace(" ", "")
)
"""A page of the maker's own, the fields that MagTek's manual 99875191 lists; the descriptor itself is ours."""


def carrier_of(name: str) -> tuple[Carrier, str]:
    if name == "umockdev":
        from tests.stacks.lab.usbfs import MockMachine

        machine = MockMachine()
        return machine.attach, machine.folder
    from posdevkit_emulators.wires.usbip import attach

    return attach, ""


async def main(name: str) -> None:
    bench = Bench(*carrier_of(name))
    loop = asyncio.get_running_loop()
    if name == "vhci":
        # Its import takes seconds on an emulated processor, which then has nothing else to do yet.
        threading.Thread(target=import_module, args=("tests.stacks.lab.air",), daemon=True).start()
    print("ready", flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        call = json.loads(line)
        answer: dict[str, object]
        try:
            method = cast("Callable[..., Any]", getattr(bench, call["do"]))
            result = method(*call["args"], **call["options"])
            answer = {"ok": await result if isinstance(result, Awaitable) else result}
        except Exception as problem:  # told to the test, which fails by it
            answer = {"failed": f"{type(problem).__name__}: {problem}"}
        print(json.dumps(answer), flush=True)
    await bench.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
