"""A HID POS scanner inside this process: drivers find it as they would find a real one on the system's HID bus."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Self

from posdevkit.protocols.scan.reports import LAYOUT_A
from posdevkit.runtime.buses import plug_in, pull_out
from posdevkit_emulators.wires.disturbance import Disturbance

from .model import ScannerModel

__all__ = ["DESCRIPTOR_A", "EmulatedHidScanner"]

# Usage page 8C, usage 02; report 2: length (a usage of the vendor), FB FC FD, 56 bytes of FE, vendor, 0, FF, 7 bits.
DESCRIPTOR_A: Final = bytes.fromhex(
    "058C0902A1010912A102850215 0026FF007508"
    "0666FF09049501 8102"
    "058C09FB09FC09FD9503 8102"
    "09FE9538820201"
    "0666FF09069501 8102 8101"
    "058C09FF250175019501 8102 9507 8101"
    "C0C0"
)
"""The report descriptor of layout A. Ours, by the HID POS Usage Tables; no maker's own was at hand."""


@dataclass(frozen=True, slots=True)
class _Listed:
    """What the bus lists, with the fields that `links.hid_bus.HidDescription` has."""

    path: bytes
    vendor: int
    product: int
    serial: str
    maker: str = "posdevkit"
    name: str = "emulated scanner"
    usage_page: int = 0x8C
    usage: int = 0x02
    interface: int = 0
    port: str = ""


@dataclass(eq=False)
class _Handle:
    """One open of the device."""

    owner: EmulatedHidScanner
    waiting: deque[bytes] = field(default_factory=deque)

    def descriptor(self) -> bytes:
        return self.owner.report_descriptor

    def read(self, size: int, milliseconds: int) -> bytes:
        scanner = self.owner
        with scanner.condition:
            scanner.condition.wait_for(lambda: self.waiting or self not in scanner.handles, milliseconds / 1000)
            if self.waiting:
                return self.waiting.popleft()[:size]
            if self not in scanner.handles:
                raise OSError("read error")
        return b""

    def write(self, report: bytes) -> None:
        self.owner.written.append(report)

    def send_feature(self, report: bytes) -> None:
        self.owner.written.append(report)

    def get_feature(self, report: int, size: int) -> bytes:
        return bytes([report]).ljust(size, b"\0")

    def close(self) -> None:
        with self.owner.condition:
            self.owner.handles.discard(self)
            self.owner.condition.notify_all()


class EmulatedHidScanner:
    """A scanner on a HID bus of this process; `with` or `async with` plugs it in. Thread-safe."""

    def __init__(
        self,
        model: ScannerModel | None = None,
        *,
        vendor: int = 0x05E0,
        product: int = 0x1300,
        serial: str = "EMU0000001",
        descriptor: bytes = DESCRIPTOR_A,
    ) -> None:
        self.model = model or ScannerModel()
        self.report_descriptor = descriptor
        self.condition = threading.Condition()
        self.handles: set[_Handle] = set()
        self.disturbance = Disturbance()
        """What happens to reports on their way; faults can be added while it is in use."""
        self.written: list[bytes] = []
        """Output and feature reports that drivers sent."""
        self._listed = _Listed(f"emulated:{serial}".encode(), vendor, product, serial)
        self._present = False

    @property
    def url(self) -> str:
        """What a driver opens."""
        one = self._listed
        return f"hid://{one.vendor:04x}:{one.product:04x}?serial={one.serial}"

    def enumerate(self) -> Sequence[_Listed]:
        """What is on the bus now."""
        return (self._listed,) if self._present else ()

    def open_device(self, path: bytes) -> _Handle:
        """Open it. Raises OSError when it is gone."""
        with self.condition:
            if not self._present or path != self._listed.path:
                raise OSError("open failed")
            handle = _Handle(self)
            self.handles.add(handle)
            return handle

    def plug(self) -> None:
        """Be there."""
        self._present = True
        plug_in(self, "hid")

    def unplug(self) -> None:
        """Be gone: whoever reads gets an error. The bus stays, empty."""
        with self.condition:
            self._present = False
            self.handles.clear()
            self.condition.notify_all()

    def scan(self, data: str | bytes, aim: str = "", vendor: str = "") -> None:
        """Read a code."""
        raw = data.encode() if isinstance(data, str) else data
        self.report(*self.model.reports(raw, aim, vendor))

    def report(self, *reports: bytes) -> None:
        """Send reports as they are."""
        reports = tuple(map(self.disturbance.leaving, reports))
        with self.condition:
            for handle in self.handles:
                handle.waiting.extend(reports)
            self.condition.notify_all()

    def __enter__(self) -> Self:
        self.plug()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()
        pull_out(self)

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(self, *_: object) -> None:
        self.__exit__()


assert LAYOUT_A.size == 56, "the descriptor and the model are of layout A"
