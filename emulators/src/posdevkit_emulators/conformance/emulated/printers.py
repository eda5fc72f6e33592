"""Emulated printers as rigs, on every wire they have."""

from __future__ import annotations

import itertools
import zlib
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Final, Generic, Protocol, TypeVar, runtime_checkable

from posdevkit.devices import LabelPrinter, ReceiptPrinter, State
from posdevkit.devices.preview import preview
from posdevkit.documents import Label, Raster, Receipt
from posdevkit.links.base import StreamLink
from posdevkit.links.ble import BleLink
from posdevkit.links.cups import CupsLink
from posdevkit.links.rfcomm import RfcommLink
from posdevkit.links.url import parse_url
from posdevkit.paper import Ticket
from posdevkit_emulators.bench import ReceiptPrinterBench
from posdevkit_emulators.conformance.printing import PrinterRig
from posdevkit_emulators.conformance.suite import Disruption, Wire
from posdevkit_emulators.faults import CableFault
from posdevkit_emulators.labels import LabelPrinterBench
from posdevkit_emulators.printers.effects import What

from .haste import HastyClock

__all__ = ["LABEL_PRINTER_WIRES", "RECEIPT_PRINTER_WIRES"]

P = TypeVar("P", ReceiptPrinter, LabelPrinter)

_QUEUED: Final = "a second program waits in the queue of connections, and nothing tells it so"
_ITS_TURN: Final = "a queue takes the jobs of all programs and prints them in turn"
_UNHEARD: Final = "nothing comes back over a queue, so nobody hears that a garbled length swallows what follows"
_PACE: Final = 20.0
_SLOW_PACE: Final = 10.0
"""For cables that take their time: a thread has to start, or two radios to find each other."""
_DOTS_PACE: Final = 4.0
"""Dots take the driver and the printer long to work out, and both sit in one process."""
_names = itertools.count(1)


@runtime_checkable
class Cable(Protocol):
    """What can be pulled out."""

    async def unplug(self) -> None: ...

    async def plug(self) -> None: ...


class _Cables:
    """Several behind each other, as a queue and its printer's own: all are pulled out, the nearest first."""

    def __init__(self, *cables: Cable) -> None:
        self._cables = cables

    async def unplug(self) -> None:
        for cable in self._cables:
            await cable.unplug()

    async def plug(self) -> None:
        for cable in reversed(self._cables):
            await cable.plug()


class PrinterBench(Protocol):
    """What both benches have."""

    def disturb(self, fault: CableFault) -> None: ...

    def calm(self) -> None: ...

    def count(self, what: What) -> int: ...

    async def happened(self, what: What, count: int = 1, timeout: float = 10.0) -> None: ...


class _Rig(ABC, Generic[P]):
    """A bench with its cable, and drivers on it whose patience is short while something is wrong."""

    def __init__(self, bench: PrinterBench, cable: Cable, pace: float = _PACE) -> None:
        self._bench_at_hand = bench
        self._pace = pace
        self._clock = HastyClock(pace)
        self._latest: P | None = None
        self._cable = cable
        self._stalls = 0

    @abstractmethod
    def _driver(self, clock: HastyClock) -> P:
        """A driver that is not connected yet."""

    @abstractmethod
    def _go_on(self) -> None:
        """End a stall."""

    async def open(self) -> P:
        clock = self._clock
        if self._latest is not None and self._latest.state is not State.CLOSED:
            # Where nothing tells a second program that the printer is taken, its patience runs out; the first has time.
            clock = HastyClock(self._pace)
            clock.hurry()
        self._latest = printer = self._driver(clock)
        try:
            await printer.connect(10)
        except BaseException:
            await printer.close()
            raise
        return printer

    async def unplug(self) -> None:
        await self._cable.unplug()
        self._clock.hurry()

    async def plug(self) -> None:
        await self._cable.plug()
        self._clock.ease()

    def disturb(self, fault: CableFault) -> None:
        self._clock.disturbed(fault)
        self._stalls = self._bench_at_hand.count(What.CABLE_FAULT)
        self._bench_at_hand.disturb(fault)

    def resume(self) -> None:
        self._go_on()
        self._clock.ease()

    async def held_up(self) -> None:
        await self._bench_at_hand.happened(What.CABLE_FAULT, self._stalls + 1)

    def calm(self) -> None:
        self._bench_at_hand.calm()
        self._clock.ease()


class EmulatedReceiptPrinter(_Rig[ReceiptPrinter]):
    """An emulated receipt printer."""

    def __init__(
        self,
        bench: ReceiptPrinterBench,
        cable: Cable,
        make_link: Callable[[], StreamLink] | None = None,
        pace: float = _PACE,
        *,
        proves: bool = True,
    ) -> None:
        super().__init__(bench, cable, pace)
        self._bench = bench
        self._make_link = make_link
        self.proves = proves

    def _driver(self, clock: HastyClock) -> ReceiptPrinter:
        bench = self._bench
        return ReceiptPrinter(bench.url, bench.profile, make_link=self._make_link, clock=clock)

    def document(self, mark: str) -> Receipt:
        return self._texts(mark).row("Æblejuice", "28,00").qr("https://r.example/8F2").cut()

    def lines(self, mark: str) -> tuple[str, ...]:
        return tuple(f"{mark}, line {number:02}" for number in range(12))

    def _texts(self, mark: str) -> Receipt:
        receipt = Receipt()
        for line in EmulatedReceiptPrinter.lines(self, mark):
            receipt = receipt.text(line)
        return receipt

    def printed(self) -> tuple[str, ...]:
        papers = [*(ticket.text for ticket in self._bench.tickets), self._bench.printer.uncut().text()]
        return tuple(line.strip() for paper in papers for line in paper.splitlines())

    def _go_on(self) -> None:
        self._bench.printer.resume()


class EmulatedDotPrinter(EmulatedReceiptPrinter):
    """One that prints dots and no characters: a line is known by its dots."""

    _cut: tuple[str, ...] = ()
    _tickets_read = 0

    def lines(self, mark: str) -> tuple[str, ...]:
        papers = preview(self._texts(mark), self._bench.profile)
        return tuple(line for paper in papers for line in _lines_of_dots(paper))

    def printed(self) -> tuple[str, ...]:
        for ticket in self._bench.tickets[self._tickets_read :]:  # what is cut stays as it is, and dots are many
            self._cut += tuple(_lines_of_dots(ticket.paper))
            self._tickets_read += 1
        return (*self._cut, *_lines_of_dots(self._bench.printer.uncut()))


def _lines_of_dots(ticket: Ticket) -> list[str]:
    """Each run of rows with ink on it, as the dots' checksum."""
    rows = [row for strip in ticket.strips() for row in _rows(strip)]
    return [
        f"{zlib.crc32(b''.join(group)):08x}"
        for inked, group in itertools.groupby(rows, lambda row: bool(row.strip(b"\0")))
        if inked
    ]


def _rows(strip: Raster) -> Iterator[bytes]:
    data, stride = strip.data, strip.stride
    for at in range(0, len(data), stride):
        yield data[at : at + stride]


class EmulatedLabelPrinter(_Rig[LabelPrinter]):
    """An emulated ZPL printer."""

    proves = False

    def __init__(self, bench: LabelPrinterBench) -> None:
        super().__init__(bench, bench.wire)
        self._bench = bench

    def _driver(self, clock: HastyClock) -> LabelPrinter:
        return LabelPrinter(self._bench.url, self._bench.profile, clock=clock)

    def document(self, mark: str) -> Label:
        label = Label(50, 40).qr(36, 8, "https://r.example/8F2", module=0.375)
        for number, line in enumerate(self.lines(mark)):
            label = label.text(2, 2 + 4 * number, line, height=3)
        return label.barcode(5, 28, "590123412345", "EAN13", height=6)

    def lines(self, mark: str) -> tuple[str, ...]:
        return tuple(f"{mark}, line {number:02}" for number in range(6))

    def printed(self) -> tuple[str, ...]:
        return tuple(text for label in self._bench.labels for text in label.texts)

    def _go_on(self) -> None:
        self._bench.resume()


@asynccontextmanager
async def _receipts_over_tcp() -> AsyncIterator[PrinterRig[Receipt]]:
    async with ReceiptPrinterBench.tcp() as bench:
        yield EmulatedReceiptPrinter(bench, _cable_of(bench))


@asynccontextmanager
async def _receipts_over_tls() -> AsyncIterator[PrinterRig[Receipt]]:
    async with ReceiptPrinterBench.tls() as bench:
        yield EmulatedReceiptPrinter(bench, _cable_of(bench), pace=_SLOW_PACE)


@asynccontextmanager
async def _receipts_to_a_lent_port() -> AsyncIterator[PrinterRig[Receipt]]:
    async with ReceiptPrinterBench.lent() as bench:
        yield EmulatedReceiptPrinter(bench, _cable_of(bench), pace=_SLOW_PACE)


@asynccontextmanager
async def _receipts_over_a_serial_line() -> AsyncIterator[PrinterRig[Receipt]]:
    async with ReceiptPrinterBench.pty() as bench:
        yield EmulatedReceiptPrinter(bench, _cable_of(bench), pace=_SLOW_PACE)


@asynccontextmanager
async def _receipts_in_memory() -> AsyncIterator[PrinterRig[Receipt]]:
    async with ReceiptPrinterBench.memory(f"conformance-{next(_names)}") as bench:
        yield EmulatedReceiptPrinter(bench, _cable_of(bench))


@asynccontextmanager
async def _star_receipts_over_tcp() -> AsyncIterator[PrinterRig[Receipt]]:
    async with ReceiptPrinterBench.tcp(profile="star-mc-print3") as bench:
        yield EmulatedReceiptPrinter(bench, _cable_of(bench))


@asynccontextmanager
async def _star_receipts_in_memory() -> AsyncIterator[PrinterRig[Receipt]]:
    async with ReceiptPrinterBench.memory(f"conformance-{next(_names)}", profile="star-tsp650ii") as bench:
        yield EmulatedReceiptPrinter(bench, _cable_of(bench))


@asynccontextmanager
async def _star_dots_in_memory() -> AsyncIterator[PrinterRig[Receipt]]:
    async with ReceiptPrinterBench.memory(f"conformance-{next(_names)}", profile="star-tsp100") as bench:
        yield EmulatedDotPrinter(bench, _cable_of(bench), pace=_DOTS_PACE)


@asynccontextmanager
async def _receipts_over_usb() -> AsyncIterator[PrinterRig[Receipt]]:
    async with ReceiptPrinterBench.usb(device_serial=f"CONFORMANCE{next(_names)}") as bench:
        yield EmulatedReceiptPrinter(bench, _cable_of(bench), pace=_SLOW_PACE)


@asynccontextmanager
async def _receipts_over_ble() -> AsyncIterator[PrinterRig[Receipt]]:
    from posdevkit_emulators.wires.ble import BleWire
    from posdevkit_emulators.wires.bleak_backend import client_onto

    async with ReceiptPrinterBench.ble() as bench:
        wire = bench.wire
        assert isinstance(wire, BleWire)
        backend = client_onto(wire)
        yield EmulatedReceiptPrinter(bench, wire, lambda: BleLink(parse_url(bench.url), backend=backend), _SLOW_PACE)


@asynccontextmanager
async def _receipts_over_rfcomm() -> AsyncIterator[PrinterRig[Receipt]]:
    """No radio: TCP stands for it."""
    from posdevkit_emulators.wires.rfcomm import OverTcp

    async with ReceiptPrinterBench.tcp() as bench:
        radio = OverTcp(_place_of(bench)[1])
        url = parse_url("rfcomm://00:11:22:33:44:55")
        yield EmulatedReceiptPrinter(bench, _cable_of(bench), lambda: RfcommLink(url, sockets=radio))


@asynccontextmanager
async def _receipts_over_cups() -> AsyncIterator[PrinterRig[Receipt]]:
    from posdevkit_emulators.wires.ipp import EmulatedQueue

    async with ReceiptPrinterBench.tcp() as bench, EmulatedQueue(_place_of(bench)) as queue:
        cables = _Cables(queue, _cable_of(bench))
        yield EmulatedReceiptPrinter(bench, cables, lambda: CupsLink(parse_url(queue.url)), _SLOW_PACE, proves=False)


def _place_of(bench: ReceiptPrinterBench) -> tuple[str, int]:
    url = parse_url(bench.url)
    assert url.port is not None
    return url.address, url.port


def _cable_of(bench: ReceiptPrinterBench) -> Cable:
    wire = bench.wire
    assert isinstance(wire, Cable)
    return wire


@asynccontextmanager
async def _labels_over_tcp() -> AsyncIterator[PrinterRig[Label]]:
    async with LabelPrinterBench.tcp() as bench:
        yield EmulatedLabelPrinter(bench)


@asynccontextmanager
async def _labels_in_memory() -> AsyncIterator[PrinterRig[Label]]:
    async with LabelPrinterBench.memory(f"conformance-{next(_names)}") as bench:
        yield EmulatedLabelPrinter(bench)


RECEIPT_PRINTER_WIRES: Final[tuple[Wire[PrinterRig[Receipt]], ...]] = (
    Wire("tcp", _receipts_over_tcp, {Disruption.CLAIM: _QUEUED}),
    Wire("tls", _receipts_over_tls),
    Wire("rfc2217", _receipts_to_a_lent_port),
    Wire("pty", _receipts_over_a_serial_line),
    Wire("memory", _receipts_in_memory, {Disruption.CLAIM: _QUEUED}),
    Wire("usb", _receipts_over_usb),
    Wire("ble", _receipts_over_ble),
    Wire("rfcomm", _receipts_over_rfcomm, {Disruption.CLAIM: _QUEUED}),
    Wire("cups", _receipts_over_cups, {Disruption.CLAIM: _ITS_TURN, Disruption.GARBLE: _UNHEARD}),
    Wire("tcp-star", _star_receipts_over_tcp, {Disruption.CLAIM: _QUEUED}),
    Wire("memory-star-line", _star_receipts_in_memory, {Disruption.CLAIM: _QUEUED}),
    Wire("memory-star-dots", _star_dots_in_memory, {Disruption.CLAIM: _QUEUED}),
)
LABEL_PRINTER_WIRES: Final[tuple[Wire[PrinterRig[Label]], ...]] = (
    Wire("tcp", _labels_over_tcp, {Disruption.CLAIM: _QUEUED}),
    Wire("memory", _labels_in_memory, {Disruption.CLAIM: _QUEUED}),
)
