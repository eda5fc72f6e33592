"""Every device of the shop, emulated, on one thread; and the `shop.toml` by which drivers find them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Final, TypeVar

from posdevkit.devices.scanner import KIND
from posdevkit.errors import Unsupported
from posdevkit.links.url import parse_url
from posdevkit.runtime.background import run_on
from posdevkit.runtime.threads import Done
from posdevkit_emulators.bench import ReceiptPrinterBench
from posdevkit_emulators.displays import DisplayModel
from posdevkit_emulators.gadgets import GadgetBench
from posdevkit_emulators.labels import LabelPrinterBench
from posdevkit_emulators.scales import ScaleModel
from posdevkit_emulators.scanners import EmulatedHidScanner, ScannerBench
from posdevkit_emulators.terminals import PaymentTerminalBench

__all__ = ["Devices", "emulated_devices"]

T = TypeVar("T")

_THREAD: Final = "posdevkit-demo-devices"
_PRINTERS: Final[dict[str, Callable[[Path], ReceiptPrinterBench]]] = {
    "counter": lambda folder: ReceiptPrinterBench.tcp(profile="epson-tm-t88v", save=folder),
    "bar": lambda folder: ReceiptPrinterBench.usb(profile="epson-tm-t88v", save=folder),
    "terrace": lambda folder: ReceiptPrinterBench.ble(profile="generic-58mm", save=folder),
}
"""By register: over the network, over USB, over Bluetooth LE. Paper from the last, a small one, is torn off by hand."""
_SCANNERS: Final[dict[str, tuple[str, Callable[[], ScannerBench | EmulatedHidScanner]]]] = {
    "counter": ("a serial port", ScannerBench.pty),
    "bar": ("HID", EmulatedHidScanner),
    "terrace": ("a keyboard wedge", ScannerBench.keys),
}
_SHOP: Final = """\
# The shop of the demo. The emulated devices were here while it ran.

{printers}
[label-printer.shelf]
url = "{label}"

{scanners}
[payment-terminal.till]
url = "{terminal}"
journal = "books/payments.jsonl"

[display.customer]
url = "{display}"

[scale.greens]
url = "{scale}"
"""


@dataclass(frozen=True, slots=True)
class Devices:
    """The devices, and the hands of the people in front of them. Any thread may call."""

    loop: asyncio.AbstractEventLoop
    printers: dict[str, ReceiptPrinterBench] = field(default_factory=dict)
    scanners: dict[str, ScannerBench | EmulatedHidScanner] = field(default_factory=dict)
    wires: dict[str, str] = field(default_factory=dict)
    """What each scanner's cable is, in words."""
    lacking: dict[str, str] = field(default_factory=dict)
    """Why a scanner is not on the cable that it should be on."""
    label: LabelPrinterBench = field(default_factory=LabelPrinterBench)
    display: GadgetBench[DisplayModel] = field(default_factory=lambda: GadgetBench.tcp(DisplayModel()))
    scale: GadgetBench[ScaleModel] = field(default_factory=lambda: GadgetBench.tcp(ScaleModel()))
    terminal: PaymentTerminalBench = field(default_factory=PaymentTerminalBench)

    def do(self, work: Callable[[], Awaitable[T]]) -> T:
        """Run something on the devices' thread and wait for it."""
        return run_on(self.loop, work)

    def scan(self, name: str, code: str, aim: str) -> None:
        """Hold a code before a scanner."""
        scanner = self.scanners[name]
        if isinstance(scanner, EmulatedHidScanner):
            scanner.scan(code, aim)
        else:
            self.do(lambda: scanner.scan(code, aim))

    def weigh(self, grams: int) -> None:
        """Put something onto the scale."""

        async def put() -> None:
            self.scale.gadget.grams = Decimal(grams)

        self.do(put)

    def shows(self, total: str) -> bytes:
        """The display's picture, once `total` stands on its second line."""

        async def look() -> bytes:
            await self.display.until(lambda: total in self.display.gadget.lines[1])
            return self.display.gadget.png()

        return self.do(look)

    def hands(self, name: str, act: Callable[[ReceiptPrinterBench], None]) -> None:
        """Do something at a printer."""

        async def do() -> None:
            act(self.printers[name])

        self.do(do)

    def cuts(self, name: str) -> bool:
        """Whether a printer has a cutter; else its paper is torn off by hand."""
        return self.printers[name].profile.cutter is not None

    def lose_answer(self, after: int) -> None:
        """Let the terminal's connection break in place of its `after`-th message from now on."""

        async def set_fault() -> None:
            self.terminal.model.faults.cut_before_message = self.terminal.sent_messages + after

        self.do(set_fault)

    def shop_toml(self) -> str:
        """What a driver has to know of all of them."""
        printers = "".join(
            f'[printer.{name}]\nurl = "{bench.url}"\nprofile = "{bench.profile.name}"\n\n'
            for name, bench in self.printers.items()
        )
        scanners = "".join(f'[scanner.{name}-scanner]\nurl = "{one.url}"\n\n' for name, one in self.scanners.items())
        return _SHOP.format(
            printers=printers.rstrip("\n") + "\n",
            label=self.label.url,
            scanners=scanners.rstrip("\n") + "\n",
            terminal=self.terminal.url,
            display=self.display.url,
            scale=self.scale.url,
        )


@contextmanager
def emulated_devices(folder: Path) -> Iterator[Devices]:
    """All of them, for as long as the `with` block lasts; tickets and labels go into folders of `folder`.

    Raises PosError: a port, or a folder that cannot be written.
    """
    started: list[tuple[Devices, asyncio.Event]] = []
    problems: list[BaseException] = []
    ready = Done()

    async def serve() -> None:
        try:
            async with AsyncExitStack() as stack:
                devices = await _started(folder, stack)
                stop = asyncio.Event()
                started.append((devices, stop))
                ready.set()
                await stop.wait()
        except BaseException as problem:  # noqa: BLE001  # raised in the caller's thread
            problems.append(problem)
        finally:
            ready.set()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name=_THREAD, daemon=True)
    thread.start()
    try:
        ready.wait()
        if not started:
            raise problems.pop()
        yield started[0][0]
    finally:
        ready.wait()  # Ctrl-C may have struck in the one above
        for devices, stop in started:
            devices.loop.call_soon_threadsafe(stop.set)
        thread.join()
    if problems:
        raise problems.pop()


async def _started(folder: Path, stack: AsyncExitStack) -> Devices:
    devices = Devices(asyncio.get_running_loop(), label=LabelPrinterBench.tcp(save=folder / "labels"))
    for name, make in _PRINTERS.items():
        devices.printers[name] = await stack.enter_async_context(make(folder / name))
    for name, (wire, make_scanner) in _SCANNERS.items():
        devices.scanners[name] = await _scanner(devices, name, wire, make_scanner, stack)
    await stack.enter_async_context(devices.label)
    await stack.enter_async_context(devices.display)
    await stack.enter_async_context(devices.scale)
    await stack.enter_async_context(devices.terminal)
    return devices


async def _scanner(
    devices: Devices,
    name: str,
    wire: str,
    make: Callable[[], ScannerBench | EmulatedHidScanner],
    stack: AsyncExitStack,
) -> ScannerBench | EmulatedHidScanner:
    """A scanner on its cable, or behind a serial device server where this system has no such cable."""
    try:
        scanner = make()
        await stack.enter_async_context(scanner)
        KIND.check_url(parse_url(scanner.url))
    except Unsupported as problem:
        devices.lacking[name] = f"{wire}: {problem.detail}"
        devices.wires[name] = f"a network port, in place of {wire}"
        found = ScannerBench.tcp()
        await stack.enter_async_context(found)
        return found
    devices.wires[name] = wire
    return scanner
