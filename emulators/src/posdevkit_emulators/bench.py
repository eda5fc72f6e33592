"""Emulated printers for programs and tests: an async context manager, and one for blocking code.

async with ReceiptPrinterBench.tcp(faults=["paper-out-after=3"]) as bench:
    ...                                   # connect to bench.url
    await bench.happened(What.PAPER_OUT)
    bench.printer.load_paper()
    ticket = await bench.ticket(1)

with emulated_receipt_printer() as printer:
    ...                                   # connect to printer.url
    ticket = printer.ticket(1)
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import threading
from collections import Counter, deque
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, Self, TypedDict, TypeVar, Unpack

from posdevkit.errors import DeadlineExceeded
from posdevkit.profiles import Profile, load_profile
from posdevkit.runtime.background import run_on
from posdevkit.runtime.threads import Done

from .changes import Changes, loop_runs
from .faults import OF_A_RECEIPT_PRINTER, CableFault, Fault, parse_faults
from .hands import Hands
from .paper_time import PaperTime, Speed, times_as_fast
from .printers.effects import Happened, What
from .printers.models import printer_model
from .saving import TicketSaver
from .scenarios import START, Move, Scenario, load_scenario
from .station import Listener, PrinterStation
from .tearing import TearAfter, TearingOff, patience
from .tickets import PrintedTicket, TicketTray, prepared_directory
from .wires.memory import MemoryWire
from .wires.tcp import TcpWire

__all__ = ["EmulatedReceiptPrinter", "Options", "ReceiptPrinterBench", "Wire", "emulated_receipt_printer"]

T = TypeVar("T")

_KEPT_EVENTS: Final = 2_000
_THREAD: Final = "posdevkit-emulator"


class Wire(Protocol):
    """How hosts reach the printer."""

    @property
    def url(self) -> str:
        """What a driver opens."""
        ...

    async def open(self) -> None:
        """Let hosts come."""
        ...

    async def close(self) -> None:
        """Let none come any more and end the present connection."""
        ...


class Options(TypedDict, total=False):
    """What a printer takes, whatever its cable."""

    profile: str | Path | Profile
    """The model it plays."""
    faults: Iterable[str | Fault]
    scenario: str | Path | Scenario | None
    """What happens to it, and when."""
    save: str | Path | None
    """A directory for its tickets."""
    serial: str
    speed: Speed
    """How fast its paper moves; see `paper_time.Speed`."""
    tear_after: TearAfter
    """When somebody tears off its paper; see `tearing.TearAfter`."""
    on_event: Listener | None


class ReceiptPrinterBench:
    """An emulated receipt printer with its paper tray, on the running loop. Use as an async context manager."""

    def __init__(
        self,
        make_wire: Callable[[PrinterStation], Wire],
        *,
        profile: str | Path | Profile = "epson-tm-t88v",
        faults: Iterable[str | Fault] = (),
        scenario: str | Path | Scenario | None = None,
        save: str | Path | None = None,
        serial: str = "EMU0000001",
        speed: Speed = None,
        tear_after: TearAfter = "auto",
        on_event: Listener | None = None,
    ) -> None:
        """Raises BadProfile, UsageError (a fault, scenario, speed or time), BadConfiguration (a scenario file)."""
        self._scenario = load_scenario(scenario) if isinstance(scenario, str | Path) else scenario or Scenario("")
        self.profile = profile if isinstance(profile, Profile) else load_profile(profile)
        self.faults = parse_faults((*faults, *self._scenario.faults), OF_A_RECEIPT_PRINTER)
        self._save = save
        factor = times_as_fast(speed)
        model = printer_model(self.profile, self.faults, serial=serial, paced=factor is not None)
        self._station = PrinterStation(model, self.faults)
        self._time = PaperTime(self._station, factor) if factor else None
        seconds = patience(tear_after, self.profile)
        self._tearing = TearingOff(self._station, seconds) if seconds else None
        self._wire = make_wire(self._station)
        self._tray = TicketTray()
        self._events: deque[Happened] = deque(maxlen=_KEPT_EVENTS)
        self._counts: Counter[str] = Counter()
        self._changes = Changes()
        self._timers: set[asyncio.TimerHandle] = set()
        self._saver: TicketSaver | None = None
        self._on_event = on_event
        self.printer = Hands(self._station)
        """The hands of a person at this printer."""
        self._station.listen(self._heard)

    @classmethod
    def tcp(cls, *, host: str = "127.0.0.1", port: int = 0, **options: Unpack[Options]) -> Self:
        """A printer on a TCP port of the loopback; port 0 takes a free one."""
        return cls(lambda station: TcpWire(station, host, port), **options)

    @classmethod
    def tls(cls, *, host: str = "127.0.0.1", port: int = 0, **options: Unpack[Options]) -> Self:
        """The same behind TLS, with a certificate of its own whose fingerprint is in the URL. Raises MissingExtra."""
        from .wires.tls import TlsWire

        return cls(lambda station: TlsWire(station, host, port), **options)

    @classmethod
    def lent(cls, *, host: str = "127.0.0.1", port: int = 0, **options: Unpack[Options]) -> Self:
        """A printer whose serial port is lent on a TCP port of the loopback (RFC 2217)."""
        from .wires.lent import LentWire

        return cls(lambda station: LentWire(station, host, port), **options)

    @classmethod
    def pty(cls, **options: Unpack[Options]) -> Self:
        """A printer on a serial port: a pseudo terminal, where the system has them."""
        from .wires.pty import PtyWire

        return cls(PtyWire, **options)

    @classmethod
    def memory(cls, name: str, **options: Unpack[Options]) -> Self:
        """A printer inside this process, under a name that `memory://NAME` calls."""
        return cls(lambda station: MemoryWire(station, name), **options)

    @classmethod
    def ble(
        cls, *, address: str = "F0:F1:F2:F3:F4:F5", gatt: str = "18f0", mtu: int = 517, **options: Unpack[Options]
    ) -> Self:
        """A printer on the air of an emulated radio; `wires.bleak_backend` makes what bleak takes as `backend=`.

        `gatt`: the service it offers (18f0, issc, terminal-io); `mtu`: its longest ATT packet, 23 to 517 bytes.
        """
        from .wires.ble import BleWire

        return cls(lambda station: BleWire(station, address, gatt, mtu), **options)

    @classmethod
    def usb(
        cls, *, device_serial: str | None = "EMU0001", vendor_class: bool = False, **options: Unpack[Options]
    ) -> Self:
        """A printer on a USB bus of this process, found by every USB link in it; `wires.usb.UsbWire` has its cable.

        `device_serial`: the serial number of its USB device, None for one without; `vendor_class`: an interface of the
        maker's own instead of the printer class.
        """
        from .wires.usb import UsbWire
        from .wires.usb_descriptors import Device, Interface

        strings = ("EPSON", "TM-T88V") if device_serial is None else ("EPSON", "TM-T88V", device_serial)
        device = Device(strings=strings, interfaces=(Interface(0xFF, 0, 0) if vendor_class else Interface(),))
        return cls(lambda station: UsbWire(station, device), **options)

    @property
    def wire(self) -> Wire:
        """How hosts reach it."""
        return self._wire

    @property
    def url(self) -> str:
        """What a driver opens."""
        return self._wire.url

    def disturb(self, fault: CableFault) -> None:
        """Let something go wrong on the cable, its bytes counted from now on."""
        self._station.disturb(fault)

    def calm(self) -> None:
        """Nothing more goes wrong on the cable."""
        self._station.disturbance.calm()

    @property
    def tickets(self) -> tuple[PrintedTicket, ...]:
        """The latest tickets that came out, oldest first: 1,000 at most, fewer where they take much memory."""
        return self._tray.tickets

    def clear_tickets(self) -> None:
        """Throw away the tickets that came out so far: for runs of hours. Numbers go on."""
        self._tray.clear()

    @property
    def events(self) -> tuple[Happened, ...]:
        """The latest events, oldest first."""
        return tuple(self._events)

    def count(self, what: What) -> int:
        """How often something happened."""
        return self._counts[what.value]

    async def ticket(self, number: int = 1, timeout: float = 10.0) -> PrintedTicket:
        """The ticket of that number, from 1, as soon as it is out. Raises DeadlineExceeded after `timeout` seconds."""
        tray = self._tray
        await self._changes.until(lambda: tray.count >= number, timeout, f"ticket {number}, {tray.count} came")
        found = tray.get(number)
        if found is None:
            raise DeadlineExceeded(f"ticket {number} was dropped from the tray long ago")
        return found

    async def happened(self, what: What, count: int = 1, timeout: float = 10.0) -> None:
        """Return when something has happened `count` times in all. Raises DeadlineExceeded after `timeout` seconds."""
        await self._changes.until(lambda: self.count(what) >= count, timeout, f"{what.value}, {count} times")

    async def open(self) -> None:
        """Start. Raises PortInUse, OutputFailed (the directory for tickets), UsageError, BadUrl."""
        if self._save is not None:
            self._saver = TicketSaver(prepared_directory(self._save), self._heard, self._station.hold_up)
        await self._wire.open()
        self._moves(START)

    async def close(self) -> None:
        """Stop: the connection ends, the uncut rest becomes a ticket, the port is free."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        await self._wire.close()
        if self._time is not None:
            self._time.stop()
        if self._tearing is not None:
            self._tearing.stop()
        self.printer.pass_time(math.inf)
        self.printer.tear_off()
        await self.saved()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _heard(self, event: Happened) -> None:
        self._events.append(event if event.ticket is None else Happened(event.what, event.detail))
        self._counts[event.what.value] += 1
        if event.ticket is not None:
            self._tray.put(event.ticket)
            if self._saver is not None:
                self._saver.put(event.ticket)
        self._changes.tell()
        if self._on_event is not None:
            self._on_event(event)
        if event.seen_to is not None and loop_runs():
            do, seconds = event.seen_to
            self._schedule(Move(event.what.value, do, seconds))
        self._moves(event.what.value)

    def _moves(self, after: str) -> None:
        for move in self._scenario.hands:
            if move.after == after and loop_runs() and move.count in (None, self._counts[after] or 1):
                self._schedule(move)

    def _schedule(self, move: Move) -> None:
        loop = asyncio.get_running_loop()

        def act() -> None:
            self._timers.discard(timer)
            self.printer.do(move.do)

        timer = loop.call_later(move.seconds, act)
        self._timers.add(timer)

    async def saved(self) -> None:
        """Return when all tickets that are out have been written."""
        if self._saver is not None:
            await self._saver.finished()


class EmulatedReceiptPrinter(Hands):
    """An emulated receipt printer on a thread of its own, for blocking programs and tests. Thread-safe."""

    def __init__(self, bench: ReceiptPrinterBench, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(bench._station, self._on_loop)
        self._bench = bench
        self._loop = loop

    @property
    def url(self) -> str:
        """What a driver opens."""
        return self._bench.url

    @property
    def printer(self) -> Self:
        """The hands, under the name that the async bench has for them."""
        return self

    @property
    def profile(self) -> Profile:
        """The model that it plays."""
        return self._bench.profile

    @property
    def tickets(self) -> tuple[PrintedTicket, ...]:
        """The tickets that came out so far, oldest first."""
        return self._bench.tickets

    @property
    def events(self) -> tuple[Happened, ...]:
        """The latest events, oldest first."""
        return self._bench.events

    def count(self, what: What) -> int:
        """How often something happened."""
        return self._bench.count(what)

    def ticket(self, number: int = 1, timeout: float = 10.0) -> PrintedTicket:
        """The ticket of that number, from 1, as soon as it is out. Raises DeadlineExceeded after `timeout` seconds."""
        return self._wait(lambda: self._bench.ticket(number, timeout))

    def happened(self, what: What, count: int = 1, timeout: float = 10.0) -> None:
        """Return when something has happened `count` times in all. Raises DeadlineExceeded after `timeout` seconds."""
        self._wait(lambda: self._bench.happened(what, count, timeout))

    def _on_loop(self, call: Callable[[], None]) -> None:
        async def called() -> None:
            call()

        self._wait(called)

    def _wait(self, call: Callable[[], Coroutine[object, object, T]]) -> T:
        return run_on(self._loop, call)


@contextmanager
def emulated_receipt_printer(
    *, host: str = "127.0.0.1", port: int = 0, **options: Unpack[Options]
) -> Iterator[EmulatedReceiptPrinter]:
    """An emulated receipt printer on a free TCP port of the loopback, as long as the `with` block lasts."""
    started: list[EmulatedReceiptPrinter] = []
    problems: list[BaseException] = []
    ready = Done()
    stops: list[Callable[[], None]] = []

    async def serve() -> None:
        try:
            async with ReceiptPrinterBench.tcp(host=host, port=port, **options) as bench:
                loop = asyncio.get_running_loop()
                stop = asyncio.Event()
                stops.append(lambda: _call_soon(loop, stop.set))
                started.append(EmulatedReceiptPrinter(bench, loop))
                ready.set()
                await stop.wait()
        except BaseException as problem:  # noqa: BLE001  # raised in the caller's thread
            problems.append(problem)
        finally:
            ready.set()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name=_THREAD, daemon=True)
    thread.start()
    ready.wait()
    try:
        if not started:
            raise problems.pop()
        yield started[0]
    finally:
        for stop in stops:
            stop()
        thread.join()
    if problems:
        raise problems.pop()


def _call_soon(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    with contextlib.suppress(RuntimeError):  # the loop has ended
        loop.call_soon_threadsafe(call)
